import type { AlertReply } from '../../domain/alerts/alert-reply.js';
import type { Incident } from '../../domain/alerts/incident.js';
import type { PlainGroup } from '../../domain/ledger/canonical.js';
import type { Verb } from '../../domain/verb.js';
import type { Asker } from '../../ports/command-desk.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { record, recordedPerson } from './record.js';

/** A person's press on an alert; one that is not known any more has no incident. */
interface ClickedAlert {
  readonly context: Context;
  readonly incident: Incident | undefined;
  readonly incidentId?: string;
  readonly verb: Verb;
  readonly asker: Asker;
}

/** Does what was pressed for and records what came of it, in one transaction. */
export async function recordAlertAction(
  clicked: ClickedAlert,
  work: (transaction: Transaction) => Promise<AlertReply>,
): Promise<AlertReply> {
  const { context, incident, incidentId = incident?.id, verb, asker } = clicked;
  return context.store.inTransaction(async (transaction) => {
    const reply = await work(transaction);
    await record(context, transaction, {
      system: incident?.system ?? '',
      kind: 'alert-action',
      ...(incident ? { code: incident.code } : {}),
      person: recordedPerson(context, asker.person),
      answered: { kind: reply.kind, ...moreOf(reply) },
      note: { incident: incidentId, verb },
    });
    return reply;
  });
}

function moreOf(reply: AlertReply): PlainGroup {
  switch (reply.kind) {
    case 'muted':
      return { untilMs: reply.mute.untilMs };
    case 'proposal':
      return { way: reply.way, batch: reply.batchId, runs: reply.records.length };
    case 'not-allowed':
      return { reason: reply.why.kind };
    case 'broke':
      return { ref: reply.ref };
    default:
      return {};
  }
}
