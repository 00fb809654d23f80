import { describe, expect, it } from '@jest/globals';
import { buttonsOf, cardSaying, click, privateWord, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Transport, transports } from '../support/stage/open-stage.js';
import { places } from '../support/stage/personas.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const minuteMs = 60_000;

async function approvedWhileAway(transport: Transport) {
  const stage = await openStage(transport, { approveWith: 'one-click' });
  const id = await askForCertificate(stage);
  await stage.observe();
  await stage.command.goDown();
  await click(stage, 'ana', theCard(stage), 'approve');
  const delayed = await cardSaying(stage, /cannot be reached/);
  return { stage, id, held: delayed };
}

describe.each(transports)('Command away at the click, over %s', (transport) => {
  it('keeps the decision, shows who decided, and sends it when Command is back', async () => {
    const { stage, id, held: delayed } = await approvedWhileAway(transport);
    expect(buttonsOf(delayed)).toContain('Undo');
    expect(buttonsOf(delayed)).not.toContain('Approve');
    await stage.command.comeBack();
    await stage.observeAfter(minuteMs);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('lets the person take the decision back while it waits', async () => {
    const { stage, id, held: delayed } = await approvedWhileAway(transport);
    await click(stage, 'li', delayed, 'take-back');
    await privateWord(stage, 'li', /Ana Ruiz/);
    await click(stage, 'ana', delayed, 'take-back');
    await privateWord(stage, 'ana', /Undone\. Nothing was changed/);
    await stage.command.comeBack();
    await stage.observeAfter(minuteMs);
    expect(buttonsOf(theCard(stage))).toContain('Approve');
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1, li: 1 }, signals: [] });
  });

  it('gives the decision up after the stated time and says that nothing was changed', async () => {
    const { stage, id } = await approvedWhileAway(transport);
    await stage.observeAfter(11 * minuteMs);
    const again = await cardSaying(stage, /[Nn]othing was changed/);
    expect(buttonsOf(again)).toContain('Approve');
    await privateWord(stage, 'ana', /[Nn]othing was changed/);
    await stage.command.comeBack();
    await stage.observeAfter(minuteMs);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 1, '@ana': 1 }, signals: [] });
  });

  it('does not send a held decision about a step that has moved on meanwhile', async () => {
    const { stage, id } = await approvedWhileAway(transport);
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', false);
    await stage.command.comeBack();
    await stage.observeAfter(minuteMs);
    await cardSaying(stage, /Denied or stopped in Command/);
    await privateWord(stage, 'ana', /before your decision was sent/);
    await finish(stage, {
      posts: { pki: 1, '@ana': 1, '@sam': 1 },
      signals: ['deny by KEYEXAMPLE\\portal-pat'],
    });
  });

  it('tells the operators once that Command is away, also over a restart, and once that it is back', async () => {
    const stage = await openStage(transport);
    await stage.command.goDown();
    await stage.observeAfter(15_000);
    await stage.observeAfter(15_000);
    await stage.restart();
    await stage.observeAfter(15_000);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /has not answered since/, places.ops);
    await stage.command.comeBack();
    await stage.observeAfter(60_000);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /answers again/, places.ops);
    await finish(stage, { posts: { ops: 2 }, signals: [] });
  });

  it('keeps the decision through a restart of the bot', async () => {
    const { stage, id } = await approvedWhileAway(transport);
    await stage.restart();
    await stage.command.comeBack();
    await stage.observeAfter(minuteMs);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });
});
