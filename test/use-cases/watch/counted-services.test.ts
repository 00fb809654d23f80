import { describe, expect, it } from '@jest/globals';
import { noMetrics } from '../../../src/ports/runtime.js';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import { workOnClick } from '../../../src/use-cases/approvals/decide.js';
import { countClick } from '../../../src/use-cases/monitoring.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

/** A waiting run with its card, and a click of Ada's that was written down. */
async function withClick() {
  const world = await worlds.open();
  world.command.start('run-1');
  await world.passTime(0);
  const click = world.clickOf('ada', 'approve', { via: 'modal' });
  await world.store.addClick(click);
  return { world, click };
}

describe('a desk that counts', () => {
  it('counts what was decided, and how long the card had stood', async () => {
    const { world, click } = await withClick();
    const counted: unknown[] = [];
    const service = useCasesOn({
      ...world.context,
      chat: { ...world.context.chat, postedAtMs: () => click.atMs - 60_000 },
      metrics: {
        ...noMetrics,
        decided: (decision) => void counted.push(decision),
        clickReplied: ({ verb, answer: reply }) => void counted.push({ verb, answer: reply }),
      },
    }).approvals;
    await service.work(click.id);
    expect(counted).toEqual([
      { verb: 'approve', answer: 'decided' },
      { system: 'command', verdict: 'approve', waitedMs: 0, shownMs: 60_000 },
    ]);
  });

  it('lets nobody hear that their decision broke because counting it did', async () => {
    const { world, click } = await withClick();
    const findClick = () => Promise.reject(new Error('The store is away'));
    const work = async () => {
      await workOnClick(world.context, click.id);
      return countClick({ ...world.context, store: { ...world.store, findClick } }, click.id);
    };
    await expect(work()).resolves.toBeUndefined();
    expect((await world.store.findClick(click.id))?.reply?.kind).toBe('decided');
  });
});
