import type { Person } from '../domain/person.js';

/** Where browsers come to link an account. */
export interface LinkService {
  /** Says whose account is about to be linked to what; nothing is used up. */
  preview(state: string): Promise<LinkPreview>;
  /** Sends a browser off to sign in; `browser` is a secret that only this browser has. */
  begin(state: string, browser: string): Promise<LinkBeginning>;
  /** Takes a browser back, with the query it brought. */
  finish(returned: {
    readonly state: string;
    readonly browser: string | undefined;
    readonly query: ReadonlyMap<string, string>;
  }): Promise<LinkEnding>;
}

/** Who is about to be linked to what, as people know both. */
export interface LinkParties {
  readonly person: Pick<Person, 'id' | 'name'>;
  readonly system: string;
  readonly label: string;
}

/** Why an invitation leads nowhere: over, used, or never given out. */
export type NoInvitation = { readonly kind: 'no-invitation' };

/** What an address to link at stands for. */
export type LinkPreview = ({ readonly kind: 'invited' } & LinkParties) | NoInvitation;

/** Where to send a browser that said yes. */
export type LinkBeginning = { readonly kind: 'sign-in'; readonly url: string } | NoInvitation | Away;

/** The identity provider did not answer. */
export interface Away {
  readonly kind: 'away';
  readonly label: string;
}

/** What came of linking. */
export type LinkEnding =
  | ({ readonly kind: 'linked'; readonly username: string; readonly hasPendingClick: boolean } & LinkParties)
  | NoInvitation
  | Away
  /** Another browser began this. */
  | { readonly kind: 'other-browser' }
  | { readonly kind: 'cancelled' }
  /** What the browser brought was used before or is too old. */
  | { readonly kind: 'expired' }
  /** The person has linked another account there. */
  | ({ readonly kind: 'person-linked'; readonly username: string; readonly linked: string } & LinkParties)
  /** The account is linked to another person. */
  | ({ readonly kind: 'account-linked'; readonly username: string } & LinkParties)
  /** The settings say that the person has another account. */
  | ({ readonly kind: 'other-account'; readonly username: string } & LinkParties)
  /** The settings say that the account is another person's. */
  | ({ readonly kind: 'other-person'; readonly username: string } & LinkParties)
  /** The settings give another person a name that could be the account's. */
  | ({ readonly kind: 'maybe-other-person'; readonly username: string } & LinkParties);
