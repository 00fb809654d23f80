import { describe, expect, it } from '@jest/globals';
import { retireApprovals } from '../../../src/use-cases/approvals/observe.js';
import { createWorlds } from '../world/worlds.js';
import { recordsOf } from '../world/wrong-records.js';

const worlds = createWorlds();

describe('a system that was taken out of the settings', () => {
  it('leaves no live button, and whoever had decided hears that nothing was sent', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.isUnreachable = true;
    await world.click('ada', 'approve');
    world.restart({ backends: new Map() });
    await retireApprovals(world.context);
    await world.deliver();
    expect(world.card().card).toMatchObject({
      actions: ['details'],
      approval: { state: { ending: { kind: 'unwatched' } } },
    });
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { kind: 'released', why: 'unwatched' } },
    ]);
  });

  it('is not said to have heard nothing where a decision had left', async () => {
    const world = await worlds.openWithCard();
    world.command.faults.nextSignal = { kind: 'timeout-after' };
    await world.click('ada', 'approve');
    expect(world.command.arrivals).toHaveLength(1);
    world.restart({ backends: new Map() });
    await retireApprovals(world.context);
    await world.deliver();
    expect(world.slack.notices()).toMatchObject([{ to: 'D-U0ADA', notice: { kind: 'outcome-unknown' } }]);
    const replies = (await recordsOf(world)).filter(({ kind }) => kind === 'signal-answer');
    expect(replies).toHaveLength(1);
  });

  it('has its runs put to people anew when it comes back', async () => {
    const world = await worlds.openWithCard();
    world.restart({ backends: new Map() });
    await retireApprovals(world.context);
    world.restart();
    await retireApprovals(world.context);
    await world.passTime(15_000);
    expect(world.slack.cards().map(({ card }) => [card.approval.attempt, card.approval.state.kind])).toEqual([
      [1, 'ended'],
      [2, 'waiting'],
    ]);
    expect(world.command.arrivals).toHaveLength(0);
  });

  it('takes no clicks', async () => {
    const world = await worlds.openWithCard();
    world.restart({ backends: new Map() });
    expect(await world.click('ada', 'approve')).toEqual({ kind: 'no-system', system: 'command' });
  });
});
