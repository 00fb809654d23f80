import type { Approval } from './approval.js';
import { cardActions, hasLiveButtons } from './card.js';
import { namesNobody } from './named-by.js';
import { approverRuleFor, type Policy } from './rules.js';

/** How it stands with one copy of a card that is not shown. */
export interface UnshownCard {
  /** Whether it is still to be posted. */
  readonly isWanted: boolean;
  readonly dueAtMs: number;
  /** How often it was tried. */
  readonly attempts: number;
  /** A post whose outcome was never told may have made a message all the same. */
  readonly mayHavePosted: boolean;
  /** The word for what went wrong last. */
  readonly error?: string;
}

/** Why nobody can decide an open approval from a card. */
export type MissingCardReason =
  /** Next in the outbox. */
  | { readonly kind: 'next' }
  /** Its channel is busy, and the digest there lists it until its card has a turn. */
  | { readonly kind: 'digest' }
  /** Its channel is busy; it has a turn then. */
  | { readonly kind: 'turn'; readonly dueAtMs: number }
  /** It could not be posted and is tried again then; `mayHavePosted` if a message may be there unknown. */
  | {
      readonly kind: 'retried';
      readonly dueAtMs: number;
      readonly error: string;
      readonly mayHavePosted: boolean;
    }
  /** It can never be posted where it was to go. */
  | { readonly kind: 'given-up'; readonly error: string }
  /** No place was ever chosen for it. */
  | { readonly kind: 'nowhere' }
  /** It has a card, but no rule names anybody who may decide. */
  | { readonly kind: 'nobody-may' }
  /** It has a card that leads to the system, which alone can take the answer. */
  | { readonly kind: 'link-only' };

/** Every reason, in the order of what needs a person most. */
export const missingCardReasons = [
  'nowhere',
  'given-up',
  'retried',
  'nobody-may',
  'link-only',
  'digest',
  'turn',
  'next',
] as const satisfies readonly MissingCardReason['kind'][];

/** Says why none of the copies of a card is shown; the copy that is nearest to be shown speaks for all. */
export function whyUnshown(copies: readonly UnshownCard[], nowMs: number): MissingCardReason {
  const [nearest] = copies
    .filter(({ isWanted }) => isWanted)
    .sort((a, b) => a.dueAtMs - b.dueAtMs || a.attempts - b.attempts);
  if (!nearest) {
    const [first] = copies;
    return first ? { kind: 'given-up', error: first.error ?? 'unknown' } : { kind: 'nowhere' };
  }
  const { attempts, dueAtMs, mayHavePosted, error } = nearest;
  if (attempts > 0 || mayHavePosted)
    return { kind: 'retried', dueAtMs, mayHavePosted, error: error ?? 'unknown' };
  return dueAtMs > nowMs && error !== undefined ? { kind: 'turn', dueAtMs } : { kind: 'next' };
}

/** Says why the card of an open approval decides nothing; undefined where people can decide or have decided. */
export function whyUndecidable(approval: Approval, policy: Policy): MissingCardReason | undefined {
  if (approval.state.kind !== 'waiting') return undefined;
  const rule = approverRuleFor(approval.instance, policy);
  if (hasLiveButtons(cardActions(approval, rule, []))) return undefined;
  return rule && !namesNobody(rule) ? { kind: 'link-only' } : { kind: 'nobody-may' };
}
