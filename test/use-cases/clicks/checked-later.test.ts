import { describe, expect, it } from '@jest/globals';
import { noMetrics } from '../../../src/ports/runtime.js';
import { resumeClicks, takeUpClicks } from '../../../src/use-cases/approvals/decide.js';
import { aRule } from '../../domain/a-policy.js';
import { people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

/** Long enough for a click to be anybody's. */
const leaseMs = 20_000;

describe('a click while the chat cannot say who somebody is', () => {
  it.each(['throttled', 'unavailable'] as const)(
    'is kept and decides by itself once the chat can: %s',
    async (code) => {
      const world = await worlds.openWithCard();
      world.slack.failNext({ call: 'lookUpPerson', code });
      expect(await world.click('ada', 'approve')).toBeUndefined();
      expect(world.slack.answers).toMatchObject([{ answer: { kind: 'checked-later' } }]);
      expect(world.command.arrivals).toHaveLength(0);
      world.clock.advance(leaseMs);
      await takeUpClicks(world.context);
      expect(world.command.arrivals).toHaveLength(1);
      await world.deliver();
      const reported = world.slack.notices().map(({ notice }) => notice.kind);
      expect(reported).not.toContain('late-answer');
    },
  );

  it('is counted once it is decided, and not before', async () => {
    const world = await worlds.openWithCard();
    const counted: string[] = [];
    const metrics = {
      ...noMetrics,
      clickReplied: ({ answer: reply }: { readonly answer: string }) => void counted.push(reply),
    };
    const context = { ...world.context, metrics };
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await world.click('ada', 'approve');
    for (let round = 0; round < 3; round += 1) {
      world.clock.advance(leaseMs);
      await takeUpClicks(context);
    }
    expect(counted).toEqual(['decided']);
  });

  it('tells what became of it in the end, also where the first word could not be said', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    world.slack.isPrivateReplyPossible = false;
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await world.click('ada', 'approve');
    world.clock.advance(leaseMs);
    await takeUpClicks(world.context);
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { kind: 'late-answer', reply: { kind: 'vote-counted' } } },
    ]);
  });

  it('stays a no for somebody who was deactivated meanwhile', async () => {
    const world = await worlds.openWithCard();
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    const click = world.clickOf('ada', 'approve');
    await world.click('ada', 'approve', click);
    world.slack.addPerson({ ...people.ada, membership: 'deactivated' });
    world.clock.advance(leaseMs);
    await takeUpClicks(world.context);
    expect(await world.store.findClick(click.id)).toMatchObject({
      reply: { kind: 'refused', why: { kind: 'not-a-member' } },
    });
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('is refused once no decision of that age would be sent, and its person is told', async () => {
    const world = await worlds.openWithCard();
    const click = world.clickOf('ada', 'approve');
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await world.click('ada', 'approve', click);
    world.clock.advance(world.context.policy.keepTryingForMs);
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await takeUpClicks(world.context);
    const refused = { kind: 'person-not-checked' };
    expect(await world.store.findClick(click.id)).toMatchObject({ reply: refused });
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([{ notice: { kind: 'late-answer', reply: refused } }]);
  });

  it('is asked about once for all that somebody has pressed', async () => {
    let lookUps = 0;
    const world = await worlds.openWithCard({
      quorum: 2,
      runtime: async (name, work) => {
        if (name === 'chat.lookUpPerson') lookUps += 1;
        return work();
      },
    });
    for (let click = 0; click < 3; click += 1) {
      world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
      await world.click('ada', 'approve');
    }
    world.clock.advance(leaseMs);
    lookUps = 0;
    await takeUpClicks(world.context);
    expect(lookUps).toBe(1);
    expect(await world.store.listVotes((await world.approval()).id)).toHaveLength(1);
  });
});

describe('what somebody takes out of the count while the chat cannot say who they are', () => {
  it('is taken back in time, and not after the decision was sent', async () => {
    const world = await worlds.openWithCard({
      policy: { approvers: [aRule({ people: [people.ada.id], holdMs: 10_000 })] },
    });
    await world.click('ada', 'approve');
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    expect(await world.click('ada', 'take-back')).toMatchObject({ kind: 'taken-back' });
    world.clock.advance(leaseMs);
    await takeUpClicks(world.context);
    await world.deliver();
    expect(world.command.arrivals).toHaveLength(0);
  });

  it.each(['approve', 'deny'] as const)(
    'and was held is not decided again by an earlier press that was kept: %s',
    async (verb) => {
      const world = await worlds.openWithCard({
        policy: { approvers: [aRule({ people: [people.ada.id], holdMs: 30_000 })] },
      });
      const kept = world.clickOf('ada', verb, { comment: 'because', via: 'modal' });
      world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
      await world.click('ada', verb, kept);
      world.clock.advance(3_000);
      await world.click('ada', verb, { comment: 'because', via: 'modal' });
      expect((await world.approval()).state.kind).toBe('held');
      expect(await world.click('ada', 'take-back')).toMatchObject({ kind: 'taken-back' });
      world.clock.advance(leaseMs);
      await takeUpClicks(world.context);
      await world.passTime(60_000);
      expect(world.command.arrivals).toHaveLength(0);
      expect(await world.store.findClick(kept.id)).toMatchObject({ reply: { kind: 'replaced' } });
    },
  );

  it('is withdrawn also if it was not counted yet', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('bo', 'approve');
    const click = world.clickOf('ada', 'approve');
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await world.click('ada', 'approve', click);
    expect(await world.click('ada', 'withdraw')).toMatchObject({ kind: 'vote-withdrawn' });
    world.clock.advance(leaseMs);
    await takeUpClicks(world.context);
    expect(world.command.arrivals).toHaveLength(0);
    expect(await world.store.findClick(click.id)).toMatchObject({ reply: { kind: 'replaced' } });
    await world.deliver();
    expect(world.slack.notices()).toEqual([]);
  });
});

describe('somebody who presses one thing and then another while the chat cannot say who they are', () => {
  it('decides what they pressed last, and is told of the first', async () => {
    const world = await worlds.openWithCard();
    const first = world.clickOf('ada', 'approve');
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await world.click('ada', 'approve', first);
    world.clock.advance(leaseMs / 2);
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await world.click('ada', 'deny', { comment: 'wrong host' });
    world.clock.advance(leaseMs / 2);
    await takeUpClicks(world.context);
    world.clock.advance(leaseMs / 2);
    await takeUpClicks(world.context);
    expect(world.command.arrivals).toMatchObject([{ verdict: 'deny' }]);
    await world.deliver();
    const toAda = world.slack.notices().filter(({ to }) => to === 'D-U0ADA');
    expect(toAda).toMatchObject([{ notice: { kind: 'late-answer', reply: { kind: 'replaced' } } }]);
  });

  it('decides what they pressed last, also when the bot is started again at once', async () => {
    const world = await worlds.openWithCard();
    for (const verb of ['approve', 'deny'] as const) {
      world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
      await world.click('ada', verb, { comment: 'wrong host' });
      world.clock.advance(leaseMs / 10);
    }
    world.restart();
    await resumeClicks(world.context);
    expect(world.command.arrivals).toMatchObject([{ verdict: 'deny' }]);
  });

  it('does not replace a click by another of the same kind', async () => {
    const world = await worlds.openWithCard();
    for (let click = 0; click < 2; click += 1) {
      world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
      await world.click('ada', 'approve');
    }
    world.clock.advance(leaseMs);
    await takeUpClicks(world.context);
    expect(world.command.arrivals).toHaveLength(1);
  });
});
