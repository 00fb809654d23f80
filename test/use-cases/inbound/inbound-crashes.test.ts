import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import { takeInboundApproval } from '../../../src/use-cases/approvals/observe.js';
import type { SignalFault } from '../../support/fake-backend/faults.js';
import { falseCredit } from '../world/lies-in.js';
import { Crash, createMortality, type Mortality } from '../world/mortality.js';
import { openWorld, type World } from '../world/open-world.js';
import { clickStrays, settleDown, takeUp } from '../world/take-up.js';
import { request } from './asks.js';

const noMessage = { channel: 'none', ts: '0' };
const link = request();
const whole = request({ activityId: '501' });

interface Play {
  readonly world: World;
  readonly mortality: Mortality;
  readonly written: Set<string>;
  readonly lies: string[];
}

/** A workflow tells, completes what it told, and Ada approves; the bot dies at the how-manieth point. */
async function begin(fault: SignalFault | undefined, dieAt: number): Promise<Play> {
  const mortality = createMortality();
  const lies: string[] = [];
  const written = new Set<string>();
  const world: World = await openWorld({
    runtime: mortality.runtime,
    onShow: (content) => {
      const lie = content.kind === 'card' ? falseCredit(content.card, world.command.arrivals) : undefined;
      if (lie !== undefined) lies.push(lie);
    },
  });
  world.restart({ store: mortality.guard(world.store) });
  const uniqueNames = ['key:leave', 'what-follows'];
  world.command.start(
    'run-1',
    uniqueNames.map((uniqueName) => ({ uniqueName, needed: 1 })),
  );
  world.command.set('run-1', { isForBot: false });
  world.command.faults.nextSignal = fault;
  mortality.dieAfter(dieAt);
  try {
    await takeInboundApproval(world.context, link);
    await world.deliver();
    await takeInboundApproval(world.context, whole);
    await world.deliver();
    const message = world.slack.cards()[0]?.message ?? noMessage;
    const click = world.clickOf('ada', 'approve', { message, output: 0 });
    const service = useCasesOn(world.context).approvals;
    await service.writeDown(click);
    written.add(click.id);
    await service.work(click.id);
    for (let poll = 0; poll < 3; poll += 1) await world.passTime(20_000);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
  return { world, mortality, written, lies };
}

/** Starts another run of the bot; the workflow, which was not answered, tells again. */
async function goOn({ world, mortality, written }: Play): Promise<void> {
  mortality.revive();
  world.restart({ store: mortality.guard(world.store) });
  await takeUp(world);
  await takeInboundApproval(world.context, link);
  await takeInboundApproval(world.context, whole);
  await settleDown(world);
  await clickStrays(world, written);
}

async function wrongIn({ world, written, lies }: Play): Promise<readonly string[]> {
  const wrong = [...lies];
  if (world.command.arrivals.length > 1) wrong.push('the activity was answered more than once');
  const known = await world.store.listApprovalsOf(link.instance.ref);
  if (known.length !== 1) wrong.push(`${known.length} approvals for one step`);
  for (const id of written) {
    if (!(await world.store.findClick(id))?.reply) wrong.push(`${id} was never answered`);
  }
  for (const { card } of world.slack.cards()) {
    if (!isDeepStrictEqual(known[0]?.state, card.approval.state)) wrong.push('a card is not what is known');
    if (card.approval.inbound?.activityId !== '501') wrong.push('a card was not completed');
  }
  for (const { phase } of await world.store.listUnsettledSignals()) wrong.push(`a signal is still ${phase}`);
  return wrong;
}

describe.each<[string, SignalFault | undefined]>([
  ['is answered', undefined],
  ['meets a time-out before it arrived', { kind: 'timeout-before' }],
  ['meets a time-out after it arrived', { kind: 'timeout-after' }],
])('a bot that dies anywhere while a told step is decided, and the decision %s', (_how, fault) => {
  it('is taken up by the next one: one card, one answer at most, every click answered', async () => {
    const alive = await begin(fault, Number.POSITIVE_INFINITY);
    const { length } = alive.mortality.points;
    await alive.world.close();
    expect(length).toBeGreaterThan(15);
    const wrong: string[] = [];
    for (let dieAt = 1; dieAt <= length; dieAt += 1) {
      const play = await begin(fault, dieAt);
      expect(play.mortality.isDead()).toBe(true);
      const point = play.mortality.points.at(-1) ?? 'the start';
      await goOn(play);
      wrong.push(...(await wrongIn(play)).map((lie) => `died at point ${dieAt}, ${point}: ${lie}`));
      await play.world.close();
    }
    expect(wrong).toEqual([]);
  });
});
