import { describe, expect, it } from '@jest/globals';
import { decideApproval } from '../../../src/use-cases/approvals/decide.js';
import type { World } from '../world/open-world.js';
import { policyOf } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

/** Ada and Bo have approved, and Command is away. */
async function withDelayedDecision(): Promise<World> {
  const world = await worlds.openWithCard({ quorum: 2 });
  await world.click('ada', 'approve');
  world.command.faults.isUnreachable = true;
  await world.click('bo', 'approve');
  await world.deliver();
  return world;
}

describe('taking a decision back', () => {
  it('is offered while it is held, and keeps the vote of the other', async () => {
    const world = await withDelayedDecision();
    expect(world.card().card.actions).toEqual(['take-back', 'details']);
    expect(await world.click('ada', 'take-back')).toMatchObject({ kind: 'taken-back' });
    await world.deliver();
    expect(world.card().card).toMatchObject({
      votes: [{ name: 'Bo Tran' }],
      approval: { state: { kind: 'waiting' } },
    });
    world.command.faults.isUnreachable = false;
    await world.passTime(60_000);
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('is only for those who made it', async () => {
    const world = await withDelayedDecision();
    expect(await world.click('cy', 'take-back')).toMatchObject({ kind: 'not-yours-to-take-back' });
    expect((await world.approval()).state.kind).toBe('held');
  });

  it('is too late once the signal has left', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'timeout-before' };
    await world.click('ada', 'approve');
    expect(await world.click('ada', 'take-back')).toMatchObject({ kind: 'too-late-to-take-back' });
  });

  it('of a denial lets everybody decide again', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.isUnreachable = true;
    await world.click('ada', 'deny', { comment: 'wrong' });
    expect(await world.click('ada', 'take-back')).toMatchObject({ kind: 'taken-back' });
    world.command.faults.isUnreachable = false;
    await world.click('bo', 'approve');
    expect(world.command.arrivals).toMatchObject([{ verdict: 'approve' }]);
  });

  it('counts although the time for it ends before anybody has worked on the click', async () => {
    const approvers = policyOf(1).approvers.map((rule) => ({ ...rule, holdMs: 60_000 }));
    const world = await worlds.openWithCard({ policy: { approvers } });
    await world.click('ada', 'approve');
    await world.deliver();
    const undo = world.clickOf('ada', 'take-back');
    await world.store.addClick(undo);
    await world.passTime(60_000);
    expect(world.command.arrivals).toEqual([]);
    expect(await decideApproval(world.context, undo.id)).toMatchObject({ kind: 'taken-back' });
    await world.passTime(60_000);
    expect(world.command.arrivals).toEqual([]);
  });

  it('by somebody who did not make it holds nothing up', async () => {
    const approvers = policyOf(1).approvers.map((rule) => ({ ...rule, holdMs: 60_000 }));
    const world = await worlds.openWithCard({ policy: { approvers } });
    await world.click('ada', 'approve');
    await world.deliver();
    await world.store.addClick(world.clickOf('zoe', 'take-back'));
    await world.passTime(60_000);
    expect(world.command.arrivals).toMatchObject([{ verdict: 'approve' }]);
  });

  it('leaves a run alone that went on meanwhile', async () => {
    const world = await withDelayedDecision();
    world.command.faults.isUnreachable = false;
    await world.passTime(60_000);
    expect(await world.click('ada', 'take-back')).toMatchObject({ kind: 'over' });
  });
});

describe('withdrawing a vote', () => {
  it('keeps it from filling a quorum also before anybody has worked on the click', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    await world.deliver();
    const withdrawal = world.clickOf('ada', 'withdraw');
    await world.store.addClick(withdrawal);
    expect(await world.click('bo', 'approve')).toEqual({ kind: 'vote-counted', have: 1, of: 2 });
    expect(await decideApproval(world.context, withdrawal.id)).toMatchObject({ kind: 'vote-withdrawn' });
    expect(world.command.arrivals).toEqual([]);
    expect(await world.click('cy', 'approve')).toMatchObject({ kind: 'decided' });
  });

  it('is offered once there is a vote, and takes it out of the count', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    await world.deliver();
    expect(world.card().card.actions).toContain('withdraw');
    expect(await world.click('ada', 'withdraw')).toMatchObject({ kind: 'vote-withdrawn' });
    expect(await world.click('bo', 'approve')).toEqual({ kind: 'vote-counted', have: 1, of: 2 });
  });

  it('is for the voter alone', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    expect(await world.click('bo', 'withdraw')).toEqual({ kind: 'nothing-to-withdraw' });
    expect(await world.click('bo', 'approve')).toMatchObject({ kind: 'decided' });
  });

  it('is too late once the quorum is full', async () => {
    const world = await withDelayedDecision();
    expect(await world.click('ada', 'withdraw')).toMatchObject({ kind: 'being-decided' });
  });
});
