import type { ApprovalDesk } from '../../ports/approval-desk.js';
import type { CommandDesk } from '../../ports/command-desk.js';
import type { StoredClick } from '../../ports/store.js';
import type { Context } from '../context.js';

type Counting = Pick<Context, 'store' | 'chat' | 'metrics' | 'now' | 'log'>;

/** Gives the same desk, which also counts how long clicks take, and what people decide. */
export function countedApprovalDesk(desk: ApprovalDesk, counting: Counting): ApprovalDesk {
  return {
    ...desk,
    async work(clickId) {
      await desk.work(clickId);
      try {
        const click = await counting.store.findClick(clickId);
        if (click) await countClick(counting, click);
      } catch (error) {
        // The click is done; whoever made it must not be told that it broke.
        const err = error instanceof Error ? error : new Error(String(error));
        counting.log.warn({ click: clickId, err }, 'A click could not be counted');
      }
    },
  };
}

async function countClick(counting: Counting, { answer, ...click }: StoredClick): Promise<void> {
  if (!answer) return;
  const { store, chat, metrics, now } = counting;
  metrics.clickAnswered({ verb: click.verb, answer: answer.kind, tookMs: now() - click.atMs });
  const approval = answer.kind === 'decided' ? await store.findApproval(click.approvalId) : undefined;
  if (!approval) return;
  const postedAtMs = chat.postedAtMs(click.message);
  metrics.decided({
    system: approval.instance.ref.system,
    verdict: click.verb === 'deny' ? 'deny' : 'approve',
    ...(postedAtMs === undefined ? {} : { shownMs: click.atMs - postedAtMs }),
  });
}

/** Gives the same desk, which also counts how long commands take. */
export function countedCommandDesk(
  desk: CommandDesk,
  { metrics, now }: Pick<Counting, 'metrics' | 'now'>,
): CommandDesk {
  return {
    ...desk,
    async run(line, asker) {
      const startedAtMs = now();
      const reply = await desk.run(line, asker);
      metrics.commandAnswered({ verb: line.verb, answer: reply.kind, tookMs: now() - startedAtMs });
      return reply;
    },
  };
}
