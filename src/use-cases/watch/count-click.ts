import type { StoredClick } from '../../ports/store.js';
import type { Context } from '../context.js';

/** What it takes to count a click. */
export type Counting = Pick<Context, 'store' | 'chat' | 'metrics' | 'now' | 'log'>;

/** Counts a click that was worked on: how long it took, and what was decided; one that was not finished counts not. */
export async function countClick(counting: Counting, clickId: string): Promise<void> {
  try {
    const click = await counting.store.findClick(clickId);
    if (click) await count(counting, click);
  } catch (error) {
    // The click is done; whoever made it must not be told that it broke.
    const err = error instanceof Error ? error : new Error(String(error));
    counting.log.warn({ click: clickId, err }, 'A click could not be counted');
  }
}

async function count(counting: Counting, { answer: reply, ...click }: StoredClick): Promise<void> {
  if (!reply) return;
  const { store, chat, metrics, now } = counting;
  metrics.clickReplied({ verb: click.verb, answer: reply.kind, tookMs: now() - click.atMs });
  const approval = reply.kind === 'decided' ? await store.findApproval(click.approvalId) : undefined;
  if (!approval) return;
  const postedAtMs = chat.postedAtMs(click.message);
  metrics.decided({
    system: approval.instance.ref.system,
    verdict: click.verb === 'deny' ? 'deny' : 'approve',
    ...(postedAtMs === undefined ? {} : { shownMs: click.atMs - postedAtMs }),
  });
}
