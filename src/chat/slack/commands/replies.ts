import type { webApi } from '@slack/bolt';
import type { CommandLine } from '../../../domain/command-line.js';
import { isSamePerson, type PersonId } from '../../../domain/person.js';
import type { Reply } from '../../../domain/reply.js';
import type { Asker } from '../../../ports/command-desk.js';
import type { KeyValueStore } from '../../../ports/keeping.js';
import type { Log } from '../../../ports/log.js';
import { asError } from '../actions/take-click.js';
import { type PrivateReply, replyPrivately } from '../calls/reply-privately.js';
import type { RenderContext } from '../messages/wording.js';
import type { Rendered } from '../views/approval-card.js';
import { plainSection } from '../views/blocks.js';
import { plainReply, replyMessage } from '../views/replies/reply-message.js';
import { createChangeOrder } from './change-order.js';
import { createSharedCache } from './shared-memory.js';

/** Answers commands, for one person's eyes. */
export interface Replies {
  /**
   * Answers; false when no way was open. Never throws.
   *
   * `line` is what an ambiguous answer goes on with once something was chosen.
   */
  reply(asker: Asker, reply: Reply, how?: ReplyHow): Promise<boolean>;
  /** Says a sentence of our own. */
  say(asker: Asker, text: string, how?: { readonly replaces?: boolean }): Promise<boolean>;
  /** Says that a confirmed change is being worked on, unless more is known of it already. */
  working(asker: Asker, changeId: string, text: string): Promise<boolean>;
  /** Gives the line an ambiguous answer was about; absent for anybody else, and once it is too old. */
  chosenFor(choiceId: string, person: PersonId): Promise<CommandLine | undefined>;
}

/** How an answer is shown. */
export interface ReplyHow {
  /** Whether it takes the place of what was pressed. */
  readonly replaces?: boolean;
  readonly line?: CommandLine;
}

/** Creates the answering of commands. */
export function createReplies(options: {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly keyValueStore: KeyValueStore;
  readonly labelOf: RenderContext['labelOf'];
  readonly command: string;
  readonly now: () => number;
  readonly newId: () => string;
  readonly linkUrlOf?: NonNullable<RenderContext['linkUrlOf']>;
  readonly timeoutMs?: number;
}): Replies {
  const { client, log, labelOf, command, now, newId, timeoutMs = 5_000 } = options;
  const order = createChangeOrder(now);
  const choices = createSharedCache<{ readonly line: CommandLine; readonly person: PersonId }>(
    options.keyValueStore,
    'choice',
  );
  const send = (asker: Asker, reply: PrivateReply) =>
    replyPrivately({ client, log, timeoutMs }, asker, reply);
  const say = (asker: Asker, text: string, replaces: boolean) => {
    const rendered: Rendered = { text, blocks: [plainSection(text)] };
    return send(asker, { rendered, plain: rendered, replaces, mayFade: true });
  };
  const remember = async (line: CommandLine | undefined, { person }: Asker) => {
    if (!line) return {};
    const choiceId = newId();
    try {
      await choices.put(choiceId, { line, person });
    } catch (error) {
      log.warn(
        { err: asError(error) },
        'What a list is about could not be kept; a choice in it leads nowhere',
      );
    }
    return { choiceId };
  };
  return {
    async reply(asker, reply, { replaces = false, line } = {}) {
      const linking = options.linkUrlOf ? { linkUrlOf: options.linkUrlOf } : {};
      const text = {
        labelOf,
        command,
        ...linking,
        ...(reply.kind === 'ambiguous' ? await remember(line, asker) : {}),
      };
      const shown = { rendered: replyMessage(reply, text), plain: plainReply(reply, text) };
      if (reply.kind !== 'change') return send(asker, { ...shown, replaces, mayFade: true });
      // How a change ended must not get lost: when its own place is closed, a direct message tells it.
      const { id, phase } = reply.record;
      const mayFade = phase !== 'over';
      return order.report(id, phase, () => send(asker, { ...shown, replaces: true, mayFade }));
    },
    say: (asker, text, { replaces = false } = {}) => say(asker, text, replaces),
    working: (asker, changeId, text) => order.report(changeId, 'confirmed', () => say(asker, text, true)),
    async chosenFor(choiceId, person) {
      const choice = await choices.get(choiceId);
      return choice && isSamePerson(choice.person, person) ? choice.line : undefined;
    },
  };
}
