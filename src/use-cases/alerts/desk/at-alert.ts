import type { AlertReply } from '../../../domain/alerts/alert-reply.js';
import type { Incident } from '../../../domain/alerts/incident.js';
import { mayRun } from '../../../domain/change.js';
import type { Person } from '../../../domain/person.js';
import type { Verb } from '../../../domain/verb.js';
import type { Asker } from '../../../ports/command-desk.js';
import { ChatError } from '../../../ports/errors.js';
import type { Context } from '../../context.js';
import { recordAlertAction } from '../../ledger/record-alert.js';
import { lookUpPerson } from '../../people/look-up-person.js';

/** A person at an alert, just looked up, who may do what they pressed for. */
export interface AtAlert {
  readonly context: Context;
  readonly incident: Incident;
  readonly person: Person;
  readonly verb: Verb;
  readonly asker: Asker;
}

/**
 * Does something for a person at an alert if the rules let them run the verb on its workflow.
 *
 * A refusal goes on record here; what is done records itself, with it. Whoever cannot be looked up is refused; a
 * defect of ours is answered with a reference.
 */
export async function atAlert(
  context: Context,
  clicked: { readonly incidentId: string; readonly verb: Verb; readonly asker: Asker },
  work: (at: AtAlert) => Promise<AlertReply>,
): Promise<AlertReply> {
  const { incidentId, verb, asker } = clicked;
  try {
    const incident = await context.store.findIncident(incidentId);
    const refuse = (reply: AlertReply) =>
      recordAlertAction({ context, incident, incidentId, verb, asker }, () => Promise.resolve(reply));
    if (!incident) return await refuse({ kind: 'unknown-alert' });
    const person = await check(context, asker);
    if (!person) return await refuse({ kind: 'person-not-checked' });
    const target = { system: incident.system, definition: incident.definition.name };
    const may = mayRun(person, verb, target, context.policy.operators);
    const reply: AlertReply =
      may.kind === 'yes'
        ? await work({ context, incident, person, verb, asker })
        : await refuse({ kind: 'not-allowed', verb, why: may });
    const { code } = incident;
    context.log.info(
      { incident: code, verb, person: asker.person.userId, answer: reply.kind },
      'A press on an alert was answered',
    );
    return reply;
  } catch (error) {
    const ref = context.newCode(6);
    const err = error instanceof Error ? error : new Error(String(error));
    context.log.error({ incident: incidentId, verb, ref, err }, 'A press on an alert broke');
    return { kind: 'broke', ref };
  }
}

/** Looks a person up; undefined when the chat could not be asked. */
async function check(context: Context, { person }: Asker): Promise<Person | undefined> {
  try {
    return await lookUpPerson(context, person);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ person: person.userId, err: error }, 'A person could not be checked at an alert');
    return undefined;
  }
}
