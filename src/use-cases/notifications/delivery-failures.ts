import { type Delivery, priorities } from '../../domain/delivery.js';
import { type Target, targetKey } from '../../domain/rules.js';
import type { ChatError } from '../../ports/errors.js';
import type { Transaction } from '../../ports/store.js';
import { assertNever } from '../../shared/assert-never.js';
import { notifyBatchElsewhere } from '../alerts/desk/tell-batch.js';
import type { Context } from '../context.js';
import { notifyOperators } from './notify.js';

/** A delivery that did not work. */
export interface DeliveryFailure {
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
export async function takeFailure(context: Context, failure: DeliveryFailure): Promise<void> {
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
