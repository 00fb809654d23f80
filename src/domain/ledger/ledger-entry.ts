import type { PlainGroup } from './canonical.js';

/** What a record of the ledger is about. */
export type LedgerKind =
  /** A vote that waits for others. */
  | 'vote'
  /** A vote that filled the quorum. */
  | 'decision'
  /** A click that decided nothing. */
  | 'refusal'
  | 'withdrawal'
  | 'taken-back'
  /** A decision left for its system. */
  | 'signal'
  /** What is known of a decision that left, or of why it did not leave. */
  | 'signal-answer'
  /** A waiting step is over. */
  | 'ending'
  | 'command'
  | 'change'
  | 'change-outcome'
  /** A workflow asked for people. */
  | 'told'
  | 'alert-action'
  | 'settings'
  /** From here on a chain is sealed with another key; holds the head that is taken over. */
  | 'key'
  | 'rights'
  | 'link';

/** One thing that happened, as it is kept for good; holds no secret and no value of a variable. */
export type LedgerEntry = {
  /** Which chain it belongs to; the bot's own, where it is about no system, is called ''. */
  readonly system: string;
  readonly kind: LedgerKind;
  readonly atMs: number;
  readonly person?: {
    readonly teamId: string;
    readonly userId: string;
    readonly name?: string;
  };
  /** Names the system knows the person by. */
  readonly identities?: readonly string[];
  /** Id of the run in its system. */
  readonly instance?: string;
  /** Short code of the approval or run. */
  readonly code?: string;
  /** What the person saw: revision of the facts, and the hash of those, where they are still known. */
  readonly shown?: { readonly revision: number; readonly facts?: string };
  readonly sent?: PlainGroup;
  readonly answered?: PlainGroup;
  readonly messages?: readonly { readonly channel: string; readonly ts: string }[];
  readonly note?: PlainGroup;
};
