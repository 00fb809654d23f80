import { describe, expect, it } from '@jest/globals';
import type { ChangeRecord } from '../../../../src/domain/change.js';
import { carryOutChange, retireChanges } from '../../../../src/use-cases/commands/change.js';
import { aChange, aProposal } from '../../../contracts/store/a-change.js';
import { createWorlds } from '../../world/worlds.js';

const worlds = createWorlds();
const elsewhere = { kind: 'stop', instance: { system: 'gone', id: '1' } } as const;

describe('a change of a system that was taken out of the settings', () => {
  it.each([
    ['confirmed', {}, { kind: 'not-sent' }],
    ['sending', { deadlineMs: Number.MAX_SAFE_INTEGER }, { kind: 'unknown' }],
    ['following', { started: { system: 'gone', id: '2' } }, { kind: 'done' }],
  ] as const)('that was %s ends, and its person is told what is known', async (phase, more, outcome) => {
    const world = await worlds.openWithCard();
    const record: ChangeRecord = aChange({ change: elsewhere, phase, ...more });
    await world.store.addChange(record);
    world.slack.isPrivateReplyPossible = false;
    await retireChanges(world.context);
    await world.deliver();
    expect(await world.store.findChange(record.id)).toMatchObject({ phase: 'over', outcome });
    expect(world.slack.notices()).toMatchObject([
      { to: 'D-U0ADA', notice: { kind: 'change', record: { outcome } } },
    ]);
    expect(await world.store.listOpenChanges()).toEqual([]);
  });

  it('stays as it is while nobody has confirmed it', async () => {
    const world = await worlds.openWithCard();
    await world.store.addChange(aProposal({ change: elsewhere }));
    await retireChanges(world.context);
    expect(await world.store.findChange('change-1')).toMatchObject({ phase: 'proposed' });
  });

  it('is not said to be unknown there when it is confirmed too late', async () => {
    const world = await worlds.openWithCard();
    await world.store.addChange(aChange({ change: elsewhere }));
    await carryOutChange(world.context, 'change-1');
    expect(await world.store.findChange('change-1')).toMatchObject({ outcome: { kind: 'not-sent' } });
  });

  it('of a system that is still there goes on', async () => {
    const world = await worlds.openWithCard();
    await world.store.addChange(aChange({ phase: 'following' }));
    await retireChanges(world.context);
    expect(await world.store.findChange('change-1')).toMatchObject({ phase: 'following' });
  });
});
