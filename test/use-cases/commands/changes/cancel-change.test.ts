import { describe, expect, it } from '@jest/globals';
import { cancelChange, confirmChange } from '../../../../src/use-cases/commands/change.js';
import { aChange, aProposal } from '../../../contracts/store/a-change.js';
import { people } from '../../world/people.js';
import { createWorlds } from '../../world/worlds.js';

const worlds = createWorlds();
const ada = { person: people.ada.id };

describe('cancelling a proposal', () => {
  it('ends it for good, so that it can never be confirmed', async () => {
    const world = await worlds.open();
    await world.store.addChange(aProposal({ proposedAtMs: world.clock.now() }));
    expect(await cancelChange(world.context, 'change-1', ada)).toMatchObject({
      phase: 'over',
      outcome: { kind: 'not-sent' },
    });
    expect(await confirmChange(world.context, 'change-1', ada)).toBe('repeated');
    expect(await world.store.findChange('change-1')).toMatchObject({ phase: 'over' });
  });

  it('tells how a change stands that was confirmed before', async () => {
    const world = await worlds.open();
    await world.store.addChange(aChange({ phase: 'following' }));
    expect(await cancelChange(world.context, 'change-1', ada)).toMatchObject({ phase: 'following' });
    expect(await world.store.findChange('change-1')).toMatchObject({ phase: 'following' });
  });

  it('tells of the change it counts as, where it was confirmed twice', async () => {
    const world = await worlds.open();
    await world.store.addChange(aChange());
    await world.store.addChange(aChange({ id: 'change-2', phase: 'over', sameAs: 'change-1' }));
    expect(await cancelChange(world.context, 'change-2', ada)).toMatchObject({ id: 'change-1' });
  });

  it('is for whoever was asked only', async () => {
    const world = await worlds.open();
    await world.store.addChange(aProposal());
    expect(await cancelChange(world.context, 'change-1', { person: people.bo.id })).toBeUndefined();
    expect(await world.store.findChange('change-1')).toMatchObject({ phase: 'proposed' });
  });
});
