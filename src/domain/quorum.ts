import { couldShareName } from './backend-name.js';
import type { Vote } from './decision.js';
import { isSamePerson } from './person.js';

/** What one more vote makes of the votes before it. */
export type VoteOutcome =
  | { readonly kind: 'counted'; readonly have: number; readonly of: number }
  | { readonly kind: 'fills'; readonly votes: readonly Vote[] }
  /** `output`: what the person chose then, which need not be what they choose now. */
  | { readonly kind: 'already-voted'; readonly have: number; readonly of: number; readonly output?: string }
  | { readonly kind: 'same-identity'; readonly other: Vote };

/**
 * Counts a vote among those given on the same revision of the facts.
 *
 * A denial decides at once. Approvals add up only for the same output of the workflow, and are distinct by chat
 * person and by backend identity, since one human with two chat accounts is still one human. Names that could be
 * one person's count as one.
 */
export function countVote(votes: readonly Vote[], vote: Vote, quorum: number): VoteOutcome {
  const before = votesOn(votes, vote.revision);
  if (vote.verdict === 'deny') return { kind: 'fills', votes: [vote] };
  const alike = before.filter((one) => one.output === vote.output);
  const own = before.find((one) => isSamePerson(one.person, vote.person));
  if (own) {
    // The rule may want fewer now than when the vote was given.
    if (own.output === vote.output && alike.length >= quorum) return { kind: 'fills', votes: alike };
    const have = before.filter((one) => one.output === own.output).length;
    return { kind: 'already-voted', have, of: quorum, ...outputOf(own) };
  }
  const twin = before.find((one) => couldShareName(one.identities, vote.identities));
  if (twin) return { kind: 'same-identity', other: twin };
  const all = [...alike, vote];
  return all.length >= quorum
    ? { kind: 'fills', votes: all }
    : { kind: 'counted', have: all.length, of: quorum };
}

function outputOf({ output }: Vote): Pick<Vote, 'output'> {
  return output === undefined ? {} : { output };
}

/**
 * Counts how many different people a list of votes surely stands for, by chat person and by backend identity.
 *
 * Votes that could be one person's make a group, as do groups that a vote ties together; so the order is no matter.
 */
export function countDistinct(votes: readonly Vote[]): number {
  let groups: readonly (readonly Vote[])[] = [];
  for (const vote of votes) {
    const isTied = (group: readonly Vote[]) => group.some((one) => couldBeOnePerson(one, vote));
    groups = [
      ...groups.filter((group) => !isTied(group)),
      [vote, ...groups.filter((group) => isTied(group)).flat()],
    ];
  }
  return groups.length;
}

function couldBeOnePerson(one: Vote, other: Vote): boolean {
  return isSamePerson(one.person, other.person) || couldShareName(one.identities, other.identities);
}

/** Keeps the approvals given on one revision of the facts. */
export function votesOn(votes: readonly Vote[], revision: number): readonly Vote[] {
  return votes.filter((vote) => vote.revision === revision && vote.verdict === 'approve');
}
