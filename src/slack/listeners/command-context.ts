import type { webApi } from '@slack/bolt';
import type { ChangeRecord } from '../../domain/change.js';
import type { CommandLine, TypedValue } from '../../domain/commands.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import type { Reply, StartOption } from '../../domain/reply.js';
import type { Asker, CommandService } from '../../ports/chat.js';
import type { Log } from '../../ports/runtime.js';
import type { KeyValueStore } from '../../ports/store.js';
import { asError } from '../../shared/errors.js';
import { plainSection } from '../blocks/blocks.js';
import type { Rendered } from '../blocks/card.js';
import { plainReply, replyMessage } from '../blocks/reply.js';
import { type PrivateReply, replyPrivately } from '../deliver.js';
import type { RenderContext } from '../format.js';

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

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/**
 * Gives back what a person typed before Slack wrote mentions, channels and links its own way.
 *
 * `<@U0ADA|ada>` becomes `@ada`, `<#C0PKI|pki>` becomes `#pki`, and a link its label, which is what was typed.
 */
export function plainTyping(text: string): string {
  return text
    .replace(/<([@#]?)([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, sign: string, target: string, label?: string) =>
      label ? sign + label.replace(/^[@#]/, '') : sign + target,
    )
    .replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Puts the run that was chosen into a line; a line about no run becomes a look at the one chosen. */
export function withRun(line: CommandLine, ref: string): CommandLine {
  return isRunLine(line) ? { ...line, ref } : { verb: 'status', ref };
}

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

/** Answers commands, for one person's eyes. */
interface Replies {
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
interface ReplyHow {
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

/** Keeps answers about one change in order, so that news never makes way for what was true before. */
interface ChangeOrder {
  /** Tells once everything before has been told; true without telling it if something later has. */
  report(changeId: string, phase: ChangeRecord['phase'], say: () => Promise<boolean>): Promise<boolean>;
}

const ranks: Readonly<Record<ChangeRecord['phase'], number>> = {
  proposed: 0,
  confirmed: 1,
  sending: 1,
  following: 2,
  over: 3,
};

/** Creates an order that remembers the changes of the last half hour. */
function createChangeOrder(now: () => number): ChangeOrder {
  const furthest = createExpiringCache<number>({ now, most: 1_000, lifeMs: 30 * 60_000 });
  const tails = new Map<string, Promise<unknown>>();
  return {
    async report(changeId, phase, say) {
      const rank = ranks[phase];
      if (rank < (furthest.get(changeId) ?? 0)) return true;
      furthest.put(changeId, rank);
      const before = tails.get(changeId) ?? Promise.resolve();
      const reporting = before.then(say);
      const tail = reporting.catch(() => false);
      tails.set(changeId, tail);
      try {
        return await reporting;
      } finally {
        if (tails.get(changeId) === tail) tails.delete(changeId);
      }
    },
  };
}

/** Remembers a few things for a while; nothing in it may be needed to decide anything. */
interface ExpiringCache<T> {
  put(key: string, value: T): void;
  /** Absent once it is too old, or had to make room. */
  get(key: string): T | undefined;
  forget(key: string): void;
}

/** Creates a memory; the oldest entry makes room when there are too many. */
export function createExpiringCache<T>(options: {
  readonly now: () => number;
  readonly most: number;
  readonly lifeMs: number;
}): ExpiringCache<T> {
  const { now, most, lifeMs } = options;
  const entries = new Map<string, { readonly value: T; readonly bornMs: number }>();
  return {
    put(key, value) {
      entries.delete(key);
      const [oldest] = entries.keys();
      if (entries.size >= most && oldest !== undefined) entries.delete(oldest);
      entries.set(key, { value, bornMs: now() });
    },
    get(key) {
      const entry = entries.get(key);
      if (entry && now() - entry.bornMs <= lifeMs) return entry.value;
      entries.delete(key);
      return undefined;
    },
    forget: (key) => void entries.delete(key),
  };
}

/** A line that names no run, though its verb is about one. */
export type RunLine = Extract<
  CommandLine,
  {
    readonly verb:
      | 'status'
      | 'why'
      | 'history'
      | 'restart'
      | 'stop'
      | 'pause'
      | 'resume'
      | 'abort'
      | 'output'
      | 'variable'
      | 'alert';
  }
>;

/** What an open modal goes on with once it is submitted; the modal itself carries only an opaque id. */
export type Picker = { readonly kind: 'run'; readonly line: RunLine; readonly asker: Asker } | StartPicker;

/** The modal in which somebody chooses what to start, with what they typed before it opened. */
export interface StartPicker {
  readonly kind: 'start';
  readonly options: readonly StartOption[];
  readonly values: readonly TypedValue[];
  readonly asker: Asker;
}

/** Open modals, by the opaque id each of them carries. */
type PickerCache = SharedCache<Picker>;

/** Tells whether a line is about one run. */
export function isRunLine(line: CommandLine): line is RunLine {
  return [
    'status',
    'why',
    'history',
    'restart',
    'stop',
    'pause',
    'resume',
    'abort',
    'output',
    'variable',
    'alert',
  ].includes(line.verb);
}

/** Remembers a few things for a while, for every bot on the store; nothing in it may be needed to decide anything. */
interface SharedCache<T> {
  put(key: string, value: T): Promise<void>;
  /** Absent once it is too old. */
  get(key: string): Promise<T | undefined>;
}

/** Creates a memory of one kind of things. */
export function createSharedCache<T>(keyValueStore: KeyValueStore, kind: string): SharedCache<T> {
  const read = (text: string): T => JSON.parse(text);
  return {
    put: (key, value) => keyValueStore.keep(`${kind}:${key}`, JSON.stringify(value)),
    async get(key) {
      const text = await keyValueStore.kept(`${kind}:${key}`);
      return text === undefined ? undefined : read(text);
    },
  };
}
