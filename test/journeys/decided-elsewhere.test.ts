import { describe, expect, it } from '@jest/globals';
import {
  approve,
  buttonsOf,
  cardSaying,
  click,
  privateWord,
  textOf,
  theCard,
} from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { places, serviceAccount } from '../support/stage/personas.js';

const portalPat = 'KEYEXAMPLE\\portal-pat';

describe.each(transports)('decided elsewhere, over %s', (transport) => {
  it('takes the buttons away within one observation when the portal decided', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    const live = theCard(stage);
    await stage.command.decideInPortal(id, portalPat, true);
    await stage.observeAfter(15_000);
    const card = await cardSaying(stage, /in Command/);
    expect(buttonsOf(card)).not.toContain('Approve');
    await click(stage, 'ana', live, 'approve');
    await privateWord(stage, 'ana', /Command/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      answers: { ana: 1 },
      signals: [`approve by ${portalPat}`],
    });
  });

  it('finds out at the click when nobody has observed yet, and signals nothing', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await stage.command.decideInPortal(id, portalPat, false);
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /[Dd]enied or stopped in Command/);
    await privateWord(stage, 'ana', /before your decision was sent/);
    await finish(stage, {
      posts: { pki: 1, '@ana': 1, '@sam': 1 },
      signals: [`deny by ${portalPat}`],
    });
  });

  it('shows what changed between the card and the click, and asks again', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.command.changeData(id, { CertificateAuthority: 'TestCA' });
    await approve(stage, 'ana', theCard(stage));
    const card = await cardSaying(stage, /CorpIssuingCA1.*TestCA/s);
    expect(buttonsOf(card)).toContain('Approve');
    await privateWord(stage, 'ana', /count/i);
    await approve(stage, 'ana', card);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 1, '@ana': 1, '@sam': 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });

  it('never applies a click on an old card to the next step', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    stage.command.addDefinition({
      displayName: 'Two steps',
      workflowType: 'Enrollment',
      steps: ['First', 'Second'].map((uniqueName) => ({
        extensionName: 'RequireApproval',
        uniqueName,
        displayName: `${uniqueName} approval`,
        roles: ['PKI Approvers'],
      })),
    });
    const id = await askForCertificate(stage, { definition: 'Two steps' });
    await stage.observe();
    const first = theCard(stage);
    await stage.command.decideInPortal(id, portalPat, true);
    await stage.observeAfter(15_000);
    await stage.slack.waitFor(() => stage.slack.messages(places.pki).length === 2);
    await click(stage, 'ana', first, 'approve');
    await privateWord(stage, 'ana', /Command/);
    expect(stage.command.instance(id).stepName).toBe('Second');
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, {
      posts: { pki: 2, '@sam': 1 },
      answers: { ana: 1 },
      signals: [`approve by ${portalPat}`],
    });
  });

  it('names the new run after a restart elsewhere only if there is exactly one', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.clock.advance(5_000);
    stage.command.restartInstance(id, portalPat);
    await stage.observeAfter(15_000);
    const old = await cardSaying(stage, /[Rr]estarted/);
    expect(buttonsOf(old)).not.toContain('Approve');
    await stage.slack.waitFor(() => stage.slack.messages(places.pki).length === 2);
    await finish(stage, { posts: { pki: 2, '@sam': 1 }, signals: [] });
  });

  it('claims nothing about a result its account may not read, and names the missing permission', async () => {
    const stage = await openStage(transport);
    stage.command.addIdentity({
      ...serviceAccount,
      permissions: ['/workflows/instances/read/pending/', '/workflows/definitions/read/'],
    });
    const id = await askForCertificate(stage);
    await stage.observe();
    const { ts } = theCard(stage);
    await askForCertificate(stage, { host: 'second.keyexample.com' });
    await stage.observe();
    const first = () => stage.slack.messages(places.pki).find((one) => one.ts === ts) ?? theCard(stage);
    await stage.command.decideInPortal(id, portalPat, true);
    for (let polls = 0; polls < 4; polls += 1) {
      await stage.observeAfter(15_000);
      expect(textOf(first())).not.toMatch(/cannot see the result/);
    }
    await stage.observeAfter(15_000);
    const card = await cardSaying(stage, /cannot see the result/);
    expect(textOf(card)).not.toMatch(/Approved by|Denied by/);
    expect(buttonsOf(card)).not.toContain('Approve');
    expect(stage.log.lines.join('\n')).toContain('/workflows/instances/read/');
    expect(card.ts).toBe(ts);
    await finish(stage, { posts: { pki: 2, ops: 1, '@sam': 1 }, signals: [`approve by ${portalPat}`] });
  });

  it('still signals with only the right to see what waits for it', async () => {
    const stage = await openStage(transport);
    stage.command.addIdentity({
      ...serviceAccount,
      permissions: ['/workflows/instances/read/pending/', '/workflows/definitions/read/'],
    });
    const id = await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /Ana Ruiz/);
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Complete');
    await stage.observeAfter(15_000);
    await stage.observeAfter(60_000);
    await cardSaying(stage, /Command accepted it, but Countersign's service account cannot see the result/);
    await finish(stage, {
      posts: { pki: 1, ops: 1, '@sam': 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });

  it('forgets nothing and says nothing false while Command is away', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    const before = textOf(theCard(stage));
    await stage.command.goDown();
    await stage.observeAfter(15_000);
    await stage.observeAfter(15_000);
    expect(textOf(theCard(stage))).toBe(before);
    await stage.command.comeBack();
    await stage.observeAfter(60_000);
    expect(buttonsOf(theCard(stage))).toContain('Approve');
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });
});
