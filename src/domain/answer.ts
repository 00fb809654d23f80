import type { Approval } from './approval.js';
import type { Verdict } from './decision.js';
import type { FactChange } from './decision-facts.js';
import type { MayDecide } from './may-decide.js';
import type { Missing } from './missing-in.js';

/** What became of a click, told privately to the person; the card tells the rest to everybody. */
export type ClickReply =
  | { readonly kind: 'refused'; readonly why: Exclude<MayDecide, { kind: 'yes' }> }
  /** The chat could not be asked about the person just now. */
  | { readonly kind: 'person-not-checked' }
  /** Before it could be worked on, its person clicked something else about the same approval. */
  | { readonly kind: 'replaced' }
  /** The chat could not be asked yet; the click is kept, and the chat is asked again for as long as a decision is worth sending. */
  | { readonly kind: 'checked-later' }
  /** The button stands on no message of ours, or its approval is not known. */
  | { readonly kind: 'unknown-card' }
  /** The approval's system was taken out of the settings. */
  | { readonly kind: 'no-system'; readonly system: string }
  /** The approval is over; the state says how. */
  | { readonly kind: 'over'; readonly approval: Approval }
  /** Somebody's decision is under way. */
  | { readonly kind: 'being-decided'; readonly approval: Approval }
  /** The bot's one account has already been counted; other identities must act in the portal. */
  | { readonly kind: 'account-counted'; readonly approval: Approval }
  /** Their system is told decisions by people themselves, and they have to link their account first. */
  | {
      readonly kind: 'link-needed';
      readonly system: string;
      readonly requestId: string;
      /** They had linked one, and that has ended. */
      readonly hasEnded: boolean;
    }
  /** The facts are not those the person saw. */
  | { readonly kind: 'facts-changed'; readonly approval: Approval; readonly changes: readonly FactChange[] }
  /** An approval from here would only be recorded as one of several. */
  | { readonly kind: 'beyond-one-account'; readonly approval: Approval }
  /** The rule wants more with a decision: a reason, or the code or the subject typed. */
  | { readonly kind: 'incomplete'; readonly missing: Missing }
  /** The press was taken when it could lead nowhere; now it could, but only through the modal. */
  | { readonly kind: 'press-again' }
  /** `output`, here and below: what was chosen, where the workflow offered outputs of its own. */
  | { readonly kind: 'already-voted'; readonly have: number; readonly of: number; readonly output?: string }
  | { readonly kind: 'same-identity'; readonly other: string; readonly output?: string }
  | { readonly kind: 'vote-counted'; readonly have: number; readonly of: number; readonly output?: string }
  | { readonly kind: 'vote-withdrawn'; readonly approval: Approval }
  | { readonly kind: 'nothing-to-withdraw' }
  | { readonly kind: 'taken-back'; readonly approval: Approval }
  | { readonly kind: 'not-yours-to-take-back'; readonly approval: Approval }
  | { readonly kind: 'too-late-to-take-back'; readonly approval: Approval }
  /** Found after a restart and too old to send. */
  | { readonly kind: 'too-old'; readonly verdict: Verdict; readonly output?: string }
  /** The decision was taken up; the card shows how far it came. */
  | { readonly kind: 'decided'; readonly approval: Approval }
  /** It could not be worked on just now, and not be given up either: it is taken up by itself. */
  | { readonly kind: 'kept'; readonly ref: string }
  /** A defect of ours; the reference is in the log. */
  | { readonly kind: 'broke'; readonly ref: string };
