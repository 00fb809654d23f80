import { defined } from '../shared/language.js';
import type { Approval, ApprovalState, InboundDetails, Output } from './approval.js';
import { type Instance, isSameName } from './instance.js';
import type { PersonId } from './person.js';
import { approverRuleFor, type Policy } from './policy.js';

/** What a step is answered with where nobody says otherwise. */
export const usualOutputs: readonly Output[] = [
  { name: 'Approved', verdict: 'approve' },
  { name: 'Rejected', verdict: 'deny' },
];

/** Which of a run's approvals a workflow speaks of. */
type InboundMatch =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly approval: Approval }
  | { readonly kind: 'several'; readonly approvals: readonly Approval[] };

/**
 * Finds the approval a workflow speaks of: by the activity, else by the sender's key, else the only one of the
 * run that waits without an activity. One that is called otherwise is another step, whatever waits.
 *
 * `known` are all approvals of the run, the latest first.
 */
export function matchInbound(
  known: readonly Approval[],
  request: {
    readonly step: string;
    readonly hasKey: boolean;
    readonly activityId: string | undefined;
    readonly activity: string | undefined;
  },
): InboundMatch {
  const { step, hasKey, activityId, activity } = request;
  const byActivity =
    activityId === undefined ? undefined : known.find(({ inbound }) => inbound?.activityId === activityId);
  const exact = byActivity ?? known.find((approval) => approval.step === step);
  if (exact) return { kind: 'one', approval: exact };
  if (hasKey || activityId === undefined) return { kind: 'none' };
  const waiting = known.filter(
    ({ state, inbound }) =>
      state.kind === 'waiting' &&
      inbound &&
      inbound.activityId === undefined &&
      (inbound.activity === undefined || activity === undefined || inbound.activity === activity),
  );
  const [only] = waiting;
  if (waiting.length > 1) return { kind: 'several', approvals: waiting };
  return only ? { kind: 'one', approval: only } : { kind: 'none' };
}

/** Tells whether a step has its answer, so that whoever comes to it again with another activity asks anew. */
export function isDecided({ kind }: ApprovalState): boolean {
  return kind === 'ended' || kind === 'not-moved' || kind === 'recorded';
}

/** Gives a run as told before, with what a workflow says differently now; what it leaves out stays as it was. */
export function withNews(before: Instance, request: Instance): Instance {
  const { facts } = request;
  return {
    ...before,
    title: facts.subject === undefined ? before.title : request.title,
    facts: {
      ...before.facts,
      ...facts,
      requesters: facts.requesters.length > 0 ? facts.requesters : before.facts.requesters,
      names: facts.names.length > 0 ? facts.names : before.facts.names,
      others: facts.others.length > 0 ? facts.others : before.facts.others,
    },
  };
}

/** Gives what is known of how to answer, with what a workflow says now; what it leaves out stays as it was. */
export function withDetails(before: InboundDetails, request: Partial<InboundDetails>): InboundDetails {
  const { activityId = before.activityId, activity = before.activity, suggested = [] } = request;
  return {
    ...defined({ activityId, activity }),
    outputs: request.outputs ?? before.outputs,
    suggested: suggested.length > 0 ? suggested : before.suggested,
  };
}

/** Lists the people a workflow would ask who also may decide by the rules; they get the card themselves. */
export function suggestedPeople(
  { instance, inbound }: Pick<Approval, 'instance' | 'inbound'>,
  policy: Policy,
): readonly PersonId[] {
  const allowed = approverRuleFor(instance, policy)?.people ?? [];
  return policy.people
    .filter(({ identities }) =>
      (identities[instance.ref.system] ?? []).some((name) =>
        inbound?.suggested.some((suggested) => isSameName(name, suggested, policy.domains)),
      ),
    )
    .map(({ id }) => id)
    .filter((id) => allowed.some((one) => one.teamId === id.teamId && one.userId === id.userId));
}
