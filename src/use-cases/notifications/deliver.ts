import { isPlanned } from '../../domain/approval.js';
import { type Card, hasLiveButtons } from '../../domain/card.js';
import {
  type Delivery,
  isLiveNotice,
  type Notice,
  type OperatorEvent,
  priorities,
} from '../../domain/notification.js';
import { type PersonId, personKey } from '../../domain/person.js';
import { type Target, targetKey } from '../../domain/policy.js';
import { handlingOf } from '../../domain/preferences.js';
import type { MessageRef } from '../../domain/voting.js';
import type { Content, ShownForm } from '../../ports/chat.js';
import { ChatError } from '../../ports/errors.js';
import type { IdleCard, LiveDigest, RateLimit, Transaction, UnpostedCards } from '../../ports/store.js';
import { assertNever } from '../../shared/language.js';
import { goOnWith } from '../../shared/trace.js';
import { notifyBatchElsewhere, showAlert, showFollowUp } from '../alerts/track-failures.js';
import { advance } from '../approvals/advance.js';
import { type Context, isCarriedOver } from '../context.js';
import { composeReport } from '../report.js';
import { areRulesInForce } from '../rules.js';
import { showCard } from '../show-card.js';
import { notifyOperators } from './notify.js';
import { addSummary, composeLive, isStillTrue } from './remind.js';

/** Slack takes about one message a second in a channel, and tolerates a short burst. */
const postRateLimit: RateLimit = { everyMs: 1_000, burst: 5 };

/** Slack takes about fifty edits a minute in a workspace. */
const editRateLimit: RateLimit = { everyMs: 1_250, burst: 10 };

const batchSize = 20;

/** A dead bot's deliveries are taken over after this; it counts anew for each message. */
const leaseMs = 25_000;

const threadWaitMs = 2_000;

/** In so many places something may be under way at the same time; one that hangs holds up nobody else. */
const mostPlacesAtOnce = 8;

/** What delivers; asked while it is at work, it looks once more. */
interface Delivering {
  /** Makes what is due visible; resolves once nothing is due and nothing under way. Throws what broke. */
  run(): Promise<void>;
}

/** Makes what is due visible, as `createDelivering` does. */
export function deliverNotifications(context: Context): Promise<void> {
  return createDelivering(context).run();
}

/**
 * Creates what makes visible what is due, the most urgent first: the only thing that posts or edits messages.
 *
 * Renders what is true at that moment, so changes that came in between cost no message. A delivery that gets
 * no turn or fails for now stays due for later. In one place everything is said in order; places wait for no other.
 */
export function createDelivering(context: Context): Delivering {
  let running: Promise<void> | undefined;
  let isWanted = false;
  let ring = (): void => {};
  const checkIdleCard = createIdleCheck(context);
  const pass = async (): Promise<void> => {
    const underWay = new Map<string, Promise<void>>();
    const failures: unknown[] = [];
    const queue: Queue = { lines: createLines(context.now), closed: new Map() };
    const begin = (place: string, deliveries: readonly Delivery[]): void => {
      const before = underWay.get(place) ?? Promise.resolve();
      const work = before
        .then(() => deliverInOrder(context, deliveries, queue))
        .catch((error: unknown) => void failures.push(error))
        .finally(() => {
          if (underWay.get(place) === work) underWay.delete(place);
        });
      underWay.set(place, work);
    };
    try {
      for (;;) {
        if (isWanted) {
          isWanted = false;
          await updateDigests(context);
        }
        const isFree = underWay.size < mostPlacesAtOnce && failures.length === 0;
        // What other settings show is theirs to show from now on.
        const isOurs = await areRulesInForce(context, context.store);
        const due = isFree && isOurs ? await claim(context, [...underWay.keys()]) : [];
        for (const [place, deliveries] of byPlace(due)) begin(place, deliveries);
        if (due.length > 0 || (isWanted && isOurs)) continue;
        if (underWay.size === 0) {
          if (!isOurs) break;
          // What was asked for during the check is done at once, and not by the next pass.
          if (!(await checkIdleCard()) && !isWanted) break;
          continue;
        }
        const rung = new Promise<void>((resolve) => {
          ring = resolve;
        });
        await Promise.race([rung, ...underWay.values()]);
      }
    } finally {
      await Promise.all(underWay.values());
      running = undefined;
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    run() {
      isWanted = true;
      ring();
      running ??= pass();
      return running;
    },
  };
}

function claim({ store, now, newId }: Context, except: readonly string[]): Promise<readonly Delivery[]> {
  return store.claimDueDeliveries({ nowMs: now(), limit: batchSize, leaseMs, claim: newId(), except });
}

function byPlace(due: readonly Delivery[]): ReadonlyMap<string, readonly Delivery[]> {
  const places = new Map<string, Delivery[]>();
  for (const delivery of due) {
    const place = targetKey(delivery.target);
    places.set(place, [...(places.get(place) ?? []), delivery]);
  }
  return places;
}

/** What is known in one pass of who waits where. */
interface Queue {
  readonly lines: Lines;
  /** Places that take no posts just now, and when one delivery may try again. */
  readonly closed: Map<string, number>;
}

async function deliverInOrder(
  context: Context,
  deliveries: readonly Delivery[],
  queue: Queue,
): Promise<void> {
  const waiting: Postponed[] = [];
  for (const delivery of deliveries) {
    const closedUntilMs = queue.closed.get(targetKey(delivery.target)) ?? 0;
    // One that has heard so before need not hear it again; what is new goes elsewhere by trying.
    const isClosed = delivery.attempts > 0 && closedUntilMs > context.now();
    const slot = isClosed ? undefined : await takeSlotFor(context, delivery, queue);
    if (slot?.kind === 'now') {
      await postpone(context, waiting.splice(0));
      const { limiter } = slot;
      await goOnWith(delivery.trace, 'delivery', () => deliver(context, delivery, { limiter, queue }));
    } else {
      waiting.push(slot ?? { delivery, dueAtMs: closedUntilMs, error: 'channel-gone' });
    }
  }
  await postpone(context, waiting);
}

/** A delivery that is given back without a try. */
interface Postponed {
  readonly delivery: Delivery;
  readonly dueAtMs: number;
  readonly error: string;
}

/** Takes a turn in the delivery's lane; without one, lines up behind those as urgent who wait there already. */
async function takeSlotFor(
  { store, now }: Context,
  delivery: Delivery,
  { lines }: Queue,
): Promise<{ readonly kind: 'now'; readonly limiter: string } | (Postponed & { readonly kind: 'later' })> {
  const limiter = delivery.message ? 'edits' : `posts:${targetKey(delivery.target)}`;
  const rateLimit = delivery.message ? editRateLimit : postRateLimit;
  const behind = lines.endOf(limiter, delivery.priority);
  const waitMs = behind === undefined ? await store.takeSlot(limiter, rateLimit, now()) : 0;
  if (behind === undefined && waitMs === 0) return { kind: 'now', limiter };
  const dueAtMs = behind === undefined ? now() + waitMs : behind + rateLimit.everyMs;
  lines.lengthen(limiter, delivery.priority, dueAtMs);
  return { kind: 'later', delivery, dueAtMs, error: 'waiting for its turn' };
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

async function deliver(
  context: Context,
  delivery: Delivery,
  { limiter, queue }: { readonly limiter: string; readonly queue: Queue },
): Promise<void> {
  const thread = await threadOf(context, delivery);
  if (thread === 'not-yet') {
    const dueAtMs = context.now() + Math.min(60_000, threadWaitMs * 2 ** Math.min(delivery.attempts, 10));
    const { mayHavePosted, claim } = delivery;
    const until = { dueAtMs, error: 'waiting for its alert', wasTried: true, mayHavePosted, claim };
    return context.store.postponeDelivery(delivery.id, until);
  }
  const isOut = !mayBePosted(context, delivery);
  const rendered = thread === 'none' || isOut ? undefined : await render(context, delivery);
  if (thread === 'none' || !rendered) {
    await notifyBatchElsewhere(context, delivery);
    const { wantedVersion: version, claim } = delivery;
    const how = { error: 'nothing to show', nowMs: context.now(), version, claim };
    return context.store.giveUpDelivery(delivery.id, how);
  }
  // Other settings were put in force since it was claimed: what was read may be theirs to show, and is drawn anew.
  if (!(await areRulesInForce(context, context.store))) {
    const { mayHavePosted, claim } = delivery;
    const again = { dueAtMs: context.now(), error: 'other settings are in force', wasTried: false };
    return context.store.postponeDelivery(delivery.id, { ...again, mayHavePosted, claim });
  }
  if (!delivery.message && (await isWithheld(context, delivery, rendered))) return;
  const attempt = { wasPost: delivery.message === undefined };
  try {
    const shown = delivery.message
      ? await edit(context, delivery, rendered, attempt)
      : await post(context, delivery, rendered.content, thread.message);
    if (!shown) return;
    const { isCut, ...message } = shown;
    if (isCut) await leaveToPeople(context, delivery);
    const { claim, id } = delivery;
    await context.store.markDelivered(id, { message, version: rendered.version, claim });
    const about = { delivery: id, what: rendered.content.kind, channel: message.channel, ts: message.ts };
    context.log.info(about, attempt.wasPost ? 'A message was posted' : 'A message was edited');
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    const { isLive, version } = rendered;
    await takeFailure(context, { delivery, error, limiter, queue, isLive, version, ...attempt });
  }
}

/** Leaves to people what a rule was to approve by itself, once a card of it does not show all that it asks for. */
async function leaveToPeople(context: Context, { subject }: Pick<Delivery, 'subject'>): Promise<void> {
  if (subject.kind !== 'card') return;
  await context.store.inTransaction(async (transaction) => {
    const approval = await transaction.findApproval(subject.approvalId);
    if (!approval || !isPlanned(approval)) return;
    await advance(context, { transaction, approval }, { kind: 'left-to-people', why: 'brake' });
  });
}

/**
 * Has a direct message wait, or leaves it out, where its reader wants that; tells whether it must not be posted.
 *
 * A card that nobody gets for now on its route goes to the fallback channel, and so does an escalation that is left
 * out: neither may be lost by what somebody chose for themselves. Once several may be sent again, one message says all.
 */
async function isWithheld(context: Context, delivery: Delivery, rendered: Rendered): Promise<boolean> {
  const { store, policy, now } = context;
  const { id, subject, target, mayHavePosted, claim } = delivery;
  const preferences = target.kind === 'person' ? await store.findPreferences(target.person) : undefined;
  // What may stand there already is finished, whatever its reader has chosen since.
  if (target.kind !== 'person' || !preferences || mayHavePosted) return false;
  const { person } = target;
  const nowMs = now();
  const timeZone = (await store.recallPerson(person))?.timeZone;
  const handling = handlingOf(subject, preferences, { timeZone, nowMs });
  if (handling.kind === 'send') {
    if (!delivery.isHeld) return false;
    // What is for their daily summary has its own time, which is not the end of quiet hours.
    const held = (await store.listHeld(person)).filter(
      (one) => handlingOf(one.subject, preferences, { timeZone, nowMs }).kind === 'send',
    );
    if (held.length < 2) return false;
    await store.inTransaction((transaction) => addSummary(transaction, person, { nowMs, held }));
    return true;
  }
  await store.inTransaction(async (transaction) => {
    // They may have chosen otherwise meanwhile; what is kept now would be kept by a choice that is not theirs any more.
    const chosen = await transaction.findPreferences(person);
    if (!chosen || handlingOf(subject, chosen, { timeZone, nowMs }).kind !== handling.kind) {
      const again = { dueAtMs: nowMs, error: 'chosen anew', wasTried: false } as const;
      return transaction.postponeDelivery(id, { ...again, mayHavePosted, claim });
    }
    await addElsewhere(context, transaction, { delivery, isLive: rendered.isLive });
    if (handling.kind === 'hold') {
      const until = { dueAtMs: handling.untilMs, error: 'held', wasTried: false, isHeld: true } as const;
      return transaction.postponeDelivery(id, { ...until, mayHavePosted, claim });
    }
    if (subject.kind === 'notice' && subject.notice.kind === 'escalation') {
      const { approvalId } = subject.notice;
      const revision = (await transaction.findApproval(approvalId))?.revision ?? 0;
      const key = `escalation:${approvalId}:${revision}:left-out`;
      const fallback = { kind: 'channel', channel: policy.fallbackChannel } as const;
      await transaction.addNotice(key, subject.notice, fallback, nowMs);
    }
    // A count of cards comes again by itself, and is no copy of anything.
    const isHeld = subject.kind === 'digest' ? {} : ({ isHeld: true } as const);
    const how = { error: 'left-out', nowMs, version: rendered.version, claim, ...isHeld };
    return transaction.giveUpDelivery(id, how);
  });
  return true;
}

/** In shadow mode nothing new is said anywhere but in its channel, whoever has queued it and when. */
function mayBePosted(
  { policy }: Context,
  { target, message }: Pick<Delivery, 'target' | 'message'>,
): boolean {
  return !policy.shadow || message !== undefined || targetKey(target) === policy.shadow.channel;
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
    const { notice } = subject;
    const isOver = delivery.isHeld && !isLiveNotice(notice) && !(await isStillTrue(context, notice));
    const content = isOver ? undefined : await composeNotice(context, notice);
    // A receipt that somebody deleted need not come back to say that nothing came of it.
    const isPast = notice.kind === 'receipt' && notice.isWithdrawn === true && delivery.message !== undefined;
    return content && { content, version: wantedVersion, isLive: !isPast };
  }
  if (subject.kind === 'alert' || subject.kind === 'follow-up')
    return renderAlert(context, subject, wantedVersion);
  const approval = await context.store.findApproval(subject.approvalId);
  // What was decided before its turn came needs no card any more.
  if (!approval || (approval.state.kind === 'ended' && !delivery.message)) return undefined;
  const whole = await showCard(context, approval);
  const isQuiet = delivery.isAgain || isCarriedOver(context, approval);
  const card = isQuiet && !delivery.message ? withoutMentions(whole) : whole;
  // In shadow mode a card is all there is, though nothing can be done on it.
  const isShown = context.policy.shadow !== undefined && approval.state.kind === 'waiting';
  const isLive = isShown || hasLiveButtons(card.actions);
  return { content: { kind: 'card', card }, version: approval.version, isLive };
}

/** Calls nobody a second time: people are named, and become mentions again once the card is edited, which calls nobody. */
function withoutMentions({ requester: _called, rule, ...card }: Card): Card {
  return rule ? { ...card, rule: { ...rule, notify: 'nobody' } } : card;
}

async function composeNotice(context: Context, notice: Notice): Promise<Content | undefined> {
  if (!isLiveNotice(notice)) return { kind: 'notice', notice };
  if (notice.kind !== 'report') return composeLive(context, notice);
  return { kind: 'report', report: await composeReport(context, notice) };
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

/** Gives deliveries back that were not tried, in one commit. */
async function postpone({ store }: Context, postponed: readonly Postponed[]): Promise<void> {
  if (postponed.length === 0) return;
  await store.inTransaction(async (transaction) => {
    for (const { delivery, dueAtMs, error } of postponed) {
      const { id, mayHavePosted, claim } = delivery;
      await transaction.postponeDelivery(id, { dueAtMs, error, wasTried: false, mayHavePosted, claim });
    }
  });
}

/** Makes sure that nobody else has taken the delivery over while it waited for those before it. */
function isOurs({ store, now }: Context, { id, claim = '' }: Delivery, isPost: boolean): Promise<boolean> {
  return store.markTrying(id, { claim, isPost, nowMs: now(), leaseMs });
}

/**
 * Posts a message, in the thread of another where that still is; absent where somebody else has taken that over.
 *
 * A card for somebody who has left is a card for nobody, whatever Slack takes for them. Throws `ChatError`.
 */
async function post(
  context: Context,
  delivery: Delivery,
  content: Content,
  thread?: MessageRef,
): Promise<(MessageRef & ShownForm) | undefined> {
  const { target, subject } = delivery;
  if (subject.kind === 'card' && target.kind === 'person' && (await hasLeft(context, target.person)))
    throw new ChatError('The account is deactivated', { code: 'channel-gone', retryable: false });
  if (!(await isOurs(context, delivery, true))) return undefined;
  try {
    return await context.chat.post(target, content, thread);
  } catch (error) {
    // Of an alert somebody deleted, only what calls people is still owed to the channel.
    const isCall = content.kind === 'follow-up' && content.followUp.kind === 'call';
    const isOwed = isCall || content.kind !== 'follow-up';
    if (!thread || !isOwed || !ChatError.hasCode(error, 'message-gone')) throw error;
    return context.chat.post(target, content);
  }
}

/** Tells whether nobody reads what is written to a person; who cannot be looked up counts as there. */
async function hasLeft(context: Context, id: PersonId): Promise<boolean> {
  try {
    const { membership } = await context.chat.lookUpPerson(id);
    return membership === 'deactivated' || membership === 'bot';
  } catch (error) {
    if (error instanceof ChatError) return false;
    throw error;
  }
}

/**
 * Edits a message; one that was deleted is posted anew while people can still act on it, and of one that cannot be
 * edited the end is told in its thread. Absent where somebody else has taken that over.
 */
async function edit(
  context: Context,
  delivery: Delivery,
  rendered: Rendered,
  attempt: { wasPost: boolean },
): Promise<(MessageRef & ShownForm) | undefined> {
  const { message } = delivery;
  if (!message) return post(context, delivery, rendered.content);
  if (!(await isOurs(context, delivery, false))) return undefined;
  try {
    return { ...message, ...(await context.chat.update(message, rendered.content)) };
  } catch (error) {
    if (!ChatError.hasCode(error, 'message-gone', 'not-editable')) throw error;
    const { channel } = message;
    const isGone = error.code === 'message-gone';
    context.log.warn(
      { channel, err: error },
      isGone
        ? 'A card was missing when it was to be edited'
        : 'A message cannot be edited; a new one replaces it',
    );
    if ((isGone && !rendered.isLive) || !mayBePosted(context, { target: delivery.target })) return message;
    attempt.wasPost = true;
    const next = await post(
      context,
      delivery,
      rendered.content,
      isGone || rendered.isLive ? undefined : message,
    );
    if (!isGone) {
      const event = { kind: 'not-editable', channel, reason: error.message } as const;
      await notifyOnceADay(context, context.store, event);
    }
    return next;
  }
}

/** A delivery that did not work. */
interface DeliveryFailure {
  readonly delivery: Delivery;
  readonly error: ChatError;
  readonly limiter: string;
  readonly queue: Queue;
  readonly isLive: boolean;
  /** Whether a new message was tried, and not only an edit. */
  readonly wasPost: boolean;
  /** Version of the approval that could not be shown. */
  readonly version: number;
}

const firstRetryMs = 2_000;

/** A place that takes no posts is not tried again at once. */
const closedRetryMs = 60_000;

const longestRetryMs = 5 * 60_000;

/**
 * Decides what becomes of a delivery that failed: tried later, or sent elsewhere.
 *
 * Only a new message that Slack takes in no form is given up, and aloud; whatever else Slack says, it may be taken
 * another time.
 */
async function takeFailure(context: Context, failure: DeliveryFailure): Promise<void> {
  const { error, delivery, wasPost, isLive } = failure;
  switch (error.code) {
    case 'throttled':
      return waitForSlot(context, failure);
    case 'outcome-unknown':
      return retryLater(context, failure, wasPost || delivery.mayHavePosted);
    case 'unavailable':
    case 'sign-in':
    case 'not-editable':
      return retryLater(context, failure, delivery.mayHavePosted);
    case 'message-gone':
      if (delivery.subject.kind === 'follow-up') return giveUp(context, failure);
      return retryLater(context, failure, delivery.mayHavePosted);
    case 'channel-gone':
      return sendElsewhere(context, failure);
    case 'refused': {
      if (isLive && delivery.subject.kind === 'card') return sendElsewhere(context, failure);
      return wasPost ? giveUp(context, failure) : retryLater(context, failure, delivery.mayHavePosted);
    }
    default:
      return assertNever(error.code);
  }
}

async function waitForSlot(context: Context, { delivery, error, limiter }: DeliveryFailure): Promise<void> {
  const dueAtMs = context.now() + (error.retryAfterMs ?? firstRetryMs);
  context.log.warn({ limiter, retryAfterMs: error.retryAfterMs }, 'Slack reported a rate limit');
  await context.store.blockLimiter(limiter, dueAtMs);
  const { mayHavePosted, claim } = delivery;
  const until = { dueAtMs, error: error.code, wasTried: false, mayHavePosted, claim };
  await context.store.postponeDelivery(delivery.id, until);
}

async function retryLater(
  context: Context,
  { delivery, error, queue }: DeliveryFailure,
  mayHavePosted: boolean,
): Promise<void> {
  const isClosed = error.code === 'channel-gone';
  const grownMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(delivery.attempts, 10));
  const waitMs = isClosed ? Math.max(closedRetryMs, grownMs) : grownMs;
  context.log.warn(
    { delivery: delivery.id, attempts: delivery.attempts, err: error },
    'A message could not be delivered; it will be tried again',
  );
  const dueAtMs = context.now() + waitMs;
  if (isClosed) queue.closed.set(targetKey(delivery.target), dueAtMs);
  const until = { dueAtMs, error: error.code, wasTried: true, mayHavePosted, claim: delivery.claim };
  await context.store.postponeDelivery(delivery.id, until);
}

/**
 * Takes care of what is owed in a place that takes no posts, or not this one: cards people can act on, alerts and
 * lines for operators are said elsewhere, and operators hear of it once a day. What could come to date there when the
 * place takes posts again stays due.
 */
async function sendElsewhere(context: Context, failure: DeliveryFailure): Promise<void> {
  const { delivery, error, isLive, wasPost } = failure;
  const { subject, target } = delivery;
  await notifyBatchElsewhere(context, delivery);
  const lost = targetKey(target);
  const isClosed = error.code === 'channel-gone';
  if (subject.kind === 'notice' && target.kind === 'person')
    return keepNotice(context, failure, target.person);
  if (lost === context.policy.fallbackChannel && (isLive || subject.kind !== 'card')) {
    // What people can act on has nowhere else to go, so it waits until the bot is let in.
    context.log.error(
      { channel: lost, err: error },
      'The fallback channel cannot be posted to; a card waits',
    );
    return retryLater(context, failure, delivery.mayHavePosted);
  }
  // Said once for each message, and not again each time it is tried.
  if (delivery.attempts === 0) {
    const what = isClosed ? 'A place cannot be posted to' : 'Slack takes a card in no form';
    context.log.error({ channel: lost, err: error }, `${what}; using the fallback channel`);
  }
  // A card that was never seen there is seen elsewhere; any other message is to be true again one day.
  const isKept = !wasPost || subject.kind === 'alert' || subject.kind === 'follow-up';
  await context.store.inTransaction(async (transaction) => {
    await addElsewhere(context, transaction, failure);
    if (!isKept) await end(transaction, failure, context.now());
    if (isClosed && lost !== context.policy.operatorsChannel)
      await notifyOnceADay(context, transaction, lostEvent(target, error.message));
  });
  if (isKept) await retryLater(context, failure, delivery.mayHavePosted);
}

function lostEvent(target: Target, reason: string): LostEvent {
  return target.kind === 'person'
    ? { kind: 'person-lost', person: target.person, reason }
    : { kind: 'channel-lost', channel: target.channel, reason };
}

/** A word to somebody who has left is owed to nobody; anybody else may take messages again. */
async function keepNotice(context: Context, failure: DeliveryFailure, person: PersonId): Promise<void> {
  const { delivery, error } = failure;
  if (!(await hasLeft(context, person))) return retryLater(context, failure, delivery.mayHavePosted);
  context.log.warn(
    { person: personKey(person), err: error },
    'A person cannot be messaged; the notice was dropped',
  );
  return end(context.store, failure, context.now());
}

type LostEvent = Extract<OperatorEvent, { kind: 'channel-lost' | 'person-lost' | 'not-editable' }>;

async function notifyOnceADay(context: Context, transaction: Transaction, event: LostEvent): Promise<void> {
  const day = new Date(context.now()).toISOString().slice(0, 10);
  const place = event.kind === 'person-lost' ? personKey(event.person) : event.channel;
  await notifyOperators(context, transaction, `${event.kind}:${place}:${day}`, event);
}

async function addElsewhere(
  context: Context,
  transaction: Transaction,
  { delivery, isLive, dueAtMs }: Pick<DeliveryFailure, 'delivery' | 'isLive'> & { readonly dueAtMs?: number },
): Promise<void> {
  const { policy } = context;
  const nowMs = context.now();
  const fallback: Target = { kind: 'channel', channel: policy.fallbackChannel };
  const { subject, target } = delivery;
  const isFallback = targetKey(target) === targetKey(fallback);
  if (subject.kind === 'card' && isLive && !isFallback) {
    // Whoever else is on the route has the card; only a route without anybody counts as empty.
    const isEmpty =
      target.kind === 'channel' || !(await transaction.hasOtherCard(subject.approvalId, delivery.id));
    if (isEmpty)
      await transaction.addCard(subject.approvalId, fallback, priorities.newCard, dueAtMs ?? nowMs);
  }
  if (subject.kind === 'alert') {
    const isDefault = targetKey(target) === policy.alerts.channel;
    const channel = isDefault ? policy.operatorsChannel : policy.alerts.channel;
    await transaction.addAlert(subject.incidentId, { kind: 'channel', channel }, nowMs);
  }
  if (subject.kind === 'notice' && target.kind === 'channel' && !isFallback) {
    await transaction.addNotice(`moved:${delivery.id}`, subject.notice, fallback, nowMs);
  }
}

async function giveUp(context: Context, failure: DeliveryFailure): Promise<void> {
  const { delivery, error } = failure;
  context.log.error(
    { delivery: delivery.id, channel: targetKey(delivery.target), err: error },
    'A message was dropped',
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

/** Cards are checked no faster than this, and only while nothing else is due. */
const checkRateLimit: RateLimit = { everyMs: 6_000, burst: 1 };

/** More cards than this missing from one place are announced together, and not put up one by one. */
const mostPutUpAnew = 20;

/** What a digest stands for is posted by itself after this, if it still waits. */
const listedForMs = 30 * 24 * 60 * 60_000;

/**
 * Creates what finds out whether a card nobody has touched for a day is still there, by an edit that changes nothing;
 * it tells whether one was checked. Slack tells of a deleted message, or of a channel that shut the bot out, in no other way.
 */
function createIdleCheck(context: Context): () => Promise<boolean> {
  const { store, now } = context;
  let restsUntilMs = 0;
  return async () => {
    if (now() < restsUntilMs) return false;
    const waitMs = await store.takeSlot('card-checks', checkRateLimit, now());
    restsUntilMs = now() + (waitMs > 0 ? waitMs : checkRateLimit.everyMs);
    if (waitMs > 0) return false;
    const idle = await store.claimIdleCard(now());
    if (!idle || (await store.takeSlot('edits', editRateLimit, now())) > 0) return false;
    await checkIdleCard(context, idle);
    return true;
  };
}

async function checkIdleCard(context: Context, idle: IdleCard): Promise<void> {
  const { store, chat, log, now } = context;
  const { delivery, message } = idle;
  const rendered = await render(context, delivery);
  // What has changed since is due by itself.
  if (!rendered || rendered.version !== delivery.shownVersion) return;
  if (!(await areRulesInForce(context, store))) return;
  try {
    const { isCut } = await chat.update(message, rendered.content);
    if (isCut) await leaveToPeople(context, delivery);
    await store.noteCardCheck(idle, 'there', now());
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    if (error.code === 'not-editable') await store.noteCardCheck(idle, 'there', now());
    if (error.code !== 'message-gone' && error.code !== 'channel-gone') return;
    const { channel } = message;
    log.warn({ channel, err: error, isSecond: idle.wasNotFound }, 'A card was not found when it was checked');
    if (idle.wasNotFound) await replaceMissing(context, idle, error);
    else await store.noteCardCheck(idle, 'not-found', now());
  }
}

/** Puts a card up anew that two checks did not find, or has a digest stand for it where too many are missing. */
async function replaceMissing(context: Context, idle: IdleCard, error: ChatError): Promise<void> {
  const { delivery } = idle;
  const { target, subject } = delivery;
  const nowMs = context.now();
  await context.store.inTransaction(async (transaction) => {
    const count = await transaction.countNotFound(target);
    const isMany = count > mostPutUpAnew;
    if (isMany && target.kind === 'channel') {
      const day = new Date(nowMs).toISOString().slice(0, 10);
      const event = { kind: 'cards-missing', channel: target.channel, count } as const;
      await notifyOperators(context, transaction, `cards-missing:${target.channel}:${day}`, event);
    }
    if (error.code === 'message-gone') {
      await transaction.renewCard(idle, isMany ? 'waits' : 'anew', nowMs);
      return;
    }
    // The message may be there although the place is closed to us: it comes to date once it is not.
    const fallback: Target = { kind: 'channel', channel: context.policy.fallbackChannel };
    if (subject.kind === 'card' && targetKey(target) !== targetKey(fallback))
      await addElsewhere(context, transaction, {
        delivery,
        isLive: true,
        dueAtMs: isMany ? nowMs + listedForMs : nowMs,
      });
    await transaction.tryCardAgain(idle, nowMs + closedRetryMs);
    if (!isMany) await notifyOnceADay(context, transaction, lostEvent(target, error.message));
  });
  context.scheduleDelivery();
}

/** Who still waits for a turn where, in one pass of deliveries. */
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
function createLines(now: () => number): Lines {
  const ends = new Map<string, Map<number, number>>();
  return {
    endOf(limiter, priority) {
      const before = [...(ends.get(limiter) ?? [])].filter(
        ([other, dueAtMs]) => other <= priority && dueAtMs > now(),
      );
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
  // While the bot goes live, what waits is announced before the first card of it is posted.
  const isGoingLive = [...(context.settling?.values() ?? [])].some(
    ({ wholeAtMs }) => wholeAtMs === undefined,
  );
  const most = isGoingLive ? 0 : mostWithoutDigest;
  const isMany = missing.some(({ count }) => count > most);
  if (!isMany && live.length === 0) return;
  for (const digest of live) {
    const count = countAt(digest, missing);
    // More than twice as many is another message than the one people read.
    const isDue = count === 0 || count > 2 * digest.count || now() - digest.countedAtMs >= recountEveryMs;
    if (count !== digest.count && isDue) await store.wantDigest({ ...digest, count }, now());
  }
  for (const { target, count } of missing) {
    const has = live.some((digest) => targetKey(digest.target) === targetKey(target));
    if (count > most && !has) await announce(context, { target, count });
  }
}

/** Has a digest announce, in each place, the cards that are missing there, however few. */
export async function announceUnposted(context: Context): Promise<void> {
  for (const missing of await context.store.countUnpostedCards()) await announce(context, missing);
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
