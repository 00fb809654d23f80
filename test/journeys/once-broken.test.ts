import { describe, expect, it } from '@jest/globals';
import { createCsr } from '../../src/sandbox/keyfactor/samples.js';
import {
  buttonsOf,
  cardSaying,
  click,
  modalOf,
  privateWord,
  textOf,
  theCard,
} from '../support/stage/cards.js';
import { askForCertificate, certificateRequest } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas, places, serviceAccount } from '../support/stage/personas.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const byPat = 'approve by KEYEXAMPLE\\portal-pat';
const minuteMs = 60_000;

describe.each(transports)('what went wrong once, over %s', (transport) => {
  const oneClick = { approveWith: 'one-click' } as const;

  it('denied without a reason when a guest had become a member since they were last seen', async () => {
    const stage = await openStage(transport, { approvers: ['gia'] });
    const id = await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    await click(stage, 'gia', card, 'deny');
    await privateWord(stage, 'gia', /guest/i);
    stage.slack.changeMember(personas.gia.id, { isGuest: false });
    await click(stage, 'gia', card, 'deny');
    await privateWord(stage, 'gia', /click the button again/);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await click(stage, 'gia', card, 'deny');
    await modalOf(stage, 'gia');
    await finish(stage, { posts: { pki: 1, ops: 1 }, answers: { gia: 2 }, signals: [] });
  });

  it('let people approve their own request when Command wrote their name without its domain', async () => {
    const stage = await openStage(transport, oneClick);
    await askForCertificate(stage, { requester: 'jsmith' });
    await stage.observe();
    await click(stage, 'sam', theCard(stage), 'approve');
    await privateWord(stage, 'sam', /can't confirm this isn't/);
    await finish(stage, { posts: { pki: 1 }, answers: { sam: 1 }, signals: [] });
  });

  it('let people approve what they had started under the name of somebody else', async () => {
    const stage = await openStage(transport, oneClick);
    const request = await certificateRequest({ requester: 'KEYEXAMPLE\\other' });
    const title = 'KEYEXAMPLE\\jsmith is enrolling for a certificate with CN=app.keyexample.com.';
    stage.command.startInstance({ ...request, title });
    await stage.observe();
    await click(stage, 'sam', theCard(stage), 'approve');
    await privateWord(stage, 'sam', /You requested this/);
    await finish(stage, { posts: { pki: 1 }, answers: { sam: 1 }, signals: [] });
  });

  it('approved another key of the same kind than the one on the card', async () => {
    const stage = await openStage(transport, oneClick);
    const id = await askForCertificate(stage);
    await stage.observe();
    const sans = { dns: ['app.keyexample.com'] };
    const csr = await createCsr({ subject: 'CN=app.keyexample.com', sans, key: 'ec-p256' });
    stage.command.changeData(id, { CSR: csr });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /has changed/);
    await privateWord(stage, 'ana', /count/);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 1, '@ana': 1 }, signals: [] });
  });

  it('signalled with one approval after the rule had come to want two', async () => {
    const stage = await openStage(transport, oneClick);
    const id = await askForCertificate(stage);
    await stage.observe();
    await stage.command.goDown();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /cannot be reached/);
    await stage.restart({ ...oneClick, quorum: 2 });
    await stage.command.comeBack();
    await stage.observeAfter(minuteMs);
    const card = await cardSaying(stage, /needs 2 people/);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await click(stage, 'li', card, 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz and Li Wei/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('asked for somebody else although the rule had come to want one approval only', async () => {
    const stage = await openStage(transport, { ...oneClick, quorum: 2 });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(stage, 'ana', /1 of 2/);
    await stage.restart({ ...oneClick, quorum: 1 });
    await stage.observeAfter(minuteMs);
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { ana: 1 }, signals: [byTheBot] });
  });

  it('never posted a card when the bot was let into its channels only later', async () => {
    const stage = await openStage(transport);
    stage.log.expectError(/cannot be posted to/);
    stage.slack.removeApp(places.pki);
    stage.slack.removeApp(places.fallback);
    await askForCertificate(stage);
    await stage.observe();
    stage.slack.inviteApp(places.fallback);
    await stage.observeAfter(10 * minuteMs);
    const card = await cardSaying(stage, /Approval needed/, places.fallback);
    expect(buttonsOf(card)).toContain('Approve');
    await finish(stage, { posts: { fallback: 1, ops: 1 }, signals: [] });
  });

  it('lost a card for good when Slack refused it with an unknown word', async () => {
    const stage = await openStage(transport);
    stage.log.expectError(/cannot be posted to/);
    stage.slack.fail({ method: 'chat.postMessage', fault: 'restricted_action', channel: places.pki });
    await askForCertificate(stage);
    await stage.observe();
    await cardSaying(stage, /Approval needed/, places.fallback);
    await finish(stage, { posts: { fallback: 1, ops: 1 }, signals: [] });
  });

  it('said "Approved by Ana" for a signal that never arrived', async () => {
    const stage = await openStage(transport, { ...oneClick, signalTimeout: '300ms' });
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'hang-before-effect' });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /checking/i);
    stage.command.addIdentity({ ...serviceAccount, roles: [] });
    await stage.observeAfter(minuteMs);
    await cardSaying(stage, /was sent, but Command did not confirm it/);
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await stage.observeAfter(minuteMs);
    const card = await cardSaying(stage, /Moved on in Command/);
    expect(textOf(card)).not.toContain('Approved by Ana');
    await finish(stage, { posts: { pki: 1, ops: 1, '@sam': 1 }, signals: [byPat] });
  });

  it('took a run that was on its way at the very step for one that had moved on', async () => {
    const stage = await openStage(transport, oneClick);
    stage.command.change({ minimumApprovalsParameter: null });
    const id = await askForCertificate(stage, { definition: 'Two identities' });
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /recorded in Command/);
    stage.command.change({ statusOverride: { Suspended: 'Running' } });
    await stage.observeAfter(minuteMs);
    expect(textOf(theCard(stage))).toContain('recorded in Command');
    stage.command.change({ statusOverride: {} });
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await stage.observeAfter(minuteMs);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot, byPat] });
  });

  it('could not name the new run when a restart was found at the click', async () => {
    const stage = await openStage(transport, oneClick);
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.clock.advance(5_000);
    const next = stage.command.restartInstance(id, 'KEYEXAMPLE\\portal-pat');
    await click(stage, 'ana', theCard(stage), 'approve');
    const card = await cardSaying(stage, /Restarted in Command/);
    expect(textOf(card)).toContain(next);
    await privateWord(stage, 'ana', /before your decision was sent/);
    await finish(stage, { posts: { pki: 1, '@ana': 1, '@sam': 1 }, signals: [] });
  });

  it('did not know the second copy of a card whose first one had been deleted', async () => {
    const stage = await openStage(transport, { ...oneClick, quorum: 2 });
    await askForCertificate(stage);
    await stage.observe();
    stage.slack.fail({ method: 'chat.update', fault: 'message_not_found' });
    stage.slack.fail({ method: 'chat.postMessage', fault: 'drop-after-effect' });
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(stage, 'ana', /1 of 2/);
    const second = await stage.slack.waitFor(() => stage.slack.messages(places.pki)[1]);
    await click(stage, 'li', second, 'approve');
    await stage.slack.waitFor(() => stage.command.effectiveSignals.length === 1 || undefined);
    await stage.observeAfter(minuteMs);
    const live = stage.slack.messages(places.pki).filter((one) => buttonsOf(one).includes('Approve'));
    expect(live.filter(({ ts }) => ts === second.ts)).toHaveLength(0);
    await stage.close();
  });

  it('blamed Command when it was Slack that could not say who may decide', async () => {
    const stage = await openStage(transport, oneClick);
    await askForCertificate(stage);
    await stage.observe();
    let requested = 0;
    const isSecond = () => {
      requested += 1;
      return requested === 2;
    };
    stage.slack.fail({ method: 'users.info', fault: 'ratelimited', when: isSecond });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Slack cannot confirm/);
    await stage.observeAfter(minuteMs);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('left live buttons on cards of a system that was taken out of the settings', async () => {
    const stage = await openStage(transport, oneClick);
    const id = await askForCertificate(stage);
    await stage.observe();
    const live = theCard(stage);
    await stage.restart({ ...oneClick, systemName: 'renamed' });
    await stage.observeAfter(minuteMs);
    await stage.slack.waitFor(() => stage.slack.messages(places.pki).length === 2);
    const old = await cardSaying(stage, /No longer watched/);
    expect(old.ts).toBe(live.ts);
    expect(buttonsOf(old)).not.toContain('Approve');
    expect(stage.command.instance(id).status).toBe('Suspended');
    await stage.close();
  });
});
