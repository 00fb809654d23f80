import type { webApi } from '@slack/bolt';
import type { CommandService } from '../../../ports/command-desk.js';
import type { Log } from '../../../ports/log.js';
import type { PickerCache } from './pickers/picker-memory.js';
import type { Replies } from './replies.js';

/** What every handler of a command, and of what is pressed under its answer, stands on. */
export interface CommandHandlerContext {
  readonly service: CommandService;
  readonly client: webApi.WebClient;
  readonly replies: Replies;
  readonly pickers: PickerCache;
  readonly log: Log;
  readonly newId: () => string;
  /** With its slash. */
  readonly command: string;
}
