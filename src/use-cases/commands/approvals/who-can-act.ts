import type { Approval } from '../../../domain/approval.js';
import { mayDecide } from '../../../domain/may-decide.js';
import { isSamePerson, type Person, type PersonId } from '../../../domain/person.js';
import { votesOn } from '../../../domain/quorum.js';
import { type ApproverRule, approverRuleFor } from '../../../domain/rules.js';
import { ChatError } from '../../../ports/errors.js';
import { mapAtMost } from '../../../shared/map-at-most.js';
import type { Context } from '../../context.js';
import { lookUpPerson, recallPerson } from '../../people/look-up-person.js';
import { namedPeople } from '../../people/named-people.js';

const lookUpsAtOnce = 5;
/** A rule may name a whole department; nobody reads that many names. */
const mostLookedUp = 30;

/**
 * Lists who may still decide an approval: those its rule names, who may, and have not voted.
 *
 * Absent where it takes no votes. Somebody the chat tells nothing of just now counts as last known; somebody it
 * never told of is left out.
 */
export async function whoCanAct(
  context: Context,
  approval: Approval,
): Promise<readonly PersonId[] | undefined> {
  const { store, policy } = context;
  if (approval.state.kind !== 'waiting') return undefined;
  const votes = votesOn(await store.listVotes(approval.id), approval.revision);
  const rule = approverRuleFor(approval.instance, policy);
  const named = rule ? await peopleOf(context, rule) : [];
  const left = named.filter((id) => !votes.some(({ person }) => isSamePerson(person, id)));
  const people = await mapAtMost(lookUpsAtOnce, left.slice(0, mostLookedUp), (id) => lookUp(context, id));
  return people
    .filter((person) => person !== undefined)
    .filter((person) => mayDecide(person, approval.instance, policy).kind === 'yes')
    .map(({ id }) => id);
}

/** Without the members of its groups, if the chat does not tell them now. */
async function peopleOf(context: Context, rule: ApproverRule): Promise<readonly PersonId[]> {
  try {
    return await namedPeople(context, rule);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ rule: rule.name, err: error }, 'A group could not be looked up for a status');
    return rule.people;
  }
}

/** As the chat last told of them, if it does not now. */
async function lookUp(context: Context, id: PersonId): Promise<Person | undefined> {
  try {
    return await lookUpPerson(context, id);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ person: id.userId, err: error }, 'An approver could not be looked up for a status');
    return recallPerson(context.store, id);
  }
}
