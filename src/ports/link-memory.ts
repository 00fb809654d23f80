import type { Link, LinkRequest, Locked } from '../domain/links/link.js';
import type { PersonId } from '../domain/person.js';

/** Accounts people linked, and invitations to link one. */
export interface LinkRepository {
  /**
   * Adds a link: one account of a system belongs to at most one person there, and one person has at most one.
   *
   * The same account of the same person is linked anew, and the link before is given back; no other is moved.
   */
  addLink(link: Link): Promise<AddLinkResult>;
  findLink(system: string, person: PersonId): Promise<Link | undefined>;
  listLinks(person: PersonId): Promise<readonly Link[]>;
  /** Replaces the secret of a link; false if the link is gone. */
  saveToken(linkId: string, token: Locked): Promise<boolean>;
  /** Ends a link; false if it was gone. */
  removeLink(linkId: string): Promise<boolean>;
  addLinkRequest(request: LinkRequest): Promise<void>;
  findLinkRequest(id: string): Promise<LinkRequest | undefined>;
  /** Notes which browser went off to sign in; false if the invitation is gone. */
  beginLinkRequest(id: string, begun: NonNullable<LinkRequest['begun']>): Promise<boolean>;
  /** Uses an invitation up; false if somebody else did. */
  takeLinkRequest(id: string): Promise<boolean>;
  /** Forgets invitations that ended before a time. */
  forgetLinkRequests(endedBeforeMs: number): Promise<void>;
}

/** What became of a link that was to be added. */
export type AddLinkResult =
  | { readonly kind: 'linked'; readonly replaced?: Link }
  /** The person has another account there. */
  | { readonly kind: 'person-linked'; readonly link: Link }
  /** The account is somebody else's. */
  | { readonly kind: 'account-linked'; readonly link: Link };
