import type { Card } from '../../domain/card.js';
import { mayDecide } from '../../domain/may-decide.js';
import type { Reply } from '../../domain/reply.js';
import { showCard } from '../show-card.js';
import type { CommandWork } from './command-work.js';

/** Shows what waits for the asker's decision, the longest wait first. */
export async function showApprovals({ context, person }: CommandWork): Promise<Reply> {
  const cards: Card[] = [];
  for (const system of context.backends.keys()) {
    for (const approval of await context.store.listOpenApprovals(system)) {
      if (approval.state.kind !== 'waiting') continue;
      if (mayDecide(person, approval.instance, context.policy).kind !== 'yes') continue;
      cards.push(await showCard(context, approval));
    }
  }
  cards.sort((a, b) => a.approval.waitingSinceMs - b.approval.waitingSinceMs);
  return { kind: 'approvals', cards };
}
