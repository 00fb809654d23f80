import type { CommandLine } from '../../../domain/command-line.js';
import type { Reply } from '../../../domain/reply.js';
import type { Asker } from '../../../ports/command-desk.js';
import { asError } from '../actions/take-click.js';
import type { CommandHandlerContext } from './commanding.js';

/** Runs a line and answers it; what breaks is logged under a reference the person is given. */
export async function replyToLine(
  commandContext: CommandHandlerContext,
  line: CommandLine,
  asker: Asker,
  how: { readonly replaces?: 'always' | 'by-a-list' } = {},
): Promise<void> {
  const reply = await runSafely(commandContext, line, asker);
  const isList = ['list', 'approvals', 'history'].includes(reply.kind);
  const replaces = how.replaces === 'always' || (how.replaces === 'by-a-list' && isList);
  await commandContext.replies.reply(asker, reply, { replaces, line });
}

async function runSafely(
  { service, log, newId }: CommandHandlerContext,
  line: CommandLine,
  asker: Asker,
): Promise<Reply> {
  try {
    return await service.run(line, asker);
  } catch (error) {
    const ref = newId();
    log.error({ ref, verb: line.verb, err: asError(error) }, 'A command broke');
    return { kind: 'broke', ref };
  }
}
