import type { MessageRef } from '../domain/click.js';
import type { Memory } from '../ports/store.js';

/** What a message has to do with an approval. */
export type CardMatch = 'ours' | 'adoptable' | 'strange';

/**
 * Tells whether a message shows an approval.
 *
 * `adoptable`: we do not know the message, but a post of this card whose outcome was never told may have made
 * it. A known message that shows something else, or one nobody posted, is `strange`.
 */
export async function matchCard(memory: Memory, approvalId: string, message: MessageRef): Promise<CardMatch> {
  const known = await memory.findCardByMessage(message);
  if (known)
    return known.subject.kind === 'card' && known.subject.approvalId === approvalId ? 'ours' : 'strange';
  const copies = await memory.listCards(approvalId);
  return copies.some(({ mayHavePosted }) => mayHavePosted) ? 'adoptable' : 'strange';
}
