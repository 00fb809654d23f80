import { describe, expect, it } from '@jest/globals';
import { takeUpClicks } from '../../../src/use-cases/clicks/answer-click.js';
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
      expect(await world.press('ada', 'approve')).toBeUndefined();
      expect(world.slack.answers).toMatchObject([{ answer: { kind: 'checked-later' } }]);
      expect(world.command.arrivals).toHaveLength(0);
      world.clock.turn(leaseMs);
      await takeUpClicks(world.context);
      expect(world.command.arrivals).toHaveLength(1);
      await world.deliver();
      const told = world.slack.notices().map(({ notice }) => notice.kind);
      expect(told).not.toContain('late-answer');
    },
  );

  it('tells what became of it in the end, also where the first word could not be said', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    world.slack.isPrivateWayOpen = false;
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await world.press('ada', 'approve');
    world.clock.turn(leaseMs);
    await takeUpClicks(world.context);
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { kind: 'late-answer', answer: { kind: 'vote-counted' } } },
    ]);
  });

  it('stays a no for somebody who was deactivated meanwhile', async () => {
    const world = await worlds.openWithCard();
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    const click = world.clickOf('ada', 'approve');
    await world.press('ada', 'approve', click);
    world.slack.addPerson({ ...people.ada, standing: 'deactivated' });
    world.clock.turn(leaseMs);
    await takeUpClicks(world.context);
    expect(await world.store.findClick(click.id)).toMatchObject({
      answer: { kind: 'refused', why: { kind: 'not-a-member' } },
    });
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('is refused once no decision of that age would be sent, and its person is told', async () => {
    const world = await worlds.openWithCard();
    const click = world.clickOf('ada', 'approve');
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await world.press('ada', 'approve', click);
    world.clock.turn(world.context.policy.keepTryingForMs);
    world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
    await takeUpClicks(world.context);
    const refused = { kind: 'person-not-checked' };
    expect(await world.store.findClick(click.id)).toMatchObject({ answer: refused });
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([{ notice: { kind: 'late-answer', answer: refused } }]);
  });

  it('is asked about once for all that somebody has pressed', async () => {
    let lookUps = 0;
    const world = await worlds.openWithCard({
      quorum: 2,
      around: async (name, work) => {
        if (name === 'chat.lookUpPerson') lookUps += 1;
        return work();
      },
    });
    for (let press = 0; press < 3; press += 1) {
      world.slack.failNext({ call: 'lookUpPerson', code: 'throttled' });
      await world.press('ada', 'approve');
    }
    world.clock.turn(leaseMs);
    lookUps = 0;
    await takeUpClicks(world.context);
    expect(lookUps).toBe(1);
    expect(await world.store.listVotes((await world.approval()).id)).toHaveLength(1);
  });
});
