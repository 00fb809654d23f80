import { couldBeSameName, isSameName } from './backend-name.js';
import type { Instance } from './instance.js';
import { namedBy } from './named-by.js';
import { isSamePerson, type Person } from './person.js';
import { type ApproverRule, approverRuleFor, type Policy } from './rules.js';

/** Whether somebody may decide, and if not, why not. */
export type MayDecide =
  | { readonly kind: 'yes'; readonly rule: ApproverRule; readonly identities: readonly string[] }
  | { readonly kind: 'no-rule' }
  | { readonly kind: 'not-an-approver'; readonly rule: ApproverRule }
  | { readonly kind: 'not-a-member'; readonly standing: Person['standing'] }
  /** They, or somebody with their account, said that a decision of theirs was not theirs. */
  | { readonly kind: 'suspended' }
  /** Only a user group could name them, and the chat cannot say who is in it. */
  | { readonly kind: 'group-not-checked'; readonly rule: ApproverRule }
  /** The rule wants it decided in the system's own portal. */
  | { readonly kind: 'portal-only'; readonly rule: ApproverRule }
  | { readonly kind: 'own-request' }
  /** The same user name, and no domain that tells the two apart: it may be the same person. */
  | { readonly kind: 'maybe-own-request'; readonly requester: string }
  | { readonly kind: 'not-mapped' }
  | { readonly kind: 'requester-unknown' };

/**
 * Decides whether a person may decide about an instance.
 *
 * Refuses wherever a doubt is left: no rule, an empty rule, anybody but a full member, and, where own
 * requests are forbidden, anybody of whom it cannot be shown that they did not ask.
 */
export function mayDecide(person: Person, instance: Instance, policy: Policy): MayDecide {
  if (person.standing !== 'member') return { kind: 'not-a-member', standing: person.standing };
  if (person.isSuspended) return { kind: 'suspended' };
  const rule = approverRuleFor(instance, policy);
  if (!rule) return { kind: 'no-rule' };
  const named = namedBy(rule, person);
  if (named !== 'yes') return { kind: named === 'no' ? 'not-an-approver' : named, rule };
  if (rule.approveWith === 'portal-only') return { kind: 'portal-only', rule };
  const known = knownAs(person, instance.ref.system, policy);
  const { names: identities } = known;
  // What a workflow tells of by itself is answered in the name of whoever decides.
  if (instance.facts.isTold && identities.length === 0) return { kind: 'not-mapped' };
  const doubt = rule.ownRequest === 'forbidden' ? doubtAboutRequester(known, instance) : undefined;
  return doubt ?? { kind: 'yes', rule, identities };
}

/** Says why it cannot be shown that somebody did not ask: they did, or their names cannot be compared. */
function doubtAboutRequester(
  { names: identities, isGuessed }: KnownAs,
  { facts: { requesters } }: Instance,
): MayDecide | undefined {
  if (identities.length === 0) return { kind: 'not-mapped' };
  if (requesters.some((name) => identities.some((own) => isSameName(own, name))))
    return { kind: 'own-request' };
  const alike = requesters.find((name) => identities.some((own) => couldBeSameName(own, name)));
  if (alike !== undefined) return { kind: 'maybe-own-request', requester: alike };
  // What is only guessed can show that somebody asked, never that they did not: they may have another name.
  if (isGuessed) return { kind: 'not-mapped' };
  if (requesters.length === 0) return { kind: 'requester-unknown' };
  // An e-mail address says nothing about an account name: `rkim@example.com` may well be `EXAMPLE\rkim`.
  const isComparable = identities.some((own) => requesters.some((name) => isEmail(own) === isEmail(name)));
  return isComparable ? undefined : { kind: 'not-mapped' };
}

function isEmail(name: string): boolean {
  return name.includes('@');
}

/**
 * Lists the names a system knows a person by: the account they linked and the settings' map, else the confirmed
 * e-mail if that is allowed.
 */
export function identitiesOf(person: Person, system: string, policy: Policy): readonly string[] {
  return knownAs(person, system, policy).names;
}

interface KnownAs {
  readonly names: readonly string[];
  /** Whether nobody has said that the system calls them so; their e-mail address is all there is. */
  readonly isGuessed: boolean;
}

function knownAs(person: Person, system: string, policy: Policy): KnownAs {
  const linked = person.linkedAs?.[system];
  const mapped = policy.people.find((one) => isSamePerson(one.id, person.id));
  if (linked !== undefined) {
    const others = (mapped?.identities[system] ?? []).filter((name) => !isSameName(name, linked));
    return { names: [linked, ...others], isGuessed: false };
  }
  if (mapped) return { names: mapped.identities[system] ?? [], isGuessed: false };
  const guess = policy.emailMatching ? person.confirmedEmail : undefined;
  return { names: guess === undefined ? [] : [guess], isGuessed: true };
}
