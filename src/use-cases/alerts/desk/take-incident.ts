import type { AlertReply } from '../../../domain/alerts/alert-reply.js';
import { recordAlertAction } from '../../ledger/record-alert.js';
import { knownName } from '../known-name.js';
import type { AtAlert } from './at-alert.js';

/** Notes that somebody is on it: shown on the alert, said in its thread; the first who says so keeps it. */
export async function takeIncident(at: AtAlert): Promise<AlertReply> {
  const { context, incident, person } = at;
  const reply = await recordAlertAction(at, async (transaction) => {
    const current = await transaction.findIncident(incident.id);
    if (!current) return { kind: 'unknown-alert' };
    if (current.state.kind === 'resolved') return { kind: 'over', incident: current };
    if (current.owner) return { kind: 'taken-before', incident: current };
    const owner = { person: person.id, name: knownName(context, person), atMs: context.now() };
    const saved = await transaction.saveIncident({ ...current, owner }, context.now());
    await transaction.wantFollowUp(saved.id, 'taken', { kind: 'taken' }, context.now());
    return { kind: 'taken', incident: saved };
  });
  context.scheduleDelivery();
  return reply;
}
