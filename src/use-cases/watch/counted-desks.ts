import type { ApprovalService } from '../../ports/approval-desk.js';
import type { CommandService } from '../../ports/command-desk.js';
import { type Counting, countClick } from './count-click.js';

/** Gives the same desk, which also counts how long clicks take, and what people decide. */
export function countedApprovalService(service: ApprovalService, counting: Counting): ApprovalService {
  return {
    ...service,
    async work(clickId) {
      await service.work(clickId);
      await countClick(counting, clickId);
    },
  };
}

/** Gives the same desk, which also counts how long commands take. */
export function countedCommandService(
  service: CommandService,
  { metrics, now }: Pick<Counting, 'metrics' | 'now'>,
): CommandService {
  return {
    ...service,
    async run(line, asker) {
      const startedAtMs = now();
      const reply = await service.run(line, asker);
      metrics.commandReplied({ verb: line.verb, answer: reply.kind, tookMs: now() - startedAtMs });
      return reply;
    },
  };
}
