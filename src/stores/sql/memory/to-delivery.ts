import type { Selectable } from 'kysely';
import type { Delivery, DeliverySubject } from '../../../domain/delivery.js';
import { readBody } from '../stored-json.js';
import type { Tables } from '../tables.js';
import { countIn, isDigest } from './digest-memory.js';

/** Puts a delivery together from its row. */
export function toDelivery(row: Selectable<Tables['deliveries']>): Delivery {
  const { channel, ts, claim } = row;
  return {
    id: String(row.number),
    subject: toSubject(row),
    target: readBody({ table: 'deliveries', id: String(row.number), body: row.target_body }),
    ...(channel === null || ts === null ? {} : { message: { channel, ts } }),
    wantedVersion: row.wanted_version,
    shownVersion: row.shown_version,
    priority: row.priority,
    dueAtMs: row.due_at_ms,
    attempts: row.attempts,
    mayHavePosted: row.may_have_posted > 0,
    ...(claim === null ? {} : { claim }),
  };
}

function toSubject(row: Selectable<Tables['deliveries']>): DeliverySubject {
  if (row.approval_id !== null) return { kind: 'card', approvalId: row.approval_id };
  const id = String(row.number);
  if (isDigest(row.subject)) return { kind: 'digest', count: countIn(id, row.notice_body) };
  if (row.incident_id !== null) return toIncidentSubject(id, row.incident_id, row.notice_body);
  return {
    kind: 'notice',
    notice: readBody({ table: 'deliveries', id, body: row.notice_body ?? '' }),
  };
}

/** What is said in a thread carries its own words; the alert itself is made from the incident. */
function toIncidentSubject(id: string, incidentId: string, body: string | null): DeliverySubject {
  if (body === null) return { kind: 'alert', incidentId };
  return { kind: 'follow-up', incidentId, followUp: readBody({ table: 'deliveries', id, body }) };
}
