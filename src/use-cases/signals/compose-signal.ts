import { identitiesOf } from '../../domain/may-decide.js';
import { type Signal, signalComment } from '../../domain/signal.js';
import type { OutgoingSignal } from '../../ports/backend.js';
import type { Context } from '../context.js';
import type { Speaking } from '../links/speak-for.js';

/**
 * Writes what a system is told, with what shows that the bot speaks for a person.
 *
 * An output goes to its activity in the name of whoever had the last word, as the settings name them now.
 */
export async function composeSignal(
  { store, policy }: Context,
  { approvalId, decision, instance }: Signal,
  { as }: Speaking,
): Promise<OutgoingSignal> {
  const { verdict, output } = decision;
  const comment = signalComment(decision);
  if (output === undefined) return { verdict, comment, ...(as ? { as } : {}) };
  const activityId = (await store.findApproval(approvalId))?.told?.activityId;
  const last = decision.votes.at(-1);
  const person = last && (await store.recallPerson(last.person));
  const identity = person && identitiesOf(person, instance.system, policy)[0];
  return {
    verdict,
    comment,
    output,
    ...(activityId === undefined ? {} : { activityId }),
    ...(identity === undefined ? {} : { identity }),
  };
}
