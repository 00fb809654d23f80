import { describe, expect, it } from '@jest/globals';
import { useCasesOn } from '../../src/slack/use-cases.js';
import { forgetSecrets } from '../../src/use-cases/context.js';
import { aDialog } from '../support/an-approval.js';
import { people } from './world/people.js';
import { createWorlds } from './world/worlds.js';

const worlds = createWorlds();
const minuteMs = 60_000;

describe('forgetting secrets', () => {
  it('forgets where to answer a click half an hour later, but not the click', async () => {
    const world = await worlds.openWithCard();
    const click = world.clickOf('zoe', 'approve');
    await world.click('zoe', 'approve', click);
    world.clock.advance(30 * minuteMs);
    await forgetSecrets(world.context);
    expect(await world.store.findClick(click.id)).toHaveProperty('responseUrl');
    world.clock.advance(1);
    await forgetSecrets(world.context);
    const kept = await world.store.findClick(click.id);
    expect(kept).toMatchObject({ person: people.zoe.id, reply: { kind: 'refused' } });
    expect(kept).not.toHaveProperty('responseUrl');
  });

  it('forgets modals nobody submitted', async () => {
    const world = await worlds.openWithCard();
    const service = useCasesOn(world.context).approvals;
    const dialog = aDialog({ atMs: world.clock.now() });
    await service.openDialog(dialog);
    world.clock.advance(30 * minuteMs + 1);
    await forgetSecrets(world.context);
    expect(await service.findDialog(dialog.id, people.ada.id)).toBeUndefined();
  });
});
