import type { CommandLine } from '../../../domain/command-line.js';
import { parseCommand } from '../../../domain/parse-command.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { Ack } from '../actions/acting.js';
import { replyToLine } from './answer-line.js';
import { readSlash, type SlashPayload } from './command-payloads.js';
import type { CommandHandlerContext } from './commanding.js';
import { openRunPicker } from './pickers/open-run-picker.js';
import { openStarter } from './pickers/open-starter.js';
import { isRunLine } from './pickers/picker-memory.js';
import { plainTyping } from './plain-typing.js';

/**
 * Handles a slash command.
 *
 * It is acknowledged at once, since nothing is decided by typing. What cannot be understood is answered from
 * the table of verbs alone; a run that was not named is asked for in a modal.
 */
export async function handleCommand(
  commandContext: CommandHandlerContext,
  body: unknown,
  ack: Ack,
): Promise<void> {
  await ack();
  const payload = readSlash(body);
  if (!payload) {
    commandContext.log.warn({}, 'Slack sent a command that cannot be read');
    return;
  }
  const parsed = parseCommand(typedText(payload.text));
  switch (parsed.kind) {
    case 'unknown-verb':
    case 'usage':
      await commandContext.replies.reply(payload.asker, parsed);
      return;
    case 'command':
      return followLine(commandContext, payload, parsed.line);
    default:
      return assertNever(parsed);
  }
}

/** Whose rights are restored is told by the id of a mention: a name can be anybody's. */
function typedText(text: string): string {
  const isAboutSomebody = /^\s*restore\b/i.test(text);
  return plainTyping(isAboutSomebody ? text.replace(/<@([A-Z0-9]+)(?:\|[^<>]*)?>/g, '@$1') : text);
}

async function followLine(
  commandContext: CommandHandlerContext,
  payload: SlashPayload,
  line: CommandLine,
): Promise<void> {
  const { asker } = payload;
  if (line.verb === 'help') {
    const { about } = line;
    await commandContext.replies.reply(asker, { kind: 'help', ...(about ? { about } : {}) });
    return;
  }
  if (isRunLine(line) && line.ref === undefined) return openRunPicker(commandContext, payload, line);
  if (line.verb === 'execute' && commandContext.service.isStartOpen(line, asker)) {
    return openStarter(commandContext, payload, line);
  }
  return replyToLine(commandContext, line, asker);
}
