import { describe, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../src/sandbox/slack/interactions.js';
import { ask } from '../support/stage/ask.js';
import {
  buttonsOf,
  cardSaying,
  click,
  modalOf,
  privateWord,
  submit,
  textOf,
  theCard,
} from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas } from '../support/stage/personas.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const group = 'S0PKI0001';

/** Waits for the receipt somebody gets by direct message. */
function receiptOf(stage: Stage, actor: Actor): Promise<SeenMessage> {
  return receiptSaying(stage, actor, /Receipt/);
}

/** Waits until the receipt of somebody says something. */
function receiptSaying(stage: Stage, actor: Actor, pattern: RegExp): Promise<SeenMessage> {
  const receipts = () =>
    stage.slack.messages(stage.slack.im(personas[actor].id).id).filter((one) => /Receipt/.test(textOf(one)));
  return stage.slack.waitFor(() => receipts().find((one) => pattern.test(textOf(one))), {
    whatFor: `a receipt for ${actor}`,
  });
}

function sayNotMe(stage: Stage, actor: Actor, { channel, ts, blocks }: SeenMessage) {
  return stage.slack.click({ as: personas[actor].id, channel, ts, actionId: 'receipt.disown', from: blocks });
}

describe.each(transports)('tiers of risk, over %s', (transport) => {
  it('hold a decision for a moment, in which it is taken back', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click', hold: '10s' });
    await askForCertificate(stage);
    await stage.observe();
    expect(textOf(theCard(stage))).toMatch(/sent after 10 s/);
    await click(stage, 'ana', theCard(stage), 'approve');
    const delayed = await cardSaying(stage, /and can be undone until then/);
    expect(buttonsOf(delayed)).toEqual(['Undo', 'Details', 'Open in Command']);
    await click(stage, 'ana', delayed, 'take-back');
    await privateWord(stage, 'ana', /Undone\. Nothing was changed/);
    await stage.observeAfter(20_000);
    await cardSaying(stage, /Approval needed/);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('send a held decision by themselves, also after a restart', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click', hold: '10s' });
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /and can be undone until then/);
    await stage.restart();
    expect(stage.command.instance(id).status).toBe('Suspended');
    stage.clock.advance(10_000);
    await stage.bot().deliver();
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('want the code typed, and say so in the window', async () => {
    const stage = await openStage(transport, { approveWith: 'typed' });
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    const code = /· (K\d+)/.exec(textOf(card))?.[1] ?? '';
    await click(stage, 'ana', card, 'approve');
    expect(await submit(stage, 'ana', 'yes')).toMatchObject({
      result: 'errors',
      errors: { typed: expect.stringContaining('short code') },
    });
    expect(await submit(stage, 'ana', code.toLowerCase())).toMatchObject({ result: 'closed' });
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('want a reason for an approval', async () => {
    const stage = await openStage(transport, { approveWith: 'reason' });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await modalOf(stage, 'ana');
    expect(await submit(stage, 'ana', '  ')).toMatchObject({ result: 'errors' });
    await submit(stage, 'ana', 'Planned renewal');
    expect(textOf(await cardSaying(stage, /Approved by Ana Ruiz/))).toContain('Planned renewal');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('leave the gravest to the portal', async () => {
    const stage = await openStage(transport, { approveWith: 'portal-only' });
    await askForCertificate(stage);
    await stage.observe();
    expect(buttonsOf(theCard(stage))).toEqual(['Details', 'Open in Command']);
    expect(textOf(theCard(stage))).toMatch(/Decide this in Command: rule “PKI Approvers” requires it/);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('tell at once that too few can act', async () => {
    const stage = await openStage(transport, { approvers: ['ana', 'gia'], quorum: 2 });
    await askForCertificate(stage);
    await stage.observe();
    expect(textOf(theCard(stage))).toMatch(/2 must approve, but only 1 person named by the rule can, /);
    await finish(stage, { posts: { pki: 1, ops: 1 }, signals: [] });
  });

  it('let the members of a user group decide, and keep a press while Slack cannot say who they are', async () => {
    const stage = await openStage(transport, {
      approvers: ['li'],
      groups: [group],
      approveWith: 'one-click',
    });
    stage.slack.addGroup({ id: group, handle: 'pki', name: 'PKI', members: [personas.ana.id] });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /not one of the approvers/);
    stage.clock.advance(5 * 60_000);
    const away = stage.slack.fail({ method: 'usergroups.users.list', fault: 'internal_error', times: 99 });
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(
      stage,
      'ana',
      /Your click is saved. Slack cannot confirm right now whether you may decide/,
    );
    expect(stage.command.effectiveSignals).toEqual([]);
    away.cancel();
    stage.clock.advance(20_000);
    await stage.bot().takeUp();
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { bo: 1, ana: 1 }, signals: [byTheBot] });
  });
});

describe.each(transports)('a receipt, over %s', (transport) => {
  it('of an approval that was withdrawn says so, and that it did not count', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click', quorum: 2, receipts: 'all' });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const card = await cardSaying(stage, /1 of 2/);
    await stage.bot().deliver();
    const code = /receipt (K\d+)/.exec(textOf(await receiptOf(stage, 'ana')))?.[1] ?? '';
    await ask(stage, {
      as: 'ana',
      line: `receipt ${code}`,
      shows: /You|Ana Ruiz.*approved(?!.*did not count)/s,
    });
    await click(stage, 'ana', card, 'withdraw');
    await cardSaying(stage, /0 of 2/);
    await ask(stage, { as: 'ana', line: `receipt ${code}`, shows: /withdrawn and did not count/ });
    const receipt = await receiptSaying(stage, 'ana', /withdrawn and did not count/);
    expect(textOf(receipt)).toContain(code);
    await stage.close();
  });

  it('of a decision that was taken back before it was sent says so, too', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click', hold: '10s', receipts: 'all' });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const delayed = await cardSaying(stage, /and can be undone until then/);
    await stage.bot().deliver();
    const before = await receiptOf(stage, 'ana');
    await click(stage, 'ana', delayed, 'take-back');
    const after = await receiptSaying(stage, 'ana', /withdrawn and did not count/);
    expect(after.ts).toBe(before.ts);
    await finish(stage, { posts: { pki: 1, '@ana': 1 }, answers: { ana: 1 }, signals: [] });
  });

  const rules = { approveWith: 'one-click', hold: '10s', receipts: 'risky', operators: ['li'] } as const;

  it('that is disowned cancels what is held and suspends its person, until an operator restores them', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const receipt = await receiptOf(stage, 'ana');
    await sayNotMe(stage, 'ana', receipt);
    await privateWord(stage, 'ana', /Your rights in Countersign are suspended.*pending decision/s);
    await cardSaying(stage, /was canceled: they reported that it was not theirs/);
    await stage.observeAfter(20_000);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(stage, 'ana', /rights in Countersign are suspended because/);
    await type(stage, 'li', `restore <@${personas.ana.id}|ana>`);
    await privateWord(stage, 'li', /The rights of .* are restored/);
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /and can be undone until then/);
    stage.clock.advance(10_000);
    await stage.bot().deliver();
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.effectiveSignals).toHaveLength(1);
    expect(stage.log.errors()).toEqual([]);
    await stage.close();
  });

  it('tells by its code what was decided and what became of it', async () => {
    const stage = await openStage(transport, { ...rules, receipts: 'all' });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const code = /receipt (K\d+)/.exec(textOf(await receiptOf(stage, 'ana')))?.[1] ?? '';
    stage.clock.advance(10_000);
    await stage.bot().deliver();
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await ask(stage, {
      line: `receipt ${code}`,
      shows: /Ana Ruiz.*approved.*What they saw.*Sent.*via Countersign.*Approved by Ana Ruiz/s,
    });
    await ask(stage, { as: 'bo', line: `receipt ${code}`, shows: /You may not/ });
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@ana': 1 },
      answers: { ana: 1, bo: 1 },
      signals: [byTheBot],
    });
  });
});
