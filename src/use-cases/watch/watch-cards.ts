import type { Approval } from '../../domain/approval.js';
import { targetKey } from '../../domain/rules.js';
import {
  type MissingCardReason,
  missingCardReasons,
  whyUndecidable,
  whyUnshown,
} from '../../domain/without-card.js';
import type { UnshownCopy } from '../../ports/stock-memory.js';
import type { Context } from '../context.js';

/** An open approval nobody can decide from a card, and why. */
export interface WithoutCard {
  readonly approval: Approval;
  readonly why: MissingCardReason;
}

/**
 * Lists every open approval that has no card people can decide from, each with the reason; those that need a
 * person most come first.
 *
 * A card somebody deleted counts as shown until it is next to be edited: only then does the chat tell.
 */
export async function watchCards(context: Watching): Promise<readonly WithoutCard[]> {
  const found: WithoutCard[] = [];
  for await (const one of goThroughCards(context)) found.push(one);
  return found.sort((a, b) => urgency(a) - urgency(b));
}

/** Goes through the same, oldest first, without keeping them. */
export async function* goThroughCards({ store, policy, now }: Watching): AsyncGenerator<WithoutCard, void> {
  const copiesOf = new Map((await store.listMissingCards()).map((one) => [one.approvalId, one.copies]));
  const digests = copiesOf.size > 0 ? await store.listLiveDigests() : [];
  const places = new Set(digests.filter(({ isPosted }) => isPosted).map(({ target }) => targetKey(target)));
  for await (const approval of store.eachOpenApproval()) {
    const copies = copiesOf.get(approval.id);
    const why = copies ? whyMissing(copies, { places, nowMs: now() }) : whyUndecidable(approval, policy);
    if (why) yield { approval, why };
  }
}

type Watching = Pick<Context, 'store' | 'policy' | 'now'>;

/** What waits for its turn can be reached by the digest where it is to go. */
function whyMissing(
  copies: readonly UnshownCopy[],
  { places, nowMs }: { readonly places: ReadonlySet<string>; readonly nowMs: number },
): MissingCardReason {
  const why = whyUnshown(copies, nowMs);
  const isQueued = why.kind === 'turn' || why.kind === 'next';
  const isListed = copies.some(({ place, wasShown }) => !wasShown && places.has(place));
  return isQueued && isListed ? { kind: 'digest' } : why;
}

function urgency({ why }: WithoutCard): number {
  return missingCardReasons.indexOf(why.kind);
}
