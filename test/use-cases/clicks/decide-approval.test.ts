import { describe, expect, it } from '@jest/globals';
import { applyRules } from '../../../src/use-cases/rules.js';
import { people, policyOf } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();
const minuteMs = 60_000;

describe('deciding', () => {
  it('signals at once what one person may decide alone', async () => {
    const world = await worlds.openWithCard();
    expect(await world.click('ada', 'approve')).toMatchObject({ kind: 'decided' });
    expect(world.command.arrivals).toMatchObject([{ id: 'run-1', verdict: 'approve', outcome: 'counted' }]);
    expect((await world.approval()).state).toMatchObject({ kind: 'ended', ending: { kind: 'approved' } });
  });

  it('counts a first of two votes, and signals only with the second', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    expect(await world.click('ada', 'approve')).toEqual({ kind: 'vote-counted', have: 1, of: 2 });
    expect(world.command.arrivals).toHaveLength(0);
    expect(await world.click('bo', 'approve')).toMatchObject({ kind: 'decided' });
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('counts one person once, however often they press', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    expect(await world.click('ada', 'approve')).toEqual({ kind: 'already-voted', have: 1, of: 2 });
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('counts two chat accounts of one human once', async () => {
    const { people: mapped } = policyOf(2);
    const twin = { ...people.bo, identities: { command: ['keyexample\\AOKAFOR'] } };
    const world = await worlds.openWithCard({
      quorum: 2,
      policy: { people: [...mapped.filter(({ name }) => name !== people.bo.name), twin] },
    });
    await world.click('ada', 'approve');
    expect(await world.click('bo', 'approve')).toEqual({ kind: 'same-identity', other: people.ada.name });
  });

  it('counts a vote again by the rule as it is now, when fewer are wanted', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    world.restart({ policy: policyOf(1) });
    await applyRules(world.context);
    await world.deliver();
    expect(await world.click('ada', 'approve')).toMatchObject({ kind: 'decided' });
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('lets one denial decide, whoever has approved before', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    await world.click('bo', 'deny', { comment: 'wrong template' });
    expect(world.command.arrivals).toMatchObject([
      { verdict: 'deny', comment: expect.stringMatching(/wrong template.*Denied by Bo Tran/) },
    ]);
    expect((await world.approval()).state).toMatchObject({ ending: { kind: 'denied' } });
  });

  it('names every voter and every reason in the comment', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve', { comment: 'asked by phone' });
    await world.click('bo', 'approve', { comment: 'fine' });
    expect(world.command.arrivals[0]?.comment).toMatch(/"asked by phone" \/ "fine".*Ada Okafor.*Bo Tran/);
  });
});

describe('a click that may not decide', () => {
  it.each([
    ['gus', 'not-a-member'],
    ['kim', 'own-request'],
    ['una', 'not-mapped'],
    ['zoe', 'not-an-approver'],
  ] as const)('is refused to %s, who is told why: %s', async (actor, why) => {
    const world = await worlds.openWithCard();
    expect(await world.click(actor, 'approve')).toMatchObject({ kind: 'refused', why: { kind: why } });
    expect(world.slack.answers).toHaveLength(1);
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('is refused where no rule speaks of the run', async () => {
    const world = await worlds.openWithCard({ policy: { approvers: [] } });
    expect(await world.click('ada', 'approve')).toEqual({ kind: 'refused', why: { kind: 'no-rule' } });
  });

  it('is refused when the chat cannot say who the person is', async () => {
    const world = await worlds.openWithCard();
    world.slack.failNext({ call: 'lookUpPerson', code: 'refused' });
    expect(await world.click('ada', 'approve')).toEqual({ kind: 'person-not-checked' });
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('is refused from a message that never was a card of ours', async () => {
    const world = await worlds.openWithCard();
    const message = { channel: 'C0PKI', ts: '1.000' };
    expect(await world.click('ada', 'approve', { message })).toEqual({ kind: 'unknown-card' });
    expect(await world.click('ada', 'approve', { approvalId: 'guessed' })).toEqual({ kind: 'unknown-card' });
  });

  it('is refused from the card of another approval', async () => {
    const world = await worlds.openWithCard();
    const { message } = world.card();
    world.command.start('run-2');
    await world.passTime(1_000);
    const other = world.slack.cards().find(({ card }) => card.approval.instance.ref.id === 'run-2');
    const approvalId = other?.card.approval.id ?? 'none';
    expect(await world.click('ada', 'approve', { message, approvalId })).toEqual({ kind: 'unknown-card' });
  });

  it('decides nothing as a mere press where a modal is wanted', async () => {
    const world = await worlds.openWithCard();
    expect(await world.click('ada', 'deny', { via: 'press' })).toEqual({ kind: 'press-again' });
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('is told what changed when the person saw other facts', async () => {
    const world = await worlds.openWithCard();
    const stale = world.clickOf('ada', 'approve');
    world.command.changeFacts('run-1', { names: ['evil.example.com'] });
    await world.observe();
    expect(await world.click('ada', 'approve', stale)).toMatchObject({
      kind: 'facts-changed',
      changes: [{ fact: 'names', to: 'evil.example.com' }],
    });
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('is told how it ended when it is over', async () => {
    const world = await worlds.openWithCard();
    await world.click('ada', 'approve');
    expect(await world.click('bo', 'deny')).toMatchObject({
      kind: 'over',
      approval: { state: { ending: { kind: 'approved' } } },
    });
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('is told that somebody was faster while a decision is under way', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.isUnreachable = true;
    await world.click('ada', 'approve');
    expect(await world.click('bo', 'deny')).toMatchObject({ kind: 'being-decided' });
  });

  it('is told that the account was counted when the system waits for other identities', async () => {
    const world = await worlds.openWithCard({ needed: 2 });
    await world.click('ada', 'approve');
    expect((await world.approval()).state.kind).toBe('recorded');
    expect(await world.click('bo', 'approve')).toMatchObject({ kind: 'account-counted' });
  });

  it('decides nothing when it is worked on ten minutes late', async () => {
    const world = await worlds.openWithCard();
    const click = world.clickOf('ada', 'approve');
    world.clock.advance(10 * minuteMs);
    expect(await world.click('ada', 'approve', click)).toEqual({ kind: 'too-old', verdict: 'approve' });
    expect((await world.approval()).state.kind).toBe('waiting');
  });
});

describe('one click', () => {
  it('is worked on once, even when it is handed in twice at the same moment', async () => {
    const world = await worlds.openWithCard();
    const click = world.clickOf('ada', 'approve');
    await Promise.all([world.click('ada', 'approve', click), world.click('ada', 'approve', click)]);
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('of two people who press at the same moment tells the slower one', async () => {
    const world = await worlds.openWithCard();
    const replies = await Promise.all([world.click('ada', 'approve'), world.click('bo', 'deny')]);
    expect(replies.map((reply) => reply?.kind).sort()).toEqual(['being-decided', 'decided']);
    expect(world.command.arrivals).toHaveLength(1);
  });
});
