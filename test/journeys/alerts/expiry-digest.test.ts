import { describe, expect, it } from '@jest/globals';
import { createCertificate, enrollmentData } from '../../../src/sandbox/keyfactor/samples.js';
import { buttonsOf, modalOf, privateWord, textOf } from '../../support/stage/cards.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { finish } from '../../support/stage/finish.js';
import { submitSeveral, viewText } from '../../support/stage/homes.js';
import { openStage, type Stage, type Transport, transports } from '../../support/stage/open-stage.js';
import { personas, places } from '../../support/stage/personas.js';
import type { StageRules } from '../../support/stage/stage-settings.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

const rules = {
  approvers: ['ana'],
  approveWith: 'one-click',
  alerts: { digest: { at: '12:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'] } },
} as const;

/** Opens a stage on which Command has a workflow for expiration alerts. */
async function open(transport: Transport, changes: StageRules = {}): Promise<Stage> {
  const stage = await openStage(transport, { ...rules, ...changes });
  stage.command.addDefinition({
    displayName: 'Renew what expires',
    workflowType: 'Expiration',
    steps: [
      {
        extensionName: 'RequireApproval',
        uniqueName: 'RequireApproval1',
        displayName: 'Renew it?',
        roles: ['PKI Approvers'],
        minimumApprovals: 1,
      },
    ],
  });
  return stage;
}

/** Lets Command start the workflow of an expiration alert for a certificate that expires in so many days. */
async function alertExpiration(stage: Stage, host: string, inDays?: number): Promise<string> {
  const subject = `CN=${host}`;
  const nowMs = stage.clock.now();
  const renews =
    inDays === undefined
      ? undefined
      : await createCertificate({
          subject,
          sans: { dns: [host] },
          key: 'ec-p256',
          notBefore: new Date(nowMs - 300 * dayMs),
          notAfter: new Date(nowMs + inDays * dayMs),
        });
  return stage.command.startInstance({
    definition: 'Renew what expires',
    title: `Timer Service started an expiration alert for ${subject}.`,
    initiator: 'Timer Service',
    data: {
      AlertId: '4',
      CertificateId: 17,
      ...enrollmentData({ subject, ...(renews ? { renews } : {}), sans: { dns: [host] } }),
    },
  });
}

const digestsIn = (stage: Stage, place: string = places.alerts) =>
  stage.slack.messages(place).filter((one) => textOf(one).includes('📅'));

describe.each(transports)('the digest of what expires, over %s', (transport) => {
  it('is posted once a day with what waits, the most urgent first, and not for what is no expiration', async () => {
    const stage = await open(transport, { withWorkTasks: true });
    await alertExpiration(stage, 'later.keyexample.com', 30);
    await alertExpiration(stage, 'soon.keyexample.com', 3);
    await alertExpiration(stage, 'unread.keyexample.com');
    await askForCertificate(stage, { host: 'other.keyexample.com' });
    await stage.observe();
    expect(digestsIn(stage)).toEqual([]);
    await stage.observeAfter(3 * hourMs);
    await stage.restart();
    await stage.observeAfter(hourMs);
    const [digest, ...more] = digestsIn(stage).map(textOf);
    expect(more).toEqual([]);
    expect(digest).toMatch(/3 expiration workflows wait for approval/);
    expect(digest).toMatch(
      /soon\.keyexample[\s\S]*2026-01-18[\s\S]*later\.keyexample[\s\S]*unread\.keyexample/,
    );
    expect(digest).toContain(`card in <#${places.pki}>`);
    expect(digest).toContain('Timer Service');
    expect(digest).toContain('The run does not say when the certificate expires');
    expect(digest).not.toContain('other.keyexample');
    // Friday, and then Monday.
    for (let day = 1; day <= 4; day += 1) await stage.observeAfter(dayMs);
    expect(digestsIn(stage)).toHaveLength(3);
    await finish(stage, { posts: { pki: 4, alerts: 3 }, signals: [] });
  });

  it('posts nothing on a day on which none waits', async () => {
    const stage = await open(transport);
    const id = await alertExpiration(stage, 'gone.keyexample.com', 3);
    await stage.observe();
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', false);
    await stage.observeAfter(4 * hourMs);
    await finish(stage, { posts: { pki: 1 }, signals: ['deny by KEYEXAMPLE\\portal-pat'] });
  });

  it('leads to the window for several, which lists to each who clicks only what they may decide', async () => {
    const stage = await open(transport, { bulkUpTo: 'high' });
    const ids: string[] = [];
    for (const host of ['a', 'b']) ids.push(await alertExpiration(stage, `${host}.keyexample.com`, 5));
    await stage.observe();
    await stage.observeAfter(4 * hourMs);
    const [digest] = digestsIn(stage);
    if (!digest) throw new Error('There is no digest');
    expect(buttonsOf(digest)).toEqual(['Show what waits for me', 'Review several…']);
    const { channel, ts, blocks } = digest;
    const press = (as: string) =>
      stage.slack.click({ as, channel, ts, actionId: 'command.approvals-several', from: blocks });
    await press(personas.bo.id);
    expect(viewText(await modalOf(stage, 'bo'))).toContain('Nothing that waits for you can be approved');
    await press(personas.ana.id);
    await modalOf(stage, 'ana');
    await submitSeveral(stage, 'ana', { without: [1] });
    await stage.command.waitFor(() => ids.some((id) => stage.command.instance(id).status === 'Complete'));
    await stage.observeAfter(60_000);
    await privateWord(stage, 'ana', /selected one request/);
    await finish(stage, { posts: { pki: 2, alerts: 1, '@ana': 1 }, signals: [byTheBot] });
  });

  it('goes to the channel of shadow mode, marked, and has no button that decides', async () => {
    const stage = await open(transport, { isShadow: true });
    await alertExpiration(stage, 'soon.keyexample.com', 3);
    await stage.observe();
    await stage.observeAfter(4 * hourMs);
    const [digest] = digestsIn(stage, places.shadow);
    expect(digest && textOf(digest)).toMatch(/shadow/i);
    expect(digest && buttonsOf(digest)).toEqual([]);
    expect(digestsIn(stage)).toEqual([]);
    await stage.close();
  });
});
