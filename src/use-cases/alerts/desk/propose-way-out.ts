import type { RecoveryAction } from '../../../domain/alerts/alert.js';
import type { AlertReply } from '../../../domain/alerts/alert-reply.js';
import type { Failure } from '../../../domain/alerts/failure.js';
import type { Change } from '../../../domain/change.js';
import type { ChangeRecord } from '../../../domain/change-record.js';
import type { Transaction } from '../../../ports/store.js';
import { recordAlertAction } from '../../ledger/record-alert.js';
import { codeOfRun } from '../../short-codes.js';
import type { AtAlert } from './at-alert.js';

/** One confirmation covers no more runs than a person can look over, and a system bears at a time. */
const mostRuns = 50;

/** Says what a way out would do, and to which runs; the latest failures go first. */
export async function proposeRecovery(at: AtAlert, way: RecoveryAction): Promise<AlertReply> {
  const { context } = at;
  return recordAlertAction(at, async (transaction) => {
    const incident = await transaction.findIncident(at.incident.id);
    if (!incident) return { kind: 'unknown-alert' };
    const failed = (await transaction.listFailures(incident.id)).filter(({ state }) => state === 'failed');
    if (failed.length === 0) return { kind: 'nothing-failed', incident };
    const batchId = context.newId();
    const chosen = failed.reverse().slice(0, mostRuns);
    const records: ChangeRecord[] = [];
    for (const [place, failure] of chosen.entries()) {
      const record = await recordOf(at, transaction, { failure, way, batchId, place });
      await transaction.addChange(record);
      records.push(record);
    }
    return { kind: 'proposal', incident, way, batchId, records, more: failed.length - records.length };
  });
}

async function recordOf(
  { context, asker, incident }: AtAlert,
  transaction: Transaction,
  what: {
    readonly failure: Failure;
    readonly way: RecoveryAction;
    readonly batchId: string;
    readonly place: number;
  },
): Promise<ChangeRecord> {
  const { failure, way, batchId, place } = what;
  const { instance } = failure;
  return {
    id: context.newId(),
    person: asker.person,
    change: changeOf(way, failure),
    title: instance.title,
    definition: instance.definition.name,
    code: await codeOfRun(transaction, context, instance.ref),
    ...(instance.step ? { shownStep: instance.step.uniqueName } : {}),
    isOverride: false,
    phase: 'proposed',
    holder: context.replicaId,
    proposedAtMs: context.now(),
    batch: { id: batchId, incidentId: incident.id, place },
  };
}

function changeOf(way: RecoveryAction, { instance }: Failure): Change {
  if (way === 'resume') return { kind: 'resume', instance: instance.ref, afterError: true };
  return { kind: way, instance: instance.ref };
}
