import { describe, expect, it } from '@jest/globals';
import { defined } from '../../../src/shared/language.js';
import { adoptSignals } from '../../../src/use-cases/approvals/send-signal.js';
import type { World } from '../world/open-world.js';
import { policyOf } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();
const minuteMs = 60_000;

describe('a signal nobody answered', () => {
  it('is said to be checked, and is not judged before its request is over', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'timeout-before' };
    await world.click('ada', 'approve');
    expect((await world.approval()).state).toMatchObject({ kind: 'checking', isAccepted: false });
    for (let poll = 0; poll < 5; poll += 1) await world.passTime(2_000);
    expect(world.command.arrivals).toHaveLength(0);
    expect(world.card().card).toMatchObject({
      actions: ['details'],
      approval: { state: { kind: 'checking' } },
    });
  });

  it('is sent once more when two looks after its time find that it never arrived', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'timeout-before' };
    await world.click('ada', 'approve');
    await world.passTime(minuteMs);
    expect(world.command.arrivals).toHaveLength(0);
    await world.passTime(15_000);
    await world.passTime(15_000);
    expect(world.command.arrivals).toHaveLength(1);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'approved' } });
  });

  it('is not sent a third time: it is given up, and its makers hear that nothing was changed', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'timeout-before' };
    await world.click('ada', 'approve');
    world.command.faults.nextSignal = { kind: 'timeout-before' };
    for (let poll = 0; poll < 8; poll += 1) await world.passTime(20_000);
    await world.passTime(minuteMs);
    expect(world.command.arrivals).toHaveLength(0);
    expect(world.card().card).toMatchObject({
      actions: ['approve', 'deny', 'details', 'ask'],
      approval: { state: { kind: 'waiting', note: { kind: 'released' } } },
    });
    expect(world.slack.notices()).toMatchObject([{ to: 'D-U0ADA', notice: { kind: 'released' } }]);
  });

  it.each(['timeout-after', 'timeout-late'] as const)(
    'is not credited with a move it may not have made: %s',
    async (kind) => {
      const world = await worlds.openWithCard();
      world.command.faults.nextSignal = { kind };
      await world.click('ada', 'approve');
      for (let poll = 0; poll < 4; poll += 1) await world.passTime(minuteMs);
      expect(world.command.arrivals).toMatchObject([{ outcome: 'counted' }]);
      expect(world.card().card.approval.state).toMatchObject({
        ending: { kind: 'overtaken', now: { status: { kind: 'complete' } } },
      });
    },
  );

  it('is known to have been counted when the step waits on, but not for us', async () => {
    const world = await worlds.openWithCard({ needed: 2 });
    world.command.faults.nextSignal = { kind: 'timeout-after' };
    await world.click('ada', 'approve');
    await world.passTime(minuteMs);
    expect(world.card().card.approval.state.kind).toBe('recorded');
    await world.passTime(minuteMs);
    expect(world.command.arrivals).toHaveLength(1);
  });

  it.each([1, 2])(
    'is only guessed to have been counted when the account lost the step, where %d must approve',
    async (needed) => {
      const world = await worlds.openWithCard({ needed });
      world.command.faults.nextSignal = { kind: 'timeout-before' };
      await world.click('ada', 'approve');
      world.command.set('run-1', { isForBot: false });
      await world.passTime(minuteMs);
      expect(world.card().card.approval.state).toMatchObject({ isInferred: true });
      for (let approver = 0; approver < needed; approver += 1)
        world.command.decideElsewhere('run-1', true, `KEYEXAMPLE\\portal-${approver}`);
      await world.passTime(minuteMs);
      expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'overtaken' } });
    },
  );

  it('is watched for as long as the system cannot be read, and never given up in between', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'timeout-after' };
    await world.click('ada', 'approve');
    world.command.faults.isUnreachable = true;
    for (let hour = 0; hour < 3; hour += 1) await world.passTime(60 * minuteMs);
    expect(world.card().card.approval.state.kind).toBe('checking');
    world.command.faults.isUnreachable = false;
    await world.passTime(minuteMs);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'overtaken' } });
  });

  it('ends as not to be seen when the run may not be read any more', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'timeout-after' };
    await world.click('ada', 'approve');
    world.command.set('run-1', { isVisible: false });
    await world.passTime(minuteMs);
    expect(world.card().card.approval.state.kind).toBe('checking');
    await world.passTime(minuteMs);
    expect(world.card().card.approval.state).toMatchObject({ ending: { kind: 'not-visible' } });
  });
});

describe('a signal another run of the bot held', () => {
  it('is left alone while that run may still be at it', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.isUnreachable = true;
    await world.click('ada', 'approve');
    world.command.faults.isUnreachable = false;
    world.restart();
    await world.observe();
    expect(world.command.arrivals).toHaveLength(0);
    await world.passTime(minuteMs);
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('is taken over at once by the only bot on the store', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.isUnreachable = true;
    await world.click('ada', 'approve');
    world.command.faults.isUnreachable = false;
    world.restart();
    await adoptSignals(world.context);
    await world.observe();
    expect(world.command.arrivals).toHaveLength(1);
  });
});

describe('a run that comes back to the same step before its decision is settled', () => {
  /** Ada's rule leaves half a minute; the workflow sends runs back from its second step to the first. */
  const openLooping = async (holdMs?: number) => {
    const { approvers } = policyOf(1);
    const rules = approvers.map((rule) => ({ ...rule, ...defined({ holdMs }) }));
    const world = await worlds.open({ policy: { approvers: rules } });
    world.command.start('run-1', [
      { uniqueName: 'approval-1', needed: 1 },
      { uniqueName: 'approval-2', needed: 1 },
    ]);
    await world.passTime(0);
    const [first] = world.slack.cards();
    if (!first) throw new Error('There is no card');
    const sendBack = () => world.command.set('run-1', { at: 0, visit: 3, received: [] });
    const stateOf = async () => (await world.store.findApproval(first.card.approval.id))?.state;
    return { world, sendBack, stateOf };
  };
  const newest = (world: World) => world.slack.cards().at(-1)?.card.approval;

  it('is not approved there by a decision that was held about its first visit', async () => {
    const { world, sendBack, stateOf } = await openLooping(30_000);
    await world.click('ada', 'approve');
    world.command.decideElsewhere('run-1', true);
    await world.passTime(10_000);
    expect(await stateOf()).toMatchObject({ kind: 'ended', ending: { kind: 'decided-elsewhere' } });
    sendBack();
    for (let poll = 0; poll < 4; poll += 1) await world.passTime(15_000);
    expect(world.command.arrivals).toEqual([]);
    expect(newest(world)).toMatchObject({ step: 'approval-1', attempt: 2, state: { kind: 'waiting' } });
    expect(world.slack.notices()).toContainEqual(
      expect.objectContaining({ to: 'D-U0ADA', notice: expect.objectContaining({ kind: 'released' }) }),
    );
  });

  it('is not sent a decision again whose answer was lost and whose effect a poll has seen', async () => {
    const { world, sendBack, stateOf } = await openLooping();
    world.command.faults.nextSignal = { kind: 'timeout-after' };
    await world.click('ada', 'approve');
    await world.passTime(5_000);
    expect(await stateOf()).toMatchObject({ kind: 'checking' });
    sendBack();
    for (let poll = 0; poll < 6; poll += 1) await world.passTime(15_000);
    expect(world.command.arrivals).toHaveLength(1);
    expect(await stateOf()).toMatchObject({
      kind: 'ended',
      ending: { kind: 'overtaken', now: { step: { uniqueName: 'approval-2' } } },
    });
    expect(newest(world)).toMatchObject({ step: 'approval-1', attempt: 2, state: { kind: 'waiting' } });
  });

  it('gets a card of its own where what an accepted decision did could only be read once it was back', async () => {
    const { world, sendBack, stateOf } = await openLooping();
    world.command.faults.beforeNextSignal = () => {
      world.command.faults.isDetailUnreadable = true;
    };
    await world.click('ada', 'approve');
    expect(await stateOf()).toMatchObject({ kind: 'checking', isAccepted: true });
    await world.passTime(5_000);
    sendBack();
    world.command.faults.isDetailUnreadable = false;
    for (let poll = 0; poll < 4; poll += 1) await world.passTime(15_000);
    expect(await stateOf()).toMatchObject({ kind: 'ended', ending: { kind: 'approved' } });
    expect(newest(world)).toMatchObject({ step: 'approval-1', attempt: 2, state: { kind: 'waiting' } });
    expect(world.command.arrivals).toHaveLength(1);
  });

  it('is not taken for one that refused where a poll has seen it move', async () => {
    const { world, sendBack, stateOf } = await openLooping();
    world.command.faults.nextSignal = { kind: 'refuse', reason: 'bad-request', when: 'after-effect' };
    world.command.faults.beforeNextSignal = () => {
      world.command.faults.isDetailUnreadable = true;
    };
    await world.click('ada', 'approve');
    await world.passTime(5_000);
    sendBack();
    world.command.faults.isDetailUnreadable = false;
    for (let poll = 0; poll < 4; poll += 1) await world.passTime(15_000);
    expect(await stateOf()).toMatchObject({ ending: { kind: 'overtaken', isRefused: true } });
    expect(newest(world)).toMatchObject({ attempt: 2, state: { kind: 'waiting' } });
  });
});
