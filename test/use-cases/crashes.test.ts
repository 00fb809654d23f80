import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../../src/domain/policy.js';
import type { ClickVerb } from '../../src/domain/voting.js';
import { useCasesOn } from '../../src/slack/use-cases.js';
import { falseCredit, liesIn } from './world/lies-in.js';
import { Crash, createMortality } from './world/mortality.js';
import { openWorld, type World } from './world/open-world.js';
import { type Actor, policyOf } from './world/people.js';
import { type Play, type Story, stories } from './world/stories.js';
import { clickStrays, settleDown, takeUp } from './world/take-up.js';

const noMessage = { channel: 'none', ts: '0' };

/** The rules of a story, which may hold decisions. */
function holding({ quorum, holdMs }: Story): Policy['approvers'] {
  const { approvers } = policyOf(quorum);
  return holdMs === undefined ? approvers : approvers.map((rule) => ({ ...rule, holdMs }));
}

/** Tells a story until it ends or the bot dies; `lies` fills with what cards claimed wrongly at any time. */
async function begin(story: Story, dieAt: number): Promise<Play & { readonly lies: string[] }> {
  const mortality = createMortality();
  const lies: string[] = [];
  const written = new Set<string>();
  const world: World = await openWorld({
    quorum: story.quorum,
    policy: { approvers: holding(story) },
    runtime: mortality.runtime,
    onShow: (content) => {
      const lie = content.kind === 'card' ? falseCredit(content.card, world.command.arrivals) : undefined;
      if (lie !== undefined) lies.push(lie);
    },
  });
  world.restart({ store: mortality.guard(world.store) });
  const click = async (actor: Actor, verb: ClickVerb): Promise<void> => {
    const click = world.clickOf(actor, verb, { message: world.slack.cards()[0]?.message ?? noMessage });
    const service = useCasesOn(world.context).approvals;
    await service.writeDown(click);
    written.add(click.id);
    await service.work(click.id);
  };
  world.command.faults.isNeededUnknown = story.needed > 1;
  world.command.start('run-1', [{ uniqueName: 'approval-1', needed: story.needed }]);
  mortality.dieAfter(dieAt);
  const play = { world, mortality, written, click, lies };
  try {
    await world.passTime(0);
    await story.run(play);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
  return play;
}

/** Starts another run of the bot, and lets everything settle. */
async function goOn({ world, mortality }: Play): Promise<void> {
  mortality.revive();
  world.restart({ store: mortality.guard(world.store) });
  world.command.faults.isUnreachable = false;
  await takeUp(world);
  await settleDown(world);
}

describe.each(stories)('a bot that dies anywhere while $name', (story) => {
  it('is taken up by the next one: one signal at most, every click answered, every card true', async () => {
    const whole = await begin(story, Number.POSITIVE_INFINITY);
    const { length } = whole.mortality.points;
    await whole.world.close();
    expect(length).toBeGreaterThan(15);
    const wrong: string[] = [];
    for (let dieAt = 1; dieAt <= length; dieAt += 1) {
      const play = await begin(story, dieAt);
      const { world, mortality, written, lies } = play;
      const point = mortality.points.at(-1) ?? 'the start';
      expect(mortality.isDead()).toBe(true);
      await goOn(play);
      await clickStrays(world, written);
      const found = [...lies, ...(await liesIn(world, written))];
      wrong.push(...found.map((lie) => `died at point ${dieAt}, ${point}: ${lie}`));
      await world.close();
    }
    expect(wrong).toEqual([]);
  });
});
