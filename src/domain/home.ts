import type { Absence } from './absence.js';
import type { Approval } from './approval.js';
import type { Card } from './card.js';
import type { LedgerEntry } from './ledger.js';
import type { PersonId } from './person.js';
import type { MayDecide } from './policy.js';
import type { NotificationPreferences } from './preferences.js';
import type { Urgency } from './reminders.js';

/** One person's own page in the chat, in domain words; the chat decides how it looks. */
export interface HomePage {
  readonly person: PersonId;
  /** Set where they may decide nothing at all, whatever the rules say. */
  readonly barred?: Extract<MayDecide, { kind: 'not-a-member' | 'suspended' }>;
  readonly waiting: HomeList<WaitingRow> & {
    readonly page: number;
    readonly pages: number;
    /** How many more wait for others, since the person has voted. */
    readonly voted: number;
    /** Whether several on this page could be approved together. */
    readonly isBulkOffered?: true;
  };
  /** `cancelable`: ids of those the person may cancel. */
  readonly requested: HomeList<Approval> & { readonly cancelable: readonly string[] };
  readonly decided: readonly DecidedRow[];
  /** Set for approvers, and while somebody has left the person their place. */
  readonly away?: HomeAbsences;
  /** How the person wants their direct messages, and by which clock; absent where nobody is sent any. */
  readonly notifications?: {
    readonly preferences: Omit<NotificationPreferences, 'person'>;
    readonly timeZone?: string;
  };
  /** For operators. */
  readonly health?: HomeHealth;
}

/** Some rows of a list, and how many there are. */
interface HomeList<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** Something that waits for the person. */
export interface WaitingRow {
  readonly card: Card;
  readonly urgency: Urgency;
}

/** Something the person decided, and how it stands now. */
export interface DecidedRow {
  readonly approval: Approval;
  readonly entry: Pick<LedgerEntry, 'kind' | 'atMs' | 'note'>;
}

/** The person's own absences, and those in which others have left them their place. */
interface HomeAbsences {
  readonly own: readonly Absence[];
  readonly left: readonly Absence[];
  readonly isApprover: boolean;
}

/** How the bot and its systems stand, in five lines at most. */
export interface HomeHealth {
  readonly systems: readonly { readonly label: string; readonly silentSinceMs?: number }[];
  /** Messages that are wanted and not shown. */
  readonly pending: number;
  /** Open approvals of which no card is shown. */
  readonly withoutCard: number;
  readonly incidents: number;
  readonly lostPlaces: number;
}

/** An approval as it stands on a page. */
export interface ShownApproval {
  readonly approvalId: string;
  readonly revision: number;
}

/** A page as the chat last took it; what is clicked on any other decides nothing. */
export interface PublishedHome {
  readonly viewId: string;
  readonly hash: string;
  readonly shown: readonly ShownApproval[];
  /** Sums up what it shows. */
  readonly fingerprint: string;
}

/** What is kept of the Home of somebody who has opened it. */
export interface Home {
  readonly person: PersonId;
  /** Which page of what waits for them is shown, counted from 1. */
  readonly page: number;
  readonly published?: PublishedHome;
  /** When it was published last. */
  readonly publishedAtMs?: number;
}

/** Where somebody clicked, as the chat says. */
export interface ClickedView {
  readonly viewId: string;
  readonly hash: string;
}

/** Tells whether a click was made on the page that was last published, on something that stands there. */
export function isOnPage(
  { published }: Home,
  { viewId, hash }: ClickedView,
  { approvalId, revision }: ShownApproval,
): boolean {
  if (!published || published.viewId !== viewId || published.hash !== hash || hash === '') return false;
  return published.shown.some((one) => one.approvalId === approvalId && one.revision === revision);
}
