import type { Store } from '../../../src/ports/store.js';
import { defined } from '../../../src/shared/language.js';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import { createObservationLease } from '../../../src/use-cases/leases.js';
import { createResponseTimes } from '../../../src/use-cases/monitoring.js';
import { observeAlone } from '../../../src/use-cases/replicas.js';
import { removeOld } from '../../../src/use-cases/retention.js';
import { brokenPromises } from '../../support/promises.js';
import type { TestRuntime } from '../../support/runtime.js';
import { aftermathOf } from '../world/aftermath-of.js';
import { falseCredit, liesIn } from '../world/lies-in.js';
import { Crash, createMortality, type Mortality } from '../world/mortality.js';
import { openWorld, type World } from '../world/open-world.js';
import { clickStrays, settleDown, takeUp } from '../world/take-up.js';
import type { Action, ButtonClick, Course, Job } from './actions.js';
import { createLedger, type Ledger } from './ledger.js';

const runId = 'run-1';

interface Stage {
  readonly world: World;
  readonly mortality: Mortality;
  readonly ledger: Ledger;
  /** Approvals of which people put a message away; until its next edit the bot cannot know. */
  readonly gone: Set<string>;
  /** How long calls take, in turns of the event loop, one after the other. */
  readonly pauses: number[];
}

/** Plays a course of events to its very end, and lists everything that was not as it must be. */
export async function play({ quorum, actions }: Course, store?: Store): Promise<readonly string[]> {
  const lies: string[] = [];
  const stage = await openStage({ quorum, store }, lies);
  const { world, mortality, ledger } = stage;
  try {
    for (const action of actions) await doOrDie(stage, () => happen(stage, action));
    mortality.revive();
    world.command.faults.isUnreachable = false;
    world.command.faults.nextSignal = undefined;
    // What is kept for a channel comes to date once that is back.
    world.slack.reopenAll();
    await settleDown(world);
    const written = new Set(ledger.written);
    await clickStrays(world, written);
    const broken = brokenPromises(await aftermathOf(world, { written, gone: stage.gone }));
    return [...lies, ...(await liesIn(world, written)), ...broken, ...unexpectedErrors(world)];
  } finally {
    await world.close();
  }
}

/** Opens a world whose every card and signal is checked the moment it appears. */
async function openStage(
  { quorum, store }: { readonly quorum: number; readonly store: Store | undefined },
  lies: string[],
): Promise<Stage> {
  const mortality = createMortality();
  const ledger = createLedger(quorum);
  const pauses: number[] = [];
  const runtime: TestRuntime = async (name, work) => {
    for (let ticks = pauses.shift() ?? 0; ticks > 0; ticks -= 1) await nextTick();
    return mortality.runtime(name, work);
  };
  const world: World = await openWorld({
    quorum,
    ...defined({ store }),
    runtime,
    onShow: (content) => {
      ledger.noteShown(content);
      const lie = content.kind === 'card' ? falseCredit(content.card, world.command.arrivals) : undefined;
      if (lie !== undefined) lies.push(lie);
    },
    onSend: async (signal) => {
      const objection = await ledger.objectionTo(world, runId, signal);
      if (objection !== undefined) lies.push(objection);
    },
  });
  const steps = [
    { uniqueName: 'approval-1', needed: 1 },
    { uniqueName: 'approval-2', needed: 2 },
  ];
  world.command.start(runId, steps);
  world.restart({ store: mortality.guard(world.store) });
  await world.passTime(0);
  return { world, mortality, ledger, gone: new Set(), pauses };
}

/** Lets something happen; if the bot dies of it, another run takes up what it left. */
async function doOrDie({ world, mortality }: Stage, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
  if (!mortality.isDead()) return;
  mortality.revive();
  world.restart({ store: mortality.guard(world.store) });
  await takeUp(world);
}

async function happen(stage: Stage, action: Action): Promise<void> {
  const { world, mortality } = stage;
  const { command, clock, slack } = world;
  switch (action.kind) {
    case 'press':
    case 'observe':
    case 'deliver':
      return work(stage, action);
    case 'together':
      return together(stage, action);
    case 'turn-clock':
      return clock.advance(action.ms);
    case 'answer-elsewhere':
      return command.decideElsewhere(runId, action.approved);
    case 'change-facts':
      return command.changeFacts(runId, { names: [action.name] });
    case 'reach':
      command.faults.isUnreachable = !action.isReachable;
      return;
    case 'signal-fault':
      command.faults.nextSignal = action.fault;
      return;
    case 'chat-fault':
      return slack.failNext(action.fault);
    case 'delete-message':
      return deleteMessage(stage, action.card);
    case 'archive-channel':
      return archiveChannel(stage);
    case 'replica-stop':
    case 'restart':
      world.restart({ store: mortality.guard(world.store) });
      return takeUp(world);
    case 'retention':
      return retain(stage);
    case 'die':
      return mortality.dieAfter(action.after);
  }
}

/** Removes everything that is over; what was open before is there afterwards, to the byte, with its votes. */
async function retain({ world, ledger, gone }: Stage): Promise<void> {
  const { context, clock } = world;
  const { store } = context;
  const openNow = async () => {
    const open = await store.listOpenApprovals();
    const votes = [];
    for (const { id } of open) votes.push(await store.listVotes(id));
    return JSON.stringify([
      open,
      votes,
      await store.listUnsettledSignals(),
      await store.listUnfinishedClicks(),
    ]);
  };
  const before = await openNow();
  clock.advance(1);
  const times = { approvals: 1, alerts: 1, changes: 1 };
  const places = { inLog: true, inOperatorsChannel: false, inFile: false };
  const signerOf = () => context.signer;
  await removeOld(context, { times, signerOf, anchoring: places });
  if ((await openNow()) !== before) throw new Error('Retention changed what is open');
  // What was removed had its answer, and its card says for good what it said last.
  for (const id of [...ledger.written])
    if ((await store.findRemoval('click', id)) !== undefined) ledger.forgetClick(id);
  for (const { card } of world.slack.cards())
    if ((await store.findRemoval('approval', card.approval.id)) !== undefined) gone.add(card.approval.id);
}

function deleteMessage({ world: { slack }, gone }: Stage, card: number): void {
  const seen = slack.cards()[card];
  if (!seen) return;
  gone.add(seen.card.approval.id);
  slack.remove(seen.message);
}

/** Never the channel of last resort: with that gone nobody could be told anything. */
function archiveChannel({ world: { slack, context }, gone }: Stage): void {
  const seen = slack.cards().find(({ message }) => message.channel !== context.policy.fallbackChannel);
  if (!seen) return;
  const { channel } = seen.message;
  slack.archive(channel);
  for (const { message, card } of slack.cards()) if (message.channel === channel) gone.add(card.approval.id);
}

async function together(stage: Stage, action: Extract<Action, { kind: 'together' }>): Promise<void> {
  stage.pauses.push(...Array.from({ length: 8 }, () => action.pauses).flat());
  const ends = await Promise.allSettled(action.parts.map((part) => work(stage, part)));
  stage.pauses.length = 0;
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function work(stage: Stage, part: ButtonClick | Job): Promise<void> {
  switch (part.kind) {
    case 'observe':
      return observe(stage);
    case 'deliver':
      return stage.world.deliver();
    case 'press':
      return click(stage, part);
  }
}

/** On a shared store somebody else may have the right to look. */
async function observe({ world }: Stage): Promise<void> {
  const { context } = world;
  const [backend] = context.backends.values();
  if (!backend || !context.store.isShared) return void (await world.observe());
  const lease = createObservationLease(context, backend.system);
  await observeAlone(context, { backend, lease, responseTimes: createResponseTimes() });
}

async function click(
  { world, ledger }: Stage,
  { actor, verb, card, staleBy, isTwice }: ButtonClick,
): Promise<void> {
  const seen = world.slack.cards()[card];
  if (!seen || world.slack.isArchived(seen.message.channel)) return;
  const { id, revision: latest } = seen.card.approval;
  const revision = staleBy === 0 ? latest : (ledger.revisionsOf(id).at(-1 - staleBy) ?? latest);
  const click = world.clickOf(actor, verb, { message: seen.message, approvalId: id, revision });
  const service = useCasesOn(world.context).approvals;
  for (let times = isTwice ? 2 : 1; times > 0; times -= 1) {
    if ((await service.writeDown(click)) === 'written') ledger.noteWritten(click);
    await service.work(click.id);
  }
}

const expected: ReadonlySet<string> = new Set([
  'The system refused a signal; nothing was changed',
  'A place cannot be posted to; using the fallback channel',
  'Slack takes a card in no form; using the fallback channel',
  'A message was dropped',
]);

/** Dying is expected, and so is a refusal; nothing else may break. */
function unexpectedErrors({ log }: World): readonly string[] {
  return log.lines
    .filter(({ level, fields }) => level === 'error' && !(fields.err instanceof Crash))
    .map(({ sentence }) => sentence)
    .filter((sentence) => !expected.has(sentence));
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
