import { useCasesOn } from '../../../src/slack/use-cases.js';
import { takeUpClicks } from '../../../src/use-cases/approvals/decide.js';
import { takeOver, takeUpLeftClicks } from '../../../src/use-cases/replicas.js';
import type { World } from './open-world.js';

/** Does what a starting bot does before anything else. */
export async function takeUp(world: World): Promise<void> {
  await takeOver(world.context);
  await takeUpLeftClicks(world.context);
}

/** Lets time pass until everything that could happen has happened. */
export async function settleDown(world: World): Promise<void> {
  for (let poll = 0; poll < 5; poll += 1) {
    await world.passTime(2 * 60_000);
    await takeUpClicks(world.context);
  }
  for (let wait = 0; wait < 50 && (await world.store.countPending()) > 0; wait += 1) {
    world.clock.advance(10_000);
    await world.deliver();
  }
}

/** Presses every message the bot lost sight of, as somebody in the channel may; adds what was written down. */
export async function clickStrays(world: World, written: Set<string>): Promise<void> {
  const before = written.size;
  const service = useCasesOn(world.context).approvals;
  for (const { message } of world.slack.cards()) {
    if (world.slack.isArchived(message.channel)) continue;
    if (await world.store.findCardByMessage(message)) continue;
    const click = world.clickOf('zoe', 'approve', { message });
    await service.writeDown(click);
    await service.work(click.id);
    written.add(click.id);
  }
  if (written.size > before) await settleDown(world);
}
