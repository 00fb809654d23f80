import { peopleWhoMayHaveAnswered } from '../../domain/alert-conflict.js';
import type { Approval } from '../../domain/approval.js';
import { type Card, composeCard } from '../../domain/card.js';
import type { PersonId } from '../../domain/person.js';
import { votesOn } from '../../domain/quorum.js';
import { backendOf, type Context } from '../context.js';
import { findRoleGap } from '../people/find-role-gap.js';

/** Puts together the card of an approval from what is remembered now. */
export async function showCard(context: Context, approval: Approval): Promise<Card> {
  const votes = votesOn(await context.store.listVotes(approval.id), approval.revision);
  const link = backendOf(context, approval.instance.ref.system)?.linkTo(approval.instance);
  const gap = await findRoleGap(context, context.store, approval);
  const answeredBy = await answeredByOf(context, approval);
  return composeCard(approval, { votes, policy: context.policy, link, gap, answeredBy });
}

async function answeredByOf(
  { store }: Context,
  { instance, told: reported }: Approval,
): Promise<readonly PersonId[]> {
  if (reported?.activityId === undefined) return [];
  return peopleWhoMayHaveAnswered(await store.listAnswersTo(instance.ref.system, reported.activityId));
}
