import type { AlertReply, MuteSpan } from '../../../domain/alerts/alert-reply.js';
import { recordAlertAction } from '../../ledger/record-alert.js';
import { knownName } from '../known-name.js';
import type { AtAlert } from './at-alert.js';

const hourMs = 60 * 60_000;
const spansMs: Readonly<Record<MuteSpan, number>> = {
  hour: hourMs,
  day: 24 * hourMs,
  cause: 30 * 24 * hourMs,
};

/** Keeps quiet about failures of a kind for a while; they are counted all the same. */
export async function muteIncident(at: AtAlert, span: MuteSpan): Promise<AlertReply> {
  const { context, incident, person } = at;
  const { key } = incident;
  const mute = {
    key,
    untilMs: context.now() + spansMs[span],
    person: person.id,
    name: knownName(context, person),
  };
  const reply = await recordAlertAction(at, async (transaction) => {
    const current = await transaction.findIncident(incident.id);
    if (!current) return { kind: 'unknown-alert' };
    await transaction.putMute(mute);
    return { kind: 'muted', incident: await transaction.saveIncident(current, context.now()), mute };
  });
  context.scheduleDelivery();
  return reply;
}

/** Lets failures of a kind be heard again. */
export async function unmuteIncident(at: AtAlert): Promise<AlertReply> {
  const { context, incident } = at;
  const reply = await recordAlertAction(at, async (transaction) => {
    const current = await transaction.findIncident(incident.id);
    if (!current) return { kind: 'unknown-alert' };
    await transaction.removeMute(incident.key);
    return { kind: 'unmuted', incident: await transaction.saveIncident(current, context.now()) };
  });
  context.scheduleDelivery();
  return reply;
}
