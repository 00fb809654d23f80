import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  ExtendedKeyUsageExtension,
  type Extension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509';
import { revocationData } from '../../src/sandbox/keyfactor/samples.js';
import { approve, buttonsOf, cardSaying, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, type Transport, transports } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

type Bag = Readonly<Record<string, unknown>>;

/** What is changed while a vote stands, and what the voter is told of it. */
type Changed = readonly [what: string, patch: Bag, shown: RegExp];

const enrollment: readonly Changed[] = [
  ['an attribute', { AdditionalAttributes: { Department: 'Sales' } }, /Attributes: .*Platform.*→.*Sales/],
  [
    'a name among the attributes',
    { AdditionalAttributes: { Department: 'Platform', SAN: 'dns=evil.keyexample.com' } },
    /SANs: .*→.*evil\.keyexample\.com/,
  ],
  [
    'a value too deep to be shown',
    { AdditionalAttributes: { Department: 'Platform', a: { b: { c: { d: { e: { f: 'x' } } } } } } },
    /Values not shown: not the same/,
  ],
  ['the subject beside the request', { Subject: 'CN=evil.keyexample.com' }, /Details: .*→.*evil/],
  ['the template', { Template: 'Code Signing' }, /Template: .*Web Server 2y.*→.*Code Signing/],
  ['the validity', { ValidityPeriod: '9 years' }, /Validity: .*→.*9 years/],
  [
    'the certificate it replaces',
    { CertificateToBeRenewed: 'bm9uZQ==' },
    /Replaces: .*→.*only told as bm9uZQ/,
  ],
];

const revocation: readonly Changed[] = [
  ['the serial number', { SerialNumber: '66' }, /Serial number: .*1D4F00.*→.*66/],
  ['the effective date', { EffectiveDate: '2027-01-05T00:00:00Z' }, /Effective date: .*2026.*→.*2027/],
  ['the comment', { Comment: 'nothing happened' }, /Comment: .*stolen.*→.*nothing happened/],
  ['the reason', { RevokeCode: 'Superseded' }, /Reason: .*→.*[sS]uperseded/],
];

const usages = new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2']);

const keys = webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);

/** Writes a signing request, always with the same key. */
async function requestFor(host: string, more: readonly Extension[] = []): Promise<Bag> {
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: 'CN=app.keyexample.com',
      keys: await keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: host }]), ...more],
    },
    webcrypto,
  );
  return { CSR: request.toString('pem') };
}

const kinds: readonly (readonly [
  kind: string,
  ask: (stage: Stage) => Promise<string>,
  changes: readonly Changed[],
])[] = [
  ['an enrollment', askForCertificate, enrollment],
  ['a revocation', askForRevocation, revocation],
];

async function askForRevocation(stage: Stage): Promise<string> {
  const requester = personas.sam.identity;
  const about = { subject: 'CN=app.keyexample.com', certificateId: 7, serialNumber: '1D4F00', requester };
  const more = { comment: 'stolen laptop', effectiveDate: '2026-01-05T00:00:00Z' };
  stage.command.addDefinition({
    displayName: 'Revocation',
    workflowType: 'Revocation',
    steps: [
      {
        extensionName: 'RequireApproval',
        uniqueName: 'RequireApproval1',
        displayName: 'Security approval',
        roles: ['PKI Approvers'],
        minimumApprovals: 1,
      },
    ],
  });
  return stage.command.startInstance({
    definition: 'Revocation',
    title: `${requester} is revoking CN=app.keyexample.com.`,
    initiator: requester,
    data: revocationData({ ...about, ...more }, 'request'),
  });
}

/** Lets Ana vote, changes something, and expects that she is told, that her vote is void, and that all are asked again. */
async function voteThenChange(stage: Stage, id: string, [what, patch, shown]: Changed): Promise<void> {
  const before = stage.slack.messages(stage.slack.im(personas.ana.id).id).length;
  await approve(stage, 'ana', theCard(stage));
  await cardSaying(stage, /1 of 2/);
  stage.clock.advance(1_000);
  stage.command.changeData(id, patch);
  await stage.observeAfter(15_000);
  const changed = await cardSaying(stage, /has changed.*0 of 2/s);
  expect({ what, text: textOf(changed) }).toEqual({ what, text: expect.stringMatching(shown) });
  expect(buttonsOf(changed)).toContain('Approve');
  const word = await stage.slack.waitFor(
    () => stage.slack.messages(stage.slack.im(personas.ana.id).id)[before],
    { whatFor: `word to Ana of ${what}` },
  );
  expect(textOf(word)).toMatch(shown);
}

describe.each(transports)('a request that changes while votes stand, over %s', (transport: Transport) => {
  it.each(kinds)(
    'of %s, voids them, tells voters what it was and is, and asks again',
    async (_kind, ask, changes) => {
      const stage = await openStage(transport, { quorum: 2 });
      const id = await ask(stage);
      await stage.observe();
      for (const change of changes) await voteThenChange(stage, id, change);
      await finish(stage, {
        posts: { pki: 1, '@ana': changes.length },
        answers: { ana: changes.length },
        signals: [],
      });
    },
  );

  it('of a signing request that is exchanged for another of the same key, or one that asks for more', async () => {
    const stage = await openStage(transport, { quorum: 2 });
    const id = await askForCertificate(stage);
    stage.command.changeData(id, await requestFor('app.keyexample.com'));
    await stage.observe();
    const changes: readonly Changed[] = [
      ['the same key', await requestFor('evil.keyexample.com'), /SANs: .*app.*→.*evil\.keyexample\.com/],
      [
        'an extension',
        await requestFor('evil.keyexample.com', [usages]),
        /Details: .*→.*client authentication/,
      ],
    ];
    for (const change of changes) await voteThenChange(stage, id, change);
    await stage.close();
  });

  it('does not void them by what the workflow itself adds, such as the comments of signals', async () => {
    const stage = await openStage(transport, { quorum: 2 });
    const id = await askForRevocation(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /1 of 2/);
    stage.command.changeData(id, { approvalsignalcmnts: 'Seen', comments: 'Seen', Tickets: ['T-1'] });
    await stage.observeAfter(15_000);
    await approve(stage, 'li', theCard(stage));
    await cardSaying(stage, /Approved by Ana Ruiz and Li Wei/);
    await privateWord(stage, 'ana', /1 of 2/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      answers: { ana: 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });
});
