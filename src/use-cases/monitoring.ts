import type { Approval } from '../domain/approval.js';
import { type MissingCardReason, missingCardReasons, whyUndecidable, whyUnshown } from '../domain/card.js';
import type { Fault, Instance, InstanceRef } from '../domain/instance.js';
import type { DeliverySubject } from '../domain/notification.js';
import { approverRuleFor, targetKey } from '../domain/policy.js';
import { isOverTime } from '../domain/reminders.js';
import type { CheckUp, WorkflowBackend } from '../ports/backend.js';
import type { Chat } from '../ports/chat.js';
import { BackendError, ContractError, faultOf } from '../ports/errors.js';
import type { CheckReadiness, Metrics, ReadinessCheck } from '../ports/runtime.js';
import type { NoteRepository, StoredClick, UnshownCopy } from '../ports/store.js';
import { withTimeout } from '../shared/async.js';
import { asError, defined, messageOf } from '../shared/language.js';
import type { Context } from './context.js';
import { notifyOperators } from './notifications/notify.js';

/** How often in a row a system gave no answer, and since when; kept, so that a restart tells nobody twice. */
interface Silence {
  readonly count: number;
  readonly sinceMs: number;
  /** What was wrong the last time; absent in what older versions kept. */
  readonly fault?: Fault;
}

/** Counts an observation without an answer; operators hear of it once, when it has been several in a row. */
export async function noteSilence(
  context: Context,
  system: string,
  error: BackendError | ContractError,
): Promise<void> {
  await context.store.inTransaction(async (transaction) => {
    const before = await silenceOf(transaction, system);
    // While nothing is sent, what was wrong before is all that is known.
    const isLeftAlone = error instanceof BackendError && error.code === 'circuit-open';
    const fault = isLeftAlone ? (before?.fault ?? 'silence') : faultOf(error);
    const sinceMs = before?.sinceMs ?? context.now();
    const silence: Silence = { count: (before?.count ?? 0) + 1, sinceMs, fault };
    await transaction.putNote(silenceKey(system), JSON.stringify(silence));
    if (silence.count !== context.unreachableAfter) return;
    await notifyOperators(context, transaction, `away:${system}:${sinceMs}`, {
      kind: 'system-unreachable',
      system,
      sinceMs,
      fault,
    });
  });
}

/** Notes that a system answered, and when; operators who heard that it was away hear that it is back. */
export async function noteResponse(context: Context, system: string): Promise<void> {
  await context.store.putNote(responseKey(system), String(context.now()));
  if (((await context.store.getNote(silenceKey(system))) ?? '') === '') return;
  await context.store.inTransaction(async (transaction) => {
    const silence = await silenceOf(transaction, system);
    await transaction.putNote(silenceKey(system), '');
    if (!silence || silence.count < context.unreachableAfter) return;
    const { sinceMs, fault } = silence;
    await notifyOperators(context, transaction, `back:${system}:${sinceMs}`, {
      kind: 'system-back',
      system,
      sinceMs,
      ...defined({ fault }),
    });
  });
}

/** Tells when a system last answered; undefined if it never has. */
export async function respondedAt(transaction: NoteRepository, system: string): Promise<number | undefined> {
  const note = await transaction.getNote(responseKey(system));
  return note === undefined ? undefined : Number(note);
}

function responseKey(system: string): string {
  return `answered/${system}`;
}

function silenceKey(system: string): string {
  return `silence/${system}`;
}

/** Tells since when a system gives no answer; undefined while it does. */
export async function silenceOf(transaction: NoteRepository, system: string): Promise<Silence | undefined> {
  const note = (await transaction.getNote(silenceKey(system))) ?? '';
  return note === '' ? undefined : (JSON.parse(note) as Silence);
}

/** What readiness depends on. */
export interface Needs {
  readonly store: NoteRepository;
  readonly isChatConnected: () => boolean;
  readonly systems: readonly string[];
  readonly responseTimes: ResponseTimes;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long the store may take, in milliseconds. */
  readonly storeTimeoutMs?: number;
}

/** One look may be under way and one may have met a passing trouble. */
const pollsWithoutResponse = 3;

/**
 * Makes the check of everything the bot needs: that the store takes a note, that clicks can come in from the
 * chat, and that each system answered one of the last three looks.
 */
export function createReadinessCheck(needs: Needs): CheckReadiness {
  const { isChatConnected, systems, responseTimes, now } = needs;
  return async () => {
    const isConnected = isChatConnected();
    return [
      await checkStore(needs),
      { name: 'chat', isOk: isConnected, detail: isConnected ? 'connected' : 'not connected' },
      ...systems.map((system) => checkSystem(system, responseTimes.of(system), now())),
    ];
  };
}

async function checkStore({ store, now, storeTimeoutMs = 2_000 }: Needs): Promise<ReadinessCheck> {
  const writing = store.putNote('readiness', String(now())).then(
    () => 'writable',
    (error: unknown) => `not writable: ${messageOf(error)}`,
  );
  const detail = await withTimeout(writing, storeTimeoutMs, `no answer within ${storeTimeoutMs} ms`);
  return { name: 'store', isOk: detail === 'writable', detail };
}

function checkSystem(system: string, time: ResponseTime, nowMs: number): ReadinessCheck {
  const { respondedAtMs, pollsSince } = time;
  const ago = respondedAtMs === undefined ? undefined : Math.round((nowMs - respondedAtMs) / 1_000);
  return {
    name: `system:${system}`,
    isOk: ago !== undefined && pollsSince < pollsWithoutResponse,
    detail: ago === undefined ? 'never answered' : `answered ${ago} s ago`,
  };
}

/** Requests signed in HTTP mode are good for five minutes; well before that somebody should hear of it. */
const mostSkewMs = 30_000;

/** Says whether this machine's clock goes by that of a server, by the `Date` the server answered with. */
export function checkClock(name: string, date: string | undefined, nowMs: number): CheckUp {
  const skewMs = clockSkewMs(date, nowMs);
  if (skewMs === undefined)
    return { name: `${name}: clock`, verdict: 'unknown', detail: 'it does not say what time it is' };
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Math.abs(skewMs) <= mostSkewMs)
    return { name: `${name}: clock`, verdict: 'good', detail: `within ${seconds} s of this machine` };
  return {
    name: `${name}: clock`,
    verdict: 'bad',
    detail: `it is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine`,
    fix: 'let this machine take its time from the network (NTP)',
  };
}

/** Gives the same backends, which also count. */
export function countedBackends(
  backends: ReadonlyMap<string, WorkflowBackend>,
  counting: Pick<Context, 'metrics' | 'now'>,
): ReadonlyMap<string, WorkflowBackend> {
  return new Map([...backends].map(([system, backend]) => [system, countedBackend(backend, counting)]));
}

/** Gives the same backend, which also counts how looks and signals go, and what fails. */
function countedBackend(
  backend: WorkflowBackend,
  { metrics, now }: Pick<Context, 'metrics' | 'now'>,
): WorkflowBackend {
  const { system } = backend;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      countFailure(metrics, system, error);
      throw error;
    }
  };
  const reading = {
    async observe(...poll: Parameters<WorkflowBackend['observe']>) {
      const startedAtMs = now();
      const observation = await counted(backend.observe(...poll));
      metrics.observed({ system, atMs: now(), tookMs: now() - startedAtMs });
      return observation;
    },
    getInstance: (ref: InstanceRef) => counted(backend.getInstance(ref)),
    isAssigned: (...about: Parameters<WorkflowBackend['isAssigned']>) =>
      counted(backend.isAssigned(...about)),
    requirementOf: (instance: Instance) => counted(backend.requirementOf(instance)),
  } satisfies Partial<WorkflowBackend>;
  // What can only be read stays so.
  if (!backend.sendSignal) return { ...backend, ...reading };
  const { sendSignal } = backend;
  return {
    ...backend,
    ...reading,
    async sendSignal(...sent) {
      try {
        const reply = await counted(sendSignal(...sent));
        metrics.signalled({ system, outcome: reply.kind });
        return reply;
      } catch (error) {
        const isUnsent = error instanceof BackendError && error.applied === 'no';
        metrics.signalled({ system, outcome: isUnsent ? 'not-sent' : 'unknown' });
        throw error;
      }
    },
  };
}

function countFailure(metrics: Metrics, system: string, error: unknown): void {
  if (error instanceof BackendError) metrics.systemFailed({ system, code: error.code });
  if (error instanceof ContractError) metrics.systemFailed({ system, code: 'contract' });
}

/** Gives the same chat, which also counts how long approvals wait for their first card. */
export function countedChat(
  chat: Chat,
  { store, metrics, now }: Pick<Context, 'store' | 'metrics' | 'now'>,
): Chat {
  return {
    ...chat,
    async post(target, content, thread) {
      if (content.kind !== 'card') return chat.post(target, content, thread);
      const { id, instance, waitingSinceMs } = content.card.approval;
      // Asked before posting: once the message stands nothing of ours may fail, or it would be posted again.
      const copies = await store.listCards(id);
      const message = await chat.post(target, content, thread);
      if (copies.every((copy) => copy.message === undefined))
        metrics.cardShown({
          system: instance.ref.system,
          waitedMs: now() - waitingSinceMs,
          wantedMs: now() - Math.min(now(), ...copies.map(({ wantedAtMs }) => wantedAtMs)),
        });
      return message;
    },
  };
}

/** How much of everything there is. */
export interface Gauges {
  readonly outbox: readonly {
    readonly kind: DeliverySubject['kind'];
    readonly pending: number;
    /** For how long the first of them has been due; 0 if none is. */
    readonly oldestDueMs: number;
  }[];
  readonly withoutCard: readonly {
    readonly reason: MissingCardReason['kind'];
    readonly approvals: number;
  }[];
  readonly systems: readonly {
    readonly system: string;
    readonly approvals: number;
    /** How many of them wait over their time. */
    readonly overTime: number;
    readonly alerts: number;
  }[];
}

const kinds = [
  'card',
  'digest',
  'notice',
  'alert',
  'follow-up',
] as const satisfies readonly DeliverySubject['kind'][];

/** Counts what waits: messages by kind, approvals without a card by reason, and what is open by system. */
export async function collectGauges(
  context: Pick<Context, 'store' | 'policy' | 'now' | 'backends'>,
): Promise<Gauges> {
  const { store, backends, now } = context;
  const outbox = await store.countOutbox();
  const without = new Map<MissingCardReason['kind'], number>();
  const late = new Map<string, number>();
  const see = (approval: Approval): void => {
    const { system } = approval.instance.ref;
    if (waitsOverTime(approval, context)) late.set(system, (late.get(system) ?? 0) + 1);
  };
  for await (const { why } of goThroughCards(context, see))
    without.set(why.kind, (without.get(why.kind) ?? 0) + 1);
  const systems = [];
  for (const system of backends.keys()) {
    const approvals = (await store.listTracked(system)).length;
    const alerts = (await store.listOpenIncidents(system)).length;
    systems.push({ system, approvals, overTime: late.get(system) ?? 0, alerts });
  }
  return {
    systems,
    outbox: kinds.map((kind) => {
      const { pending = 0, oldestDueAtMs = now() } = outbox.find((one) => one.kind === kind) ?? {};
      return { kind, pending, oldestDueMs: Math.max(0, now() - oldestDueAtMs) };
    }),
    withoutCard: missingCardReasons.map((reason) => ({ reason, approvals: without.get(reason) ?? 0 })),
  };
}

/** Remembers, for each system, when it last answered and how often it was looked at since. */
export interface ResponseTimes {
  /** Notes that it was time to look at a system. */
  notePoll(system: string): void;
  /** Notes that a system answered. */
  noteResponse(system: string, nowMs: number): void;
  /** Tells how it stands with a system. */
  of(system: string): ResponseTime;
}

/** When a system last answered; absent if never in this run of the bot. */
export interface ResponseTime {
  readonly respondedAtMs?: number;
  /** How often it was time to look since then. */
  readonly pollsSince: number;
}

/** Starts remembering; no system has answered yet. */
export function createResponseTimes(): ResponseTimes {
  const times = new Map<string, ResponseTime>();
  const of = (system: string): ResponseTime => times.get(system) ?? { pollsSince: 0 };
  return {
    of,
    notePoll(system) {
      const time = of(system);
      times.set(system, { ...time, pollsSince: time.pollsSince + 1 });
    },
    noteResponse: (system, nowMs) => void times.set(system, { respondedAtMs: nowMs, pollsSince: 0 }),
  };
}

/** What it takes to count a click. */
type Counting = Pick<Context, 'store' | 'chat' | 'metrics' | 'now' | 'log'>;

/**
 * Counts a click that was worked on: how long it took, and what was decided; one that was not finished counts not.
 *
 * Gives the click as it is stored by now.
 */
export async function countClick(counting: Counting, clickId: string): Promise<StoredClick | undefined> {
  try {
    const click = await counting.store.findClick(clickId);
    if (click) await count(counting, click);
    return click;
  } catch (error) {
    // The click is done; whoever made it must not be told that it broke.
    const err = asError(error);
    counting.log.warn({ click: clickId, err }, 'A click could not be counted');
    return undefined;
  }
}

async function count(counting: Counting, { reply, ...click }: StoredClick): Promise<void> {
  if (!reply) return;
  const { store, chat, metrics, now } = counting;
  metrics.clickReplied({ verb: click.verb, answer: reply.kind, tookMs: now() - click.atMs });
  const approval = reply.kind === 'decided' ? await store.findApproval(click.approvalId) : undefined;
  if (!approval) return;
  const postedAtMs = chat.postedAtMs(click.message);
  metrics.decided({
    system: approval.instance.ref.system,
    verdict: click.verb === 'deny' ? 'deny' : 'approve',
    waitedMs: click.atMs - approval.waitingSinceMs,
    ...(postedAtMs === undefined ? {} : { shownMs: click.atMs - postedAtMs }),
  });
}

/** An open approval nobody can decide from a card, and why. */
interface WithoutCard {
  readonly approval: Approval;
  readonly why: MissingCardReason;
}

/**
 * Lists every open approval that has no card people can decide from, each with the reason; those that need a
 * person most come first.
 *
 * A card somebody deleted counts as shown until it is next to be edited: only then does the chat tell.
 */
export async function watchCards(context: Watching): Promise<readonly WithoutCard[]> {
  const found: WithoutCard[] = [];
  for await (const one of goThroughCards(context)) found.push(one);
  return found.sort((a, b) => urgency(a) - urgency(b));
}

/** Tells whether nobody has decided an approval yet whose time is over. */
function waitsOverTime(approval: Approval, { policy, now }: Pick<Context, 'policy' | 'now'>): boolean {
  if (approval.state.kind !== 'waiting') return false;
  return isOverTime(approval, approverRuleFor(approval.instance, policy)?.reminders, now());
}

/** Goes through the same, oldest first, without keeping them; shows every open approval that it passes. */
async function* goThroughCards(
  { store, policy, now }: Watching,
  see: (approval: Approval) => void = () => {},
): AsyncGenerator<WithoutCard, void> {
  const copiesOf = new Map((await store.listMissingCards()).map((one) => [one.approvalId, one.copies]));
  const digests = copiesOf.size > 0 ? await store.listLiveDigests() : [];
  const places = new Set(digests.filter(({ isPosted }) => isPosted).map(({ target }) => targetKey(target)));
  for await (const approval of store.eachOpenApproval()) {
    see(approval);
    const copies = copiesOf.get(approval.id);
    const why = copies ? whyMissing(copies, { places, nowMs: now() }) : whyUndecidable(approval, policy);
    if (why) yield { approval, why };
  }
}

type Watching = Pick<Context, 'store' | 'policy' | 'now'>;

/** What waits for its turn can be reached by the digest where it is to go. */
function whyMissing(
  copies: readonly UnshownCopy[],
  { places, nowMs }: { readonly places: ReadonlySet<string>; readonly nowMs: number },
): MissingCardReason {
  const why = whyUnshown(copies, nowMs);
  const isQueued = why.kind === 'turn' || why.kind === 'next';
  const isListed = copies.some(({ place, wasShown }) => !wasShown && places.has(place));
  return isQueued && isListed ? { kind: 'digest' } : why;
}

function urgency({ why }: WithoutCard): number {
  return missingCardReasons.indexOf(why.kind);
}

/**
 * Tells how far a server's clock is ahead of ours, in milliseconds, by the `Date` it answered with.
 *
 * Undefined without one. The header has whole seconds, so a second either way says nothing.
 */
function clockSkewMs(date: string | undefined, nowMs: number): number | undefined {
  const theirsMs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(theirsMs) ? undefined : theirsMs - nowMs;
}
