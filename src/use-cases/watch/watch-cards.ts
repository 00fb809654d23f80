import type { Approval } from '../../domain/approval.js';
import {
  type WhyWithoutCard,
  whysWithoutCard,
  whyUndecidable,
  whyUnshown,
} from '../../domain/without-card.js';
import type { Context } from '../context.js';

/** An open approval nobody can decide from a card, and why. */
export interface WithoutCard {
  readonly approval: Approval;
  readonly why: WhyWithoutCard;
}

/**
 * Lists every open approval that has no card people can decide from, each with the reason; those that need a
 * person most come first.
 *
 * A card somebody deleted counts as shown until it is next to be edited: only then does the chat tell.
 */
export async function watchCards(
  { store, policy, now }: Pick<Context, 'store' | 'policy' | 'now'>,
  open?: readonly Approval[],
): Promise<readonly WithoutCard[]> {
  const uncarded = await store.listUncarded();
  const hasDigests = uncarded.length > 0 && (await store.listLiveDigests()).length > 0;
  const unshown: WithoutCard[] = [];
  for (const { approval, copies } of uncarded) {
    const why = whyUnshown(copies, now());
    const isQueued = why.kind === 'turn' || why.kind === 'next';
    const isListed = hasDigests && isQueued && (await store.findDigestFor(approval.id)) !== undefined;
    unshown.push({ approval, why: isListed ? { kind: 'digest' } : why });
  }
  const ids = new Set(uncarded.map(({ approval }) => approval.id));
  const undecidable = (open ?? (await store.listOpenApprovals()))
    .filter(({ id }) => !ids.has(id))
    .flatMap((approval) => {
      const why = whyUndecidable(approval, policy);
      return why ? [{ approval, why }] : [];
    });
  return [...unshown, ...undecidable].sort((a, b) => urgency(a) - urgency(b));
}

function urgency({ why }: WithoutCard): number {
  return whysWithoutCard.indexOf(why.kind);
}
