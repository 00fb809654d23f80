import { hasLiveButtons } from '../../domain/card.js';
import { type Delivery, priorities } from '../../domain/notification.js';
import { type Target, targetKey } from '../../domain/policy.js';
import type { MessageRef } from '../../domain/voting.js';
import type { Content } from '../../ports/chat.js';
import { ChatError } from '../../ports/errors.js';
import type { LiveDigest, RateLimit, Transaction, UnpostedCards } from '../../ports/store.js';
import { assertNever } from '../../shared/language.js';
import { notifyBatchElsewhere, showAlert, showFollowUp } from '../alerts/track-failures.js';
import type { Context } from '../context.js';
import { showCard } from '../show-card.js';
import { notifyOperators } from './notify.js';

/** Slack takes about one message a second in a channel, and tolerates a short burst. */
const postRateLimit: RateLimit = { everyMs: 1_000, burst: 5 };

/** Slack takes about fifty edits a minute in a workspace. */
const editRateLimit: RateLimit = { everyMs: 1_250, burst: 10 };

const batchSize = 20;

/** A dead bot's deliveries are taken over after this; it counts anew for each message. */
const leaseMs = 25_000;

const threadWaitMs = 2_000;

/**
 * Makes what is due visible, the most urgent first: the only thing that posts or edits messages.
 *
 * Renders what is true at that moment, so changes that came in between cost no message. A delivery that gets
 * no turn or fails for now stays due for later.
 */
export async function deliverNotifications(context: Context): Promise<void> {
  const lines = createLines();
  await updateDigests(context);
  for (;;) {
    const claim = context.newId();
    const due = await context.store.claimDueDeliveries({
      nowMs: context.now(),
      limit: batchSize,
      leaseMs,
      claim,
    });
    if (due.length === 0) return;
    for (const delivery of due) await deliverWithinLimit(context, delivery, lines);
  }
}

/** Takes a turn in the delivery's lane; without one, lines up behind those as urgent who wait there already. */
async function deliverWithinLimit(context: Context, delivery: Delivery, lines: Lines): Promise<void> {
  const limiter = delivery.message ? 'edits' : `posts:${targetKey(delivery.target)}`;
  const rateLimit = delivery.message ? editRateLimit : postRateLimit;
  const behind = lines.endOf(limiter, delivery.priority);
  const waitMs = behind === undefined ? await context.store.takeSlot(limiter, rateLimit, context.now()) : 0;
  if (behind === undefined && waitMs === 0) return deliver(context, delivery, limiter);
  const dueAtMs = behind === undefined ? context.now() + waitMs : behind + rateLimit.everyMs;
  lines.lengthen(limiter, delivery.priority, dueAtMs);
  await postpone(context, delivery, { dueAtMs, error: 'waiting for its turn' });
}

/** What is said in a thread waits for the message the thread hangs on. */
async function threadOf(
  { store }: Context,
  { subject, target }: Delivery,
): Promise<{ readonly message?: MessageRef } | 'not-yet' | 'none'> {
  if (subject.kind !== 'follow-up') return {};
  const parent = await store.alertMessage(subject.incidentId, target);
  return typeof parent === 'string' ? parent : { message: parent };
}

async function deliver(context: Context, delivery: Delivery, limiter: string): Promise<void> {
  const thread = await threadOf(context, delivery);
  if (thread === 'not-yet') {
    const dueAtMs = context.now() + threadWaitMs;
    return postpone(context, delivery, { dueAtMs, error: 'waiting for its alert' });
  }
  const rendered = thread === 'none' ? undefined : await render(context, delivery);
  if (thread === 'none' || !rendered) {
    await notifyBatchElsewhere(context, delivery);
    const { wantedVersion: version, claim } = delivery;
    const how = { error: 'nothing to show', nowMs: context.now(), version, claim };
    return context.store.giveUpDelivery(delivery.id, how);
  }
  const attempt = { wasPost: delivery.message === undefined };
  try {
    const message = delivery.message
      ? await edit(context, delivery, rendered, attempt)
      : await post(context, delivery, rendered.content, thread.message);
    if (!message) return;
    const { claim } = delivery;
    await context.store.markDelivered(delivery.id, { message, version: rendered.version, claim });
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    const { isLive, version } = rendered;
    await takeFailure(context, { delivery, error, limiter, isLive, version, ...attempt });
  }
}

interface Rendered {
  readonly content: Content;
  readonly version: number;
  /** Whether people still can do something there, so that it must not be lost. */
  readonly isLive: boolean;
}

async function render(context: Context, delivery: Delivery): Promise<Rendered | undefined> {
  const { subject, wantedVersion } = delivery;
  if (subject.kind === 'digest') {
    return { content: { kind: 'digest', count: subject.count }, version: wantedVersion, isLive: false };
  }
  if (subject.kind === 'notice') {
    return { content: { kind: 'notice', notice: subject.notice }, version: wantedVersion, isLive: true };
  }
  if (subject.kind === 'alert' || subject.kind === 'follow-up')
    return renderAlert(context, subject, wantedVersion);
  const approval = await context.store.findApproval(subject.approvalId);
  // What was decided before its turn came needs no card any more.
  if (!approval || (approval.state.kind === 'ended' && !delivery.message)) return undefined;
  const card = await showCard(context, approval);
  return { content: { kind: 'card', card }, version: approval.version, isLive: hasLiveButtons(card.actions) };
}

async function renderAlert(
  context: Context,
  subject: Extract<Delivery['subject'], { kind: 'alert' | 'follow-up' }>,
  wantedVersion: number,
): Promise<Rendered | undefined> {
  const incident = await context.store.findIncident(subject.incidentId);
  if (!incident) return undefined;
  if (subject.kind === 'alert') {
    const alert = await showAlert(context, incident);
    return { content: { kind: 'alert', alert }, version: incident.version, isLive: false };
  }
  const followUp = await showFollowUp(context, incident, subject.followUp);
  return followUp && { content: { kind: 'follow-up', followUp }, version: wantedVersion, isLive: false };
}

/** Gives a delivery back that was not tried. */
async function postpone(
  { store }: Context,
  { id, mayHavePosted, claim }: Delivery,
  until: { readonly dueAtMs: number; readonly error: string },
): Promise<void> {
  await store.postponeDelivery(id, { ...until, wasTried: false, mayHavePosted, claim });
}

/** Makes sure that nobody else has taken the delivery over while it waited for those before it. */
function isOurs({ store, now }: Context, { id, claim = '' }: Delivery, isPost: boolean): Promise<boolean> {
  return store.markTrying(id, { claim, isPost, nowMs: now(), leaseMs });
}

/** Posts a message; absent where somebody else has taken that over. */
async function post(
  context: Context,
  delivery: Delivery,
  content: Content,
  thread?: MessageRef,
): Promise<MessageRef | undefined> {
  if (!(await isOurs(context, delivery, true))) return undefined;
  return context.chat.post(delivery.target, content, thread);
}

/**
 * Edits a message; one that was deleted is posted anew while people can still act on it. Absent where somebody
 * else has taken that over.
 */
async function edit(context: Context, delivery: Delivery, rendered: Rendered, attempt: { wasPost: boolean }) {
  const { message } = delivery;
  if (!message) return post(context, delivery, rendered.content);
  if (!(await isOurs(context, delivery, false))) return undefined;
  try {
    await context.chat.update(message, rendered.content);
    return message;
  } catch (error) {
    if (!(error instanceof ChatError && error.code === 'message-gone')) throw error;
    context.log.warn({ channel: message.channel, err: error }, 'A card was gone when it was to be edited');
    if (!rendered.isLive) return message;
    attempt.wasPost = true;
    return post(context, delivery, rendered.content);
  }
}

/** A delivery that did not work. */
interface DeliveryFailure {
  readonly delivery: Delivery;
  readonly error: ChatError;
  readonly limiter: string;
  readonly isLive: boolean;
  /** Whether a new message was tried, and not only an edit. */
  readonly wasPost: boolean;
  /** Version of the approval that could not be shown. */
  readonly version: number;
}

const firstRetryMs = 2_000;

const longestRetryMs = 5 * 60_000;

/** Decides what becomes of a delivery that failed: tried later, sent elsewhere, or given up aloud. */
async function takeFailure(context: Context, failure: DeliveryFailure): Promise<void> {
  const { error, delivery } = failure;
  switch (error.code) {
    case 'throttled':
      return waitForSlot(context, failure);
    case 'outcome-unknown':
      return retryLater(context, failure, failure.wasPost || delivery.mayHavePosted);
    case 'unavailable':
    case 'sign-in':
      return retryLater(context, failure, delivery.mayHavePosted);
    case 'channel-gone':
      return sendElsewhere(context, failure);
    case 'refused':
      return failure.isLive && delivery.subject.kind === 'card'
        ? sendElsewhere(context, failure)
        : giveUp(context, failure);
    case 'message-gone':
      return giveUp(context, failure);
    default:
      return assertNever(error.code);
  }
}

async function waitForSlot(context: Context, { delivery, error, limiter }: DeliveryFailure): Promise<void> {
  const dueAtMs = context.now() + (error.retryAfterMs ?? firstRetryMs);
  context.log.warn({ limiter, retryAfterMs: error.retryAfterMs }, 'Slack asked to slow down');
  await context.store.blockLimiter(limiter, dueAtMs);
  const { mayHavePosted, claim } = delivery;
  const until = { dueAtMs, error: error.code, wasTried: false, mayHavePosted, claim };
  await context.store.postponeDelivery(delivery.id, until);
}

async function retryLater(
  context: Context,
  { delivery, error }: DeliveryFailure,
  mayHavePosted: boolean,
): Promise<void> {
  const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(delivery.attempts, 10));
  context.log.warn(
    { delivery: delivery.id, attempts: delivery.attempts, err: error },
    'A message could not be delivered; it will be tried again',
  );
  await context.store.postponeDelivery(delivery.id, {
    dueAtMs: context.now() + waitMs,
    error: error.code,
    wasTried: true,
    mayHavePosted,
    claim: delivery.claim,
  });
}

/** A channel that is archived or without us: its cards and lines move to the fallback channel, and operators hear of it. */
async function sendElsewhere(context: Context, failure: DeliveryFailure): Promise<void> {
  const { delivery, error, isLive } = failure;
  const { policy } = context;
  await notifyBatchElsewhere(context, delivery);
  const lost = targetKey(delivery.target);
  if (delivery.subject.kind === 'notice' && delivery.target.kind === 'person') {
    context.log.warn({ person: lost, err: error }, 'A person cannot be written to; the notice was given up');
    return end(context.store, failure, context.now());
  }
  if (lost === policy.fallbackChannel && isLive) {
    // A live card has nowhere else to go, so it waits until the bot is let in.
    context.log.error(
      { channel: lost, err: error },
      'The fallback channel cannot be posted to; a card waits',
    );
    return retryLater(context, failure, delivery.mayHavePosted);
  }
  context.log.error({ channel: lost, err: error }, 'A place cannot be posted to; using the fallback channel');
  await context.store.inTransaction(async (transaction) => {
    const nowMs = context.now();
    await end(transaction, failure, nowMs);
    await addToFallback(context, transaction, { delivery, isLive });
    const day = new Date(nowMs).toISOString().slice(0, 10);
    const event = { kind: 'channel-lost', channel: lost, reason: error.message } as const;
    if (lost !== policy.operatorsChannel)
      await notifyOperators(context, transaction, `channel-lost:${lost}:${day}`, event);
  });
}

async function addToFallback(
  context: Context,
  transaction: Transaction,
  { delivery, isLive }: Pick<DeliveryFailure, 'delivery' | 'isLive'>,
): Promise<void> {
  const fallback: Target = { kind: 'channel', channel: context.policy.fallbackChannel };
  const { subject, target } = delivery;
  const isFallback = targetKey(target) === targetKey(fallback);
  if (subject.kind === 'card' && isLive && !isFallback) {
    await transaction.addCard(subject.approvalId, fallback, priorities.newCard, context.now());
  }
  const alerts: Target = { kind: 'channel', channel: context.policy.alerts.channel };
  if (subject.kind === 'alert' && targetKey(target) !== targetKey(alerts)) {
    await transaction.addAlert(subject.incidentId, alerts, context.now());
  }
  if (subject.kind === 'notice' && target.kind === 'channel' && !isFallback) {
    await transaction.addNotice(`moved:${delivery.id}`, subject.notice, fallback, context.now());
  }
}

async function giveUp(context: Context, failure: DeliveryFailure): Promise<void> {
  const { delivery, error } = failure;
  context.log.error(
    { delivery: delivery.id, channel: targetKey(delivery.target), err: error },
    'A message was given up',
  );
  await notifyBatchElsewhere(context, delivery);
  await end(context.store, failure, context.now());
}

async function end(
  transaction: Pick<Transaction, 'giveUpDelivery'>,
  { delivery, error, version }: DeliveryFailure,
  nowMs: number,
): Promise<void> {
  const { claim } = delivery;
  await transaction.giveUpDelivery(delivery.id, { error: error.code, nowMs, version, claim });
}

/** Who waits for a turn where, in one pass of deliveries. */
interface Lines {
  /** When the last of those who wait in a lane and are as urgent, or more, has a turn; absent while nobody waits. */
  endOf(limiter: string, priority: number): number | undefined;
  /** Notes that somebody has lined up there, with a turn at that time. */
  lengthen(limiter: string, priority: number, dueAtMs: number): void;
}

/**
 * Creates lines in which nobody stands yet.
 *
 * What is urgent never stands behind what is not, however long the line: of two that have a turn at the same time
 * the more urgent is taken first.
 */
function createLines(): Lines {
  const ends = new Map<string, Map<number, number>>();
  return {
    endOf(limiter, priority) {
      const before = [...(ends.get(limiter) ?? [])].filter(([other]) => other <= priority);
      return before.length === 0 ? undefined : Math.max(...before.map(([, dueAtMs]) => dueAtMs));
    },
    lengthen(limiter, priority, dueAtMs) {
      const line = ends.get(limiter) ?? new Map<number, number>();
      ends.set(limiter, line.set(priority, dueAtMs));
    },
  };
}

/** Up to so many cards are posted one after the other within seconds; more are announced together first. */
const mostWithoutDigest = 10;

/** A count that is kept true every second would cost all the edits there are. */
const recountEveryMs = 15_000;

/**
 * Sees to it that what waits can be reached although its card cannot be posted yet: where many cards are
 * missing, one message says how many and lets everybody look at theirs.
 *
 * The message counts down while cards are posted, and says so when none is missing any more.
 */
export async function updateDigests(context: Context): Promise<void> {
  const { store, now } = context;
  const missing = await store.countUnpostedCards();
  const live = await store.listLiveDigests();
  const isMany = missing.some(({ count }) => count > mostWithoutDigest);
  if (!isMany && live.length === 0) return;
  for (const digest of live) {
    const count = countAt(digest, missing);
    // More than twice as many is another message than the one people read.
    const isDue = count === 0 || count > 2 * digest.count || now() - digest.countedAtMs >= recountEveryMs;
    if (count !== digest.count && isDue) await store.wantDigest({ ...digest, count }, now());
  }
  for (const { target, count } of missing) {
    const has = live.some((digest) => targetKey(digest.target) === targetKey(target));
    if (count > mostWithoutDigest && !has) await announce(context, { target, count });
  }
}

/** Another bot on the store may be about to announce the same, so whether it has is looked up at that moment. */
async function announce({ store, now, newId }: Context, { target, count }: UnpostedCards): Promise<void> {
  await store.inTransaction(async (transaction) => {
    const live = await transaction.listLiveDigests();
    if (live.some((digest) => targetKey(digest.target) === targetKey(target))) return;
    await transaction.wantDigest({ id: newId(), target, count }, now());
  });
}

function countAt({ target }: LiveDigest, missing: readonly UnpostedCards[]): number {
  return missing.find((one) => targetKey(one.target) === targetKey(target))?.count ?? 0;
}
