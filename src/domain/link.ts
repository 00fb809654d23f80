import { couldBeSameName, isSameName } from './instance.js';
import { isSamePerson, type PersonId } from './person.js';
import type { Policy } from './policy.js';
import type { ClickVerb } from './voting.js';

/** A secret that only the bot's key opens, and the name of that key. */
export interface Locked {
  readonly keyId: string;
  readonly text: string;
}

/** A person's word that the bot may speak for them in a system. */
export interface Link {
  readonly id: string;
  readonly system: string;
  readonly person: PersonId;
  /** What the system calls the person. */
  readonly username: string;
  /** Names the person at the identity provider for ever. */
  readonly subject: string;
  /** What fresh rights to speak for them are had with. */
  readonly token: Locked;
  readonly linkedAtMs: number;
}

/** What somebody had pressed when it turned out that they must link first. */
export interface PendingClick {
  readonly approvalId: string;
  readonly revision: number;
  readonly verb: Extract<ClickVerb, 'approve' | 'deny'>;
  /** Which of the outputs the workflow offered, counted from 0. */
  readonly output?: number;
  readonly comment?: string;
}

/** An invitation of one person to link their account; good for one attempt. */
export interface LinkRequest {
  readonly id: string;
  readonly system: string;
  readonly person: PersonId;
  readonly pendingClick?: PendingClick;
  readonly expiresAtMs: number;
  /** Set once a browser went off to sign in. */
  readonly begun?: { readonly browser: string; readonly verifier: Locked };
}

/** So long an invitation to link is good. */
export const linkRequestMs = 10 * 60_000;

/** Names a link for the lock of its secret, so that the secret opens nobody else's. */
export function boundToLink({ system, person }: Pick<Link, 'system' | 'person'>): string {
  return `link\n${system}\n${person.teamId}\n${person.userId}`;
}

/** Names an invitation for the lock of its secret. */
export function boundToRequest({
  id,
  system,
  person,
}: Pick<LinkRequest, 'id' | 'system' | 'person'>): string {
  return `link-request\n${id}\n${system}\n${person.teamId}\n${person.userId}`;
}

/** Whether an account may be linked to a person, by what the settings say of both. */
type MayLink =
  | { readonly kind: 'yes' }
  /** The settings say that the person has another account there. */
  | { readonly kind: 'other-account'; readonly expected: readonly string[] }
  /** The settings say that the account is somebody else's. */
  | { readonly kind: 'other-person'; readonly name: string }
  /** The settings give somebody else a name that could be the account's. */
  | { readonly kind: 'maybe-other-person'; readonly name: string };

/** Decides whether an account may be linked to a person; the settings' map of people is the stronger word. */
export function mayLink(
  person: PersonId,
  account: { readonly system: string; readonly username: string },
  { people, domains }: Pick<Policy, 'people' | 'domains'>,
): MayLink {
  const { system, username } = account;
  const namesOf = (one: Policy['people'][number]) => one.identities[system] ?? [];
  // A name without a provider is the account's at whichever provider signs people in.
  const plain = username.replace(/^[^:\\@]+::/, '');
  const isNamed = (names: readonly string[]) =>
    names.some((name) => isSameName(name, username, domains) || isSameName(name, plain, domains));
  const own = people.filter(({ id }) => isSamePerson(id, person)).flatMap(namesOf);
  const others = people.filter(({ id }) => !isSamePerson(id, person));
  const other = others.find((one) => isNamed(namesOf(one)));
  if (other) return { kind: 'other-person', name: other.name };
  if (isNamed(own)) return { kind: 'yes' };
  if (own.length > 0) return { kind: 'other-account', expected: own };
  const alike = others.find((one) => namesOf(one).some((name) => couldBeSameName(name, username, domains)));
  return alike ? { kind: 'maybe-other-person', name: alike.name } : { kind: 'yes' };
}
