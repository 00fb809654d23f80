import type { ApprovalDesk } from '../../ports/approval-desk.js';
import type { CommandDesk } from '../../ports/command-desk.js';
import { type Counting, countClick } from './count-click.js';

/** Gives the same desk, which also counts how long clicks take, and what people decide. */
export function countedApprovalDesk(desk: ApprovalDesk, counting: Counting): ApprovalDesk {
  return {
    ...desk,
    async work(clickId) {
      await desk.work(clickId);
      await countClick(counting, clickId);
    },
  };
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
