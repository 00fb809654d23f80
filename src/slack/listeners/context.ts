import type { App, webApi } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { ChangeRecord } from '../../domain/change.js';
import type { CommandLine } from '../../domain/commands.js';
import { isSamePerson, type PersonId, personKey } from '../../domain/person.js';
import type { Asker } from '../../ports/chat.js';
import type { ArrivalKind, Log, Metrics } from '../../ports/runtime.js';
import { type KeyValueStore, OutcomeUnknown } from '../../ports/store.js';
import { createSlots, type TakeSlot } from '../../shared/async.js';
import { asError, defined } from '../../shared/language.js';
import { traceId } from '../../shared/trace.js';
import type { Reply } from '../../use-cases/commands/run-command.js';
import { RulesChanged } from '../../use-cases/rules.js';
import { messageModal } from '../blocks/home.js';
import { plainReply, replyMessage } from '../blocks/reply.js';
import { blockProblems, chatError, isTriggerGone, slackWord } from '../client.js';
import type { PrivateReplies, RefusedForms } from '../deliver.js';
import type { RenderContext } from '../format.js';
import { type ActionKind, type ActionName, actionPattern, readActionId, type Surface } from '../ids.js';
import { type ActionPayload, readAction, readWayBack, type Workspace } from '../payloads.js';
import { brokeText, messages } from '../text/answer.js';
import type { UseCases } from '../use-cases.js';

/** What every listener stands on. */
export interface ListenerContext {
  readonly useCases: UseCases;
  readonly slots: ClickSlots;
  readonly client: webApi.WebClient;
  readonly replies: PrivateReplies;
  readonly commandReplies: CommandReplies;
  readonly renderContext: RenderContext;
  readonly us: SlackIdentity;
  /** The slash command, with its slash. */
  readonly command: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
}

/**
 * How much of one person's is in hand at once: a flood of one is behind everybody else's clicks.
 *
 * Up to its acknowledgement a click is alone, since that is short; work on it may wait for a system.
 */
interface ClickSlots {
  readonly taking: TakeSlot;
  readonly working: TakeSlot;
}

/** Creates the slots of all people. */
export function createClickSlots(): ClickSlots {
  return { taking: createSlots(1), working: createSlots(10) };
}

/** Works on what was taken of somebody, once one of their slots is free. */
export async function workInSlot(
  { slots }: ListenerContext,
  person: PersonId,
  work: () => Promise<void>,
): Promise<void> {
  const free = await slots.working(personKey(person));
  try {
    await work();
  } finally {
    free();
  }
}

/** Who the bot is in Slack. */
export interface SlackIdentity extends Workspace {
  readonly botUserId: string;
  readonly botId: string;
}

/** Where listeners are registered. */
export type Listening = Pick<App, 'action' | 'view' | 'command' | 'event'>;

/** Acknowledges a press. */
export type Ack = () => Promise<void>;

/** A press that was read, of some kinds. */
export type ReceivedAction<K> = ActionPayload & ActionName<K>;

/**
 * Has presses of some kinds handled; one that cannot be read is acknowledged, and answered through whatever way it
 * offers.
 */
export function onAction<S extends Surface, K extends ActionKind<S>>(
  app: Listening,
  context: ListenerContext,
  {
    on,
    kinds,
    unread = messages.unread,
    handle,
  }: {
    readonly on: S;
    readonly kinds: readonly K[];
    /** What is said when a press cannot be read. */
    readonly unread?: string;
    readonly handle: (received: ReceivedAction<K>, ack: Ack) => Promise<void>;
  },
): void {
  app.action(actionPattern(on, kinds), async ({ body, ack: acknowledge }) => {
    const acked = arrived(context, 'press');
    const ack = () => acked(acknowledge());
    const payload = readAction(body, context.us);
    const name = payload && readActionId(on, kinds, payload.actionId);
    if (payload && name) {
      const free = await context.slots.taking(personKey(payload.asker.person));
      try {
        return await handle({ ...payload, ...name }, () => ack().finally(free));
      } finally {
        free();
      }
    }
    context.log.warn({}, 'A click was not in the format Slack documents; nothing was done');
    await ack();
    await replyUnread(context, body, unread);
  });
}

/** Tells whoever sent something that cannot be read that it was not, if there is any way to them. */
export async function replyUnread(
  { client, log, replies, us }: ListenerContext,
  body: unknown,
  text: string,
): Promise<void> {
  const asker = readWayBack(body, us);
  if (!asker || (await replies.say(asker, text))) return;
  const { userId } = asker.person;
  try {
    if (userId !== '') await client.chat.postMessage({ channel: userId, text });
  } catch (error) {
    log.warn({ code: chatError(error, 'post').code }, 'The reply that nothing was done could not be sent');
  }
}

/** Tells somebody something on the spot: privately where they clicked, and in a window where that is no message. */
export async function sayTo(context: ListenerContext, payload: ActionPayload, text: string): Promise<void> {
  if (await context.replies.say(payload.asker, text)) return;
  if (payload.view) await openView(context, payload, { view: messageModal(text), texts: messages });
}

/** What is wrong with a submission, by the block it is shown under; nothing closes the modal. */
export type Complaints = Readonly<Record<string, string>>;

/** Acknowledges a submission: the modal closes, or stays with complaints and with what was typed. */
export type AckSubmission = (complaints?: Complaints) => Promise<void>;

/** Has submitted modals of some name handled. */
export function onSubmission(
  app: Listening,
  context: ListenerContext,
  {
    callback,
    handle,
  }: {
    readonly callback: string | RegExp;
    readonly handle: (body: unknown, ack: AckSubmission) => Promise<void>;
  },
): void {
  app.view(callback, ({ body, ack }) => {
    const acked = arrived(context, 'submission');
    return handle(body, (errors) => acked(errors ? ack({ response_action: 'errors', errors }) : ack()));
  });
}

/** Notes when something arrived; the returned function counts how long its acknowledgement took. */
export function arrived(
  { metrics, now }: ListenerContext,
  kind: ArrivalKind,
): (acknowledged: Promise<void>) => Promise<void> {
  const atMs = now();
  return async (acknowledged) => {
    await acknowledged;
    metrics.acknowledged({ kind, tookMs: now() - atMs });
  };
}

/** What is written down before it is acknowledged. */
interface Decisive<T> {
  /** What the log names it by. */
  readonly about: Readonly<Record<string, string>>;
  readonly write: () => Promise<T>;
  readonly ack: Ack;
}

/**
 * Writes something down, then acknowledges it; undefined, and not acknowledged, when it could not be written,
 * `unconfirmed` when nobody knows whether it was.
 *
 * In this order, so that whatever Slack was told is taken survives a crash. A lost acknowledgement does not undo
 * what was written: the person sees a warning, and then the answer.
 */
export async function writtenThenAcked<T>(
  { log }: ListenerContext,
  { about, write, ack }: Decisive<T>,
): Promise<T | 'unconfirmed' | undefined> {
  let written: T;
  try {
    written = await write();
  } catch (error) {
    const isUnknown = error instanceof OutcomeUnknown;
    const sentence = isUnknown
      ? 'Whether a decision was stored is not known; if it was, it is taken up'
      : 'A decision could not be stored';
    log.error({ err: asError(error), ...about }, sentence);
    return isUnknown ? 'unconfirmed' : undefined;
  }
  try {
    await ack();
  } catch (error) {
    log.warn({ err: asError(error), ...about }, 'A stored decision could not be acknowledged to Slack');
  }
  return written;
}

/** Bolt hands on what a listener throws inside an error of its own. */
function isRulesChanged(error: unknown): boolean {
  const { original } = (error ?? {}) as { readonly original?: unknown };
  return error instanceof RulesChanged || original instanceof RulesChanged;
}

/** Logs what broke under a reference, and gives the sentence that tells a person of it. */
export function broke(
  { log, newId, renderContext }: ListenerContext,
  {
    error,
    sentence,
    about = {},
  }: {
    readonly error: unknown;
    readonly sentence: string;
    readonly about?: Readonly<Record<string, string>>;
  },
): string {
  // Nothing broke: a click is kept, and anything else was not begun.
  if (isRulesChanged(error)) {
    log.info(about, 'Something from Slack arrived while settings were reloaded');
    return messages.rulesChanging;
  }
  const ref = traceId() ?? newId();
  log.error({ ref, ...about, err: asError(error) }, sentence);
  return brokeText(ref, renderContext);
}

/** What is said when a modal does not open. */
interface OpenTexts {
  readonly tooSlow: string;
  readonly windowRefused: string;
}

/**
 * Opens a modal and gives its id; absent when Slack did not, which the person is told.
 *
 * A trigger is good for one view and three seconds, so nothing may come before this call.
 */
export async function openView(
  context: ListenerContext,
  { asker, triggerId }: { readonly asker: Asker; readonly triggerId: string },
  { view, texts }: { readonly view: ModalView; readonly texts: OpenTexts },
): Promise<string | undefined> {
  try {
    const opened = await context.client.views.open({ trigger_id: triggerId, view });
    return opened.view?.id;
  } catch (error) {
    await context.replies.say(asker, whyNotOpen(context, error, { triggerId, texts }));
    return undefined;
  }
}

function whyNotOpen(
  context: ListenerContext,
  error: unknown,
  { triggerId, texts }: { readonly triggerId: string; readonly texts: OpenTexts },
): string {
  if (isTriggerGone(error)) return texts.tooSlow;
  const { code } = chatError(error, 'read');
  if (code !== 'refused' || !triggerId) {
    context.log.warn({ code, word: slackWord(error) }, 'Slack did not open a modal');
    return texts.windowRefused;
  }
  const ref = traceId() ?? context.newId();
  const problems = blockProblems(error);
  context.log.error({ ref, word: slackWord(error), problems }, 'Slack rejected a modal');
  return brokeText(ref, context.renderContext);
}

/** Opens a modal above the one that was clicked in, and gives its id. One that was closed meanwhile is no loss. */
export async function pushView(
  { client, log }: ListenerContext,
  { triggerId }: { readonly triggerId: string },
  view: ModalView,
): Promise<string | undefined> {
  try {
    return (await client.views.push({ trigger_id: triggerId, view })).view?.id;
  } catch (error) {
    const word = slackWord(error);
    log.warn({ word, problems: blockProblems(error), err: asError(error) }, 'Slack did not open a modal');
    return undefined;
  }
}

/** Fills a modal that is open. One that was closed meanwhile is no loss. */
export async function fillView(
  { client, log }: ListenerContext,
  viewId: string,
  view: ModalView,
): Promise<void> {
  try {
    await client.views.update({ view_id: viewId, view });
  } catch (error) {
    const word = slackWord(error);
    if (word === 'not_found') return;
    log.warn({ word, problems: blockProblems(error), err: asError(error) }, 'Slack did not fill a modal');
  }
}

/** Runs a line and answers it; what breaks is logged under a reference the person is given. */
export async function replyToLine(
  context: ListenerContext,
  line: CommandLine,
  asker: Asker,
  how: { readonly replaces?: 'always' | 'by-a-list' } = {},
): Promise<void> {
  const reply = await runSafely(context, line, asker);
  const isList = ['list', 'approvals', 'history'].includes(reply.kind);
  const replaces = how.replaces === 'always' || (how.replaces === 'by-a-list' && isList);
  await context.commandReplies.reply(asker, reply, { replaces, line });
}

/** Runs a line; what breaks is logged under the reference of the answer. */
export async function runSafely(
  { useCases, log, newId }: ListenerContext,
  line: CommandLine,
  asker: Asker,
): Promise<Reply> {
  try {
    return await useCases.commands.run(line, asker);
  } catch (error) {
    const ref = traceId() ?? newId();
    log.error({ ref, verb: line.verb, err: asError(error) }, 'A command failed');
    return { kind: 'broke', ref };
  }
}

/** A change or several that were proposed to one person, and what becomes of them. */
interface Proposed {
  /** What the log names it by. */
  readonly about: Readonly<Record<string, string>>;
  readonly texts: { readonly notConfirmed: string; readonly oldProposal: string };
  readonly confirm: () => Promise<'confirmed' | 'repeated' | 'unknown'>;
  /** Says that it is under way. */
  readonly working: () => Promise<unknown>;
  readonly carryOut: () => Promise<void>;
  /** Says how what was confirmed before stands. */
  readonly repeated: () => Promise<unknown>;
}

/**
 * Confirms a proposal: it is written down, then acknowledged, then carried out.
 *
 * What was confirmed before is not done again; its person is told how it stands. The question makes way for the
 * answer, so that it cannot be pressed any more.
 */
export async function confirmProposal(
  context: ListenerContext,
  { asker, ack, proposed }: { readonly asker: Asker; readonly ack: Ack; readonly proposed: Proposed },
): Promise<void> {
  const { replies } = context;
  const { about, texts, confirm: write } = proposed;
  const outcome = await writtenThenAcked(context, { about, write, ack });
  switch (outcome) {
    case undefined:
    case 'unconfirmed':
      await ack();
      await replies.say(asker, texts.notConfirmed);
      return;
    case 'unknown':
      await replies.say(asker, texts.oldProposal, { replaces: true });
      return;
    case 'repeated':
      await proposed.repeated();
      return;
    case 'confirmed': {
      const reported = proposed.working();
      await orSayBroke(context, { asker, about, work: proposed.carryOut });
      await reported;
      return;
    }
  }
}

/** Carries something out; a defect is logged, and the person given its reference. */
export async function orSayBroke(
  context: ListenerContext,
  {
    asker,
    about,
    work,
  }: {
    readonly asker: Asker;
    readonly about: Readonly<Record<string, string>>;
    readonly work: () => Promise<unknown>;
  },
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const sentence = 'Carrying out what was confirmed broke';
    await context.replies.say(asker, broke(context, { error, sentence, about }));
  }
}

/** Answers commands, for one person's eyes. */
interface CommandReplies {
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
