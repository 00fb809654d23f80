import type { ChangeRecord } from '../../domain/change.js';
import type { CommandLine } from '../../domain/commands.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import type { Asker } from '../../ports/chat.js';
import type { Log } from '../../ports/runtime.js';
import type { KeyValueStore } from '../../ports/store.js';
import { asError, defined } from '../../shared/language.js';
import type { Reply } from '../../use-cases/commands/run-command.js';
import { plainReply, replyMessage } from '../blocks/reply.js';
import type { PrivateReplies, RefusedForms } from '../deliver.js';
import type { RenderContext } from '../format.js';

/** Answers commands, for one person's eyes. */
export interface CommandReplies {
  /**
   * Answers; false when no way was open. Never throws.
   *
   * `line` is what an ambiguous answer goes on with once something was chosen.
   */
  reply(
    asker: Asker,
    reply: Reply,
    /** `replaces`: whether it takes the place of what was pressed. */
    how?: { readonly replaces?: boolean; readonly line?: CommandLine },
  ): Promise<boolean>;
  /** Says that a confirmed change is being worked on, unless more is known of it already. */
  working(asker: Asker, changeId: string, text: string): Promise<boolean>;
  /** Gives the line an ambiguous answer was about; absent for anybody else, and once it is too old. */
  chosenFor(choiceId: string, person: PersonId): Promise<CommandLine | undefined>;
}

/** Creates the answering of commands. */
export function createCommandReplies(options: {
  readonly replies: PrivateReplies;
  readonly renderContext: RenderContext;
  readonly log: Log;
  readonly keyValueStore: KeyValueStore;
  readonly now: () => number;
  readonly newId: () => string;
  /** What this workspace was found to refuse. */
  readonly refused?: RefusedForms;
}): CommandReplies {
  const { replies, renderContext, log, now, newId, refused = { container: false, charts: false } } = options;
  const order = createChangeOrder(now);
  const choices = createSharedCache<{ readonly line: CommandLine; readonly person: PersonId }>(
    options.keyValueStore,
    'choice',
  );
  const remember = async (line: CommandLine, { person }: Asker): Promise<string> => {
    const choiceId = newId();
    try {
      await choices.put(choiceId, { line, person });
    } catch (error) {
      log.warn(
        { err: asError(error) },
        'The state of a list could not be stored; a choice in it leads nowhere',
      );
    }
    return choiceId;
  };
  return {
    async reply(asker, reply, { replaces = false, line } = {}) {
      const choiceId = reply.kind === 'ambiguous' && line ? await remember(line, asker) : undefined;
      const rendering = { ...renderContext, ...defined({ choiceId }) };
      if (reply.kind === 'report') {
        const form = (canChart: boolean) => replyMessage(reply, { ...rendering, canChart });
        const onPlain = () => {
          refused.charts = true;
        };
        return replies.show(asker, {
          rendered: form(!refused.charts),
          plain: form(false),
          replaces,
          onPlain,
        });
      }
      const shown = { rendered: replyMessage(reply, rendering), plain: plainReply(reply, rendering) };
      if (reply.kind !== 'change') return replies.show(asker, { ...shown, replaces });
      // How a change ended must not get lost: when its own place is closed, a direct message tells it.
      const { id, phase } = reply.record;
      const mustStay = phase === 'over';
      return order.report(id, phase, () => replies.show(asker, { ...shown, replaces: true, mustStay }));
    },
    working: (asker, changeId, text) =>
      order.report(changeId, 'confirmed', () => replies.say(asker, text, { replaces: true })),
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
  };
}

/** Remembers a few things for a while, for every bot on the store; nothing in it may be needed to decide anything. */
export interface SharedCache<T> {
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
