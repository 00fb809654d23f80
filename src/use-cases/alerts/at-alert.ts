import type { AlertReply } from '../../domain/alerts/alert-reply.js';
import type { Incident } from '../../domain/alerts/incident.js';
import { mayRun } from '../../domain/change.js';
import type { Person } from '../../domain/person.js';
import type { Verb } from '../../domain/verb.js';
import type { Asker } from '../../ports/command-desk.js';
import { ChatError } from '../../ports/errors.js';
import type { Context } from '../context.js';
import { answerOnRecord } from '../ledger/record-alert.js';
import { lookUpPerson } from '../look-up-person.js';

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
  pressed: { readonly incidentId: string; readonly verb: Verb; readonly asker: Asker },
  work: (at: AtAlert) => Promise<AlertReply>,
): Promise<AlertReply> {
  const { incidentId, verb, asker } = pressed;
  try {
    const incident = await context.store.findIncident(incidentId);
    if (!incident) return { kind: 'unknown-alert' };
    const person = await lookUpPerson(context, asker.person);
    const target = { system: incident.system, definition: incident.definition.name };
    const may = mayRun(person, verb, target, context.policy.operators);
    const reply: AlertReply =
      may.kind === 'yes'
        ? await work({ context, incident, person, verb, asker })
        : await answerOnRecord({ context, incident, verb, asker }, () =>
            Promise.resolve({ kind: 'not-allowed', verb, why: may }),
          );
    const { code } = incident;
    context.log.info(
      { incident: code, verb, person: asker.person.userId, answer: reply.kind },
      'A press on an alert was answered',
    );
    return reply;
  } catch (error) {
    if (error instanceof ChatError) return { kind: 'person-not-checked' };
    const ref = context.newCode(6);
    const err = error instanceof Error ? error : new Error(String(error));
    context.log.error({ incident: incidentId, verb, ref, err }, 'A press on an alert broke');
    return { kind: 'broke', ref };
  }
}
