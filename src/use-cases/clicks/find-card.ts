import type { MessageRef } from '../../domain/click.js';
import type { Delivery } from '../../domain/delivery.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';

/** What a message has to do with an approval. */
export type CardMatch = 'ours' | 'adoptable' | 'strange';

/**
 * Tells whether a message shows an approval, or is the digest that stands for its card until that is posted.
 *
 * `adoptable`: we do not know the message, but a post of this card whose outcome was never told may have made
 * it. A known message that shows something else, or one nobody posted, is `strange`.
 */
export async function matchCard(
  transaction: Transaction,
  approvalId: string,
  message: MessageRef,
): Promise<CardMatch> {
  const known = await transaction.findCardByMessage(message);
  if (known)
    return known.subject.kind === 'card' && known.subject.approvalId === approvalId ? 'ours' : 'strange';
  // A window opened from a list may be submitted after the card was posted at last.
  if (await transaction.isDigestFor(approvalId, message)) return 'ours';
  const copies = await transaction.listCards(approvalId);
  return copies.some((copy) => mayHaveMade(copy, message)) ? 'adoptable' : 'strange';
}

/**
 * Takes in a message a lost post has made, so that it is kept true like any other copy.
 *
 * Where that post would be tried again, the message takes its place: nothing is posted twice.
 */
export async function adoptCard(context: Context, approvalId: string, message: MessageRef): Promise<void> {
  const { store, log, now } = context;
  log.info({ channel: message.channel }, 'A card from a post that was thought lost was taken in');
  const copies = await store.listCards(approvalId);
  const missing = copies.find((copy) => copy.message === undefined && mayHaveMade(copy, message));
  if (missing) await store.markDelivered(missing.id, { message, version: 0 });
  else await store.adoptCard(approvalId, message, now());
}

/** A direct conversation has an id of its own, which is known only once a post there has succeeded. */
function mayHaveMade({ mayHavePosted, target }: Delivery, message: MessageRef): boolean {
  return mayHavePosted && (target.kind === 'person' || target.channel === message.channel);
}
