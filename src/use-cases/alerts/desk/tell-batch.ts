import type { Delivery } from '../../../domain/delivery.js';
import type { Context } from '../../context.js';
import { notifyPerson } from '../../notifications/notify.js';

/**
 * Tells whoever confirmed changes on an alert what became of them, when its thread cannot tell.
 *
 * Once, when all of them are over; a second call is the same message.
 */
export async function notifyBatchElsewhere(context: Context, { subject }: Delivery): Promise<void> {
  if (subject.kind !== 'follow-up' || subject.followUp.kind !== 'changes') return;
  const { batchId } = subject.followUp;
  const records = await context.store.listBatch(batchId);
  const [first] = records;
  if (!first || records.some(({ phase }) => phase !== 'over')) return;
  await notifyPerson(context, context.store, first.person, `batch:${batchId}`, { kind: 'batch', records });
}
