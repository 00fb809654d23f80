import type { MessageRef } from '../../../domain/click.js';
import type { Delivery } from '../../../domain/delivery.js';
import { isSamePerson } from '../../../domain/person.js';
import type { Asker } from '../../../ports/command-desk.js';
import type { Transaction } from '../../../ports/store.js';

/** A message that shows an approval's card; its channel is named unless it is somebody's direct messages. */
export interface Copy {
  readonly message: MessageRef;
  readonly channel?: string;
}

/**
 * Finds the copy of a card that is nearest to whoever asks: where they are, else in their direct messages, else
 * in a channel. Absent while none was posted.
 *
 * What is decided from a list is decided at such a copy, so that it takes the very same way as on the card.
 */
export async function findCopy(
  { store }: { readonly store: Transaction },
  approvalId: string,
  asker: Asker,
): Promise<Copy | undefined> {
  const [nearest] = (await store.listCards(approvalId))
    .flatMap((card) => (card.message ? [{ card, message: card.message }] : []))
    .sort((a, b) => distanceTo(asker, a.card) - distanceTo(asker, b.card));
  if (!nearest) return digestOf(store, approvalId);
  const { card, message } = nearest;
  return { message, ...(card.target.kind === 'channel' ? { channel: card.target.channel } : {}) };
}

/** While many cards wait for their turn, the message that stands for them all has to do. */
async function digestOf(store: Transaction, approvalId: string): Promise<Copy | undefined> {
  const message = await store.findDigestFor(approvalId);
  return message && { message };
}

function distanceTo({ channel, person }: Asker, { target }: Delivery): number {
  if (target.kind === 'channel') return target.channel === channel ? 0 : 2;
  return isSamePerson(target.person, person) ? 1 : 3;
}
