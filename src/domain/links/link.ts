import type { ClickVerb } from '../click.js';
import type { PersonId } from '../person.js';

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
  readonly press?: PendingClick;
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
