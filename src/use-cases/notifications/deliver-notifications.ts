import { hasLiveButtons } from '../../domain/card.js';
import type { MessageRef } from '../../domain/click.js';
import type { Delivery } from '../../domain/delivery.js';
import { targetKey } from '../../domain/rules.js';
import type { Content } from '../../ports/chat.js';
import type { RateLimit } from '../../ports/delivery-memory.js';
import { ChatError } from '../../ports/errors.js';
import { notifyBatchElsewhere } from '../alerts/desk/tell-batch.js';
import { showAlert, showFollowUp } from '../alerts/show-alert.js';
import type { Context } from '../context.js';
import { takeFailure } from './delivery-failures.js';
import { createLines, type Lines } from './lines.js';
import { showCard } from './show-card.js';
import { updateDigests } from './tend-digests.js';

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
