import type { ChangeRecord } from '../../../domain/change-record.js';
import type { Context } from '../../context.js';
import { notifyPerson } from '../../notifications/notify.js';

/** Tells a person how their change stands: where they asked, or by direct message when that way is closed. */
export async function notifyChange(context: Context, record: ChangeRecord): Promise<void> {
  if (record.batch) return notifyInThread(context, record.batch);
  const { person, channel, responseUrl, sameAs } = record;
  const reported = sameAs === undefined ? record : ((await context.store.findChange(sameAs)) ?? record);
  const asker = { person, ...(channel ? { channel } : {}), ...(responseUrl ? { responseUrl } : {}) };
  if (await context.chat.replyPrivately(asker, { kind: 'change', record: reported })) return;
  await context.store.inTransaction((transaction) =>
    notifyPerson(context, transaction, person, `change:${record.id}:${record.phase}`, {
      kind: 'change',
      record: reported,
    }),
  );
  context.scheduleDelivery();
}

/** What was asked for on an alert is told in its thread, for everybody: one message that is kept true. */
async function notifyInThread(
  context: Context,
  { id, incidentId }: NonNullable<ChangeRecord['batch']>,
): Promise<void> {
  const followUp = { kind: 'changes', batchId: id } as const;
  await context.store.wantFollowUp(incidentId, `changes:${id}`, followUp, context.now());
  context.scheduleDelivery();
}
