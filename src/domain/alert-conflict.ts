import type { Approval } from './approval.js';
import type { Change } from './change.js';
import type { ChangeRecord } from './change-record.js';
import type { PersonId } from './person.js';
import { isSamePerson } from './person.js';

/** Writes the id of an activity in the one form in which it is stored: leading zeros name no other activity. */
export function activityIdOf(typed: string): string {
  return typed.trim().replace(/^0+(?=\d)/, '');
}

/**
 * Finds the open approval that a change would answer without those who may decide it.
 *
 * One whose activity is not known yet stands for every activity of its run. The activity counts whichever run the
 * command names, since systems go by the activity alone.
 */
export function approvalAnsweredBy(open: readonly Approval[], change: Change): Approval | undefined {
  if (change.kind !== 'alert') return undefined;
  const { system, id } = change.instance;
  const activityId = activityIdOf(change.activityId);
  const ours = open.filter(({ state, instance }) => state.kind !== 'ended' && instance.ref.system === system);
  return (
    ours.find(({ told: inbound }) => inbound?.activityId === activityId) ??
    ours.find(
      ({ told: inbound, instance }) =>
        inbound?.activityId === undefined && instance.ref.id.toLowerCase() === id.toLowerCase(),
    )
  );
}

/** Tells whether the request of a change has left, or may have, without the system having refused it. */
export function mayHaveArrived({ phase, outcome }: Pick<ChangeRecord, 'phase' | 'outcome'>): boolean {
  if (phase !== 'over') return phase === 'sending' || phase === 'following';
  return outcome?.kind === 'done' || outcome?.kind === 'unknown';
}

/** Lists the people whose commands may have answered an activity, each once. */
export function peopleWhoMayHaveAnswered(decidingActions: readonly ChangeRecord[]): readonly PersonId[] {
  const people = decidingActions.filter(mayHaveArrived).map(({ person }) => person);
  return people.filter((one, at) => people.findIndex((other) => isSamePerson(one, other)) === at);
}
