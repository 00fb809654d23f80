import type { Transaction } from '../../ports/store.js';
import type { InboundRequest, InboundResult } from '../../ports/told-desk.js';
import type { Context } from '../context.js';
import { record } from './record.js';

/** Records that a workflow asked for people; saying the same again is nothing new. */
export async function recordInbound(
  context: Context,
  transaction: Transaction,
  { asked: request, answer: reply }: { readonly asked: InboundRequest; readonly answer: InboundResult },
): Promise<void> {
  if (reply.kind === 'repeated') return;
  const { instance, key, activityId, activity } = request;
  await record(context, transaction, {
    system: instance.ref.system,
    instance: instance.ref.id,
    ...('code' in reply ? { code: reply.code } : {}),
    kind: 'told',
    answered: { kind: reply.kind },
    note: { key, activityId, activity, step: instance.step?.uniqueName, workflow: instance.definition.name },
  });
}
