import type { webApi } from '@slack/bolt';
import type { HomeView, KnownBlock } from '@slack/types';
import { hasLiveButtons } from '../domain/card.js';
import type { ClickedView, HomePage } from '../domain/home.js';
import type { Target } from '../domain/policy.js';
import type { MessageRef } from '../domain/voting.js';
import type { Asker, Content, SentFile, ShownForm } from '../ports/chat.js';
import { ChatError } from '../ports/errors.js';
import type { Log } from '../ports/runtime.js';
import { assertNever, defined } from '../shared/language.js';
import { joinList } from '../shared/text.js';
import { alertMessage, followUpMessage, plainAlert, plainFollowUp } from './blocks/alert.js';
import {
  inShadow,
  plainForm as plainFormOf,
  plainSection,
  type Rendered,
  realForm as realFormOf,
  type ShadowForm,
  section,
} from './blocks/blocks.js';
import { approvalCard, plainCard } from './blocks/card.js';
import { homeView, plainHome } from './blocks/home.js';
import {
  digestMessage,
  noticeMessage,
  plainNotice,
  plainSummary,
  plainUndecided,
  summaryMessage,
  undecidedMessage,
} from './blocks/notice.js';
import { reportMessage } from './blocks/report.js';
import { blockProblems, chatError, createFetch, isBadForm, slackWord } from './client.js';
import { mrkdwnFormatter, type RenderContext } from './format.js';
import { readCardRow } from './ids.js';
import { outdatedText, shadowComparison } from './text/notice.js';
import { shadowMessages } from './text/phrases.js';

/** What posting and updating need. */
interface Delivering {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly labelOf: RenderContext['labelOf'];
  /** The slash command, for what can be typed next. */
  readonly command?: string;
  readonly linkUrlOf?: NonNullable<RenderContext['linkUrlOf']>;
  /** Set in shadow mode: what to call people, none of whom is mentioned. */
  readonly shadowNames?: ShadowForm['nameOf'];
  /** What this workspace was found to refuse; kept for as long as the process runs. */
  readonly refused?: RefusedForms;
}

/** What a workspace does not take, learnt from its answers. */
export interface RefusedForms {
  /** Blocks that fold. */
  container: boolean;
  /** Charts and tables. */
  charts: boolean;
}

/** Posts a message to a channel, to a person's direct messages, or in a thread there. Throws `ChatError`. */
export async function postMessage(
  delivering: Delivering,
  {
    target,
    content,
    thread,
  }: {
    readonly target: Target;
    readonly content: Content;
    readonly thread: MessageRef | undefined;
  },
): Promise<MessageRef & ShownForm> {
  // A person's id opens direct messages; a thread there is found by the conversation it is in.
  const channel = thread?.channel ?? (target.kind === 'channel' ? target.channel : target.person.userId);
  const send = async (rendered: Rendered) => {
    const { text, blocks } = rendered;
    const posted = await delivering.client.chat.postMessage({
      channel,
      text,
      blocks: [...blocks],
      ...defined({ thread_ts: thread?.ts }),
      unfurl_links: false,
      unfurl_media: false,
    });
    if (posted.channel === undefined || posted.ts === undefined) {
      throw new ChatError('Slack did not say where the message is', {
        code: 'outcome-unknown',
        retryable: false,
      });
    }
    return { channel: posted.channel, ts: posted.ts, ...formOf(content, rendered) };
  };
  try {
    return await inSomeForm(delivering, content, send);
  } catch (error) {
    throw chatError(error, 'post');
  }
}

/** Replaces what a message says. Throws `ChatError`. */
export async function updateMessage(
  delivering: Delivering,
  { channel, ts }: MessageRef,
  content: Content,
): Promise<ShownForm> {
  const send = async (rendered: Rendered): Promise<ShownForm> => {
    const { text, blocks } = rendered;
    await delivering.client.chat.update({ channel, ts, text, blocks: [...blocks] });
    return formOf(content, rendered);
  };
  try {
    return await inSomeForm(delivering, content, send).catch((error: unknown) => {
      // Buttons that do nothing any more must go, whatever Slack thinks of the words beside them.
      if (!isBadForm(error) || !takesButtonsAway(content)) throw error;
      return send({ text: outdatedText(delivering.command), blocks: [] });
    });
  } catch (error) {
    throw chatError(error, 'update');
  }
}

function formOf({ kind }: Content, { blocks }: Rendered): ShownForm {
  return kind === 'card' && blocks.every(({ block_id: id }) => readCardRow(id) === undefined)
    ? { isCut: true }
    : {};
}

/**
 * Shows somebody their Home in place of the page with that hash; whatever else stands there by now makes way, and
 * where Slack finds fault with the real form a plain one is shown. Throws `ChatError`.
 */
export async function publishHome(
  { client, log, labelOf, command, shadowNames }: Delivering,
  page: HomePage,
  hash: string | undefined,
): Promise<ClickedView> {
  const options = { labelOf, ...defined({ command }) };
  const publish = (live: HomeView, over?: string) => {
    const view = shadowNames ? shadowHome(live, shadowNames) : live;
    return client.views.publish({ user_id: page.person.userId, view, ...defined({ hash: over }) });
  };
  const replacing = (view: HomeView) =>
    publish(view, hash).catch((error: unknown) => {
      if (slackWord(error) !== 'hash_conflict') throw error;
      log.warn({ person: page.person.userId }, 'A Home showed another page; it was published again');
      return publish(view);
    });
  try {
    const { view } = await replacing(homeView(page, options)).catch((error: unknown) => {
      if (!isBadForm(error)) throw error;
      const problems = blockProblems(error);
      log.error({ word: slackWord(error), problems }, 'Slack rejected this Home; publishing a plain one');
      return replacing(plainHome(page, options));
    });
    if (view?.id && view.hash) return { viewId: view.id, hash: view.hash };
    throw new ChatError('Slack did not say which page it shows', { code: 'unavailable', retryable: true });
  } catch (error) {
    throw chatError(error, 'update');
  }
}

/** A Home of shadow mode shows what waits, and no button that decides. */
function shadowHome({ blocks }: HomeView, nameOf: ShadowForm['nameOf']): HomeView {
  const heading = shadowMessages.heading(undefined);
  const form = inShadow(
    { text: '', blocks: blocks as KnownBlock[] },
    { heading, lines: [shadowMessages.home], nameOf },
  );
  return { type: 'home', blocks: [...form.blocks] };
}

/** Tells whether nobody can decide anything on a message any more once it shows this. */
function takesButtonsAway(content: Content): boolean {
  switch (content.kind) {
    case 'card':
      return !hasLiveButtons(content.card.actions);
    case 'alert':
      return content.alert.incident.state.kind === 'resolved';
    case 'digest':
      return content.count === 0;
    case 'notice':
    case 'reminder':
    case 'undecided':
    case 'summary':
    case 'expiring':
    case 'follow-up':
    case 'report':
      return false;
    default:
      return assertNever(content);
  }
}

/** Sends the real form, and once more a plain one if Slack finds fault with that: a request must be seen. */
async function inSomeForm<T>(
  delivering: Delivering,
  content: Content,
  send: (rendered: Rendered) => Promise<T>,
): Promise<T> {
  const { log } = delivering;
  const real = realForm(delivering, content);
  try {
    const form = newFormIn(real);
    return await (form ? orWithout(form, { delivering, content, real, send }) : send(real));
  } catch (error) {
    if (!isBadForm(error)) throw error;
    log.error(
      { word: slackWord(error), problems: blockProblems(error) },
      'Slack rejected this message; sending a plain one',
    );
    return send(plainForm(delivering, content));
  }
}

/** Finds blocks of a kind that a workspace may not know yet. */
function newFormIn({ blocks }: Rendered): keyof RefusedForms | undefined {
  if (blocks.some(({ type }) => type === 'container')) return 'container';
  return blocks.some(({ type }) => type === 'data_table') ? 'charts' : undefined;
}

const newForms: Readonly<Record<keyof RefusedForms, string>> = {
  container: 'This workspace takes no blocks that fold; cards are sent without',
  charts: 'This workspace takes no charts or tables; reports are sent as text',
};

/** Sends a message with such blocks, and once more without. */
async function orWithout<T>(
  form: keyof RefusedForms,
  {
    delivering,
    content,
    real,
    send,
  }: {
    readonly delivering: Delivering;
    readonly content: Content;
    readonly real: Rendered;
    readonly send: (rendered: Rendered) => Promise<T>;
  },
): Promise<T> {
  const { refused = { container: false, charts: false } } = delivering;
  try {
    return await send(real);
  } catch (error) {
    if (!isBadForm(error)) throw error;
    const sent = await send(realForm({ ...delivering, refused: { ...refused, [form]: true } }, content));
    // Only now is it sure that it was these blocks.
    refused[form] = true;
    delivering.log.warn({ word: slackWord(error) }, newForms[form]);
    return sent;
  }
}

function realForm(delivering: Delivering, content: Content): Rendered {
  return asShadow(delivering, content, liveForm(delivering, content));
}

/** Heads what is posted in shadow mode, and takes everything from it that would notify somebody or decide something. */
function asShadow({ shadowNames: nameOf, labelOf }: Delivering, content: Content, live: Rendered): Rendered {
  if (!nameOf) return live;
  const system = systemIn(content);
  const isFailure = content.kind === 'alert' || content.kind === 'follow-up';
  const heading = shadowMessages.heading(system === undefined ? undefined : labelOf(system), isFailure);
  const { wouldGoTo = [], record } = (content.kind === 'card' ? content.card.shadow : undefined) ?? {};
  const places = wouldGoTo.map((target) =>
    target.kind === 'channel'
      ? mrkdwnFormatter.channel(target.channel)
      : mrkdwnFormatter.person(target.person),
  );
  const lines = [
    ...(places.length === 0 ? [] : [shadowMessages.wouldGoTo(joinList(places))]),
    ...(record ? shadowComparison(record) : []),
  ];
  return inShadow(live, { heading, lines, nameOf });
}

/** Names the system in which what a message is about can be decided. */
function systemIn(content: Content): string | undefined {
  switch (content.kind) {
    case 'card':
    case 'undecided':
      return content.card.approval.instance.ref.system;
    case 'alert':
      return content.alert.incident.system;
    case 'follow-up':
      return content.followUp.incident.system;
    default:
      return undefined;
  }
}

function liveForm(delivering: Delivering, content: Content): Rendered {
  const { labelOf, command, refused } = delivering;
  switch (content.kind) {
    case 'card':
      return approvalCard(content.card, labelOf, { canFold: refused?.container !== true });
    case 'notice':
      return noticeMessage(content.notice, labelOf, delivering);
    case 'reminder':
    case 'undecided':
      return undecidedMessage(content, delivering);
    case 'summary':
    case 'expiring':
      return summaryMessage(content, delivering);
    case 'digest':
      return digestMessage(content.count, command);
    case 'alert':
      return alertMessage(content.alert, labelOf);
    case 'follow-up':
      return followUpMessage(content.followUp, labelOf);
    case 'report':
      return realFormOf(reportMessage(content.report, { ...delivering, canChart: refused?.charts !== true }));
    default:
      return assertNever(content);
  }
}

function plainForm(delivering: Delivering, content: Content): Rendered {
  return asShadow(delivering, content, livePlainForm(delivering, content));
}

function livePlainForm(delivering: Delivering, content: Content): Rendered {
  const { labelOf, command } = delivering;
  switch (content.kind) {
    case 'card':
      return plainCard(content.card, labelOf);
    case 'notice':
      return plainNotice(content.notice, labelOf, delivering);
    case 'reminder':
    case 'undecided':
      return plainUndecided(content, delivering);
    case 'summary':
    case 'expiring':
      return plainSummary(content, delivering);
    case 'digest':
      return digestMessage(content.count, command);
    case 'alert':
      return plainAlert(content.alert, labelOf);
    case 'follow-up':
      return plainFollowUp(content.followUp, labelOf);
    case 'report':
      return plainFormOf(reportMessage(content.report, { ...delivering, canChart: false }));
    default:
      return assertNever(content);
  }
}

/**
 * Tells when a message was posted, in epoch milliseconds: Slack's `ts` begins with that second.
 *
 * Undefined for what is no `ts` of Slack.
 */
export function postedAtMs({ ts }: MessageRef): number | undefined {
  const seconds = /^\d{9,11}\.\d{6}$/.test(ts) ? Number(ts) : undefined;
  return seconds === undefined ? undefined : Math.round(seconds * 1_000);
}

/** Something to be said to one person alone. */
interface PrivateReply {
  readonly rendered: Rendered;
  /** The form for when Slack finds fault with the real one. */
  readonly plain: Rendered;
  /** Whether it takes the place of what was pressed. */
  readonly replaces?: boolean;
  /** Told when the real form was refused and the plain one taken. */
  readonly onPlain?: () => void;
  /** Whether it must not get lost: then a message that only shows while the person is there does not do. */
  readonly mustStay?: boolean;
}

/** Answers people for their eyes only; false when no way was open. Never throws. */
export interface PrivateReplies {
  say(asker: Asker, text: string, how?: Pick<PrivateReply, 'replaces'>): Promise<boolean>;
  show(asker: Asker, reply: PrivateReply): Promise<boolean>;
}

/** Creates the ladder of private answers: the press's own address, then a message only that person sees. */
export function createPrivateReplies(options: {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly timeoutMs?: number;
  readonly fetch?: webApi.FetchFunction;
}): PrivateReplies {
  const { client, log, timeoutMs = 5_000, fetch = createFetch() } = options;
  const respondWith = (responseUrl: string, said: PrivateResponse) =>
    respond(responseUrl, said, { timeoutMs, fetch });
  const throughUrl = async (
    responseUrl: string,
    { rendered, plain, replaces = false, onPlain }: PrivateReply,
  ): Promise<boolean> => {
    const outcome = await respondWith(responseUrl, { ...rendered, replaces });
    if (outcome !== 'bad-form') return outcome === 'taken';
    log.error({}, 'Slack rejected this reply; sending a plain one');
    if ((await respondWith(responseUrl, { ...plain, replaces })) !== 'taken') return false;
    onPlain?.();
    return true;
  };
  const show = async ({ person, channel, responseUrl }: Asker, reply: PrivateReply): Promise<boolean> => {
    if (responseUrl !== undefined && (await throughUrl(responseUrl, reply))) return true;
    if (channel === undefined || reply.mustStay) return false;
    const post = ({ text, blocks }: Rendered) =>
      client.chat.postEphemeral({ channel, user: person.userId, text, blocks: [...blocks] });
    try {
      await post(reply.rendered).catch(async (error: unknown) => {
        if (!isBadForm(error)) throw error;
        await post(reply.plain);
        reply.onPlain?.();
      });
      return true;
    } catch (error) {
      log.warn({ code: chatError(error, 'post').code }, 'A private reply could not be sent right away');
      return false;
    }
  };
  return {
    show,
    say: (asker, text, how = {}) =>
      show(asker, {
        rendered: { text, blocks: [section([text])] },
        plain: { text, blocks: [plainSection(text)] },
        ...how,
      }),
  };
}

/** What is said through a response URL, for one person's eyes. */
interface PrivateResponse {
  readonly text: string;
  readonly blocks?: Rendered['blocks'];
  /** Whether it takes the place of the message that was pressed. */
  readonly replaces: boolean;
}

/**
 * Says something through a response URL, which is good for five answers within thirty minutes.
 *
 * `bad-form`: Slack does not take it like this. `closed`: used up, expired or unreachable. Never throws.
 */
async function respond(
  responseUrl: string,
  { text, blocks, replaces }: PrivateResponse,
  { timeoutMs, fetch }: { readonly timeoutMs: number; readonly fetch: webApi.FetchFunction },
): Promise<'taken' | 'bad-form' | 'closed'> {
  try {
    const response = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        response_type: 'ephemeral',
        replace_original: replaces,
        text,
        ...defined({ blocks }),
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return 'taken';
    return response.status === 400 ? 'bad-form' : 'closed';
  } catch {
    return 'closed';
  }
}

/** Sends files into somebody's direct messages; nothing is seen there before all of them were taken. Throws `ChatError`. */
export async function sendFiles(
  { client, fetch }: { readonly client: webApi.WebClient; readonly fetch: webApi.FetchFunction },
  sending: { readonly userId: string; readonly files: readonly SentFile[]; readonly comment: string },
): Promise<void> {
  const { userId, files, comment } = sending;
  const uploaded: { readonly id: string; readonly title: string }[] = [];
  let channelId: string | undefined;
  try {
    channelId = (await client.conversations.open({ users: userId })).channel?.id;
    for (const { name, text } of files) {
      const length = Buffer.byteLength(text);
      const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
        filename: name,
        length,
      });
      if (!url || !id)
        throw new ChatError('Slack named no place for a file', { code: 'refused', retryable: false });
      const headers = { 'Content-Type': 'application/octet-stream' };
      const { status } = await fetch(url, { method: 'POST', headers, body: text });
      if (status !== 200)
        throw new ChatError(`Slack answered a file with ${status}`, { code: 'unavailable', retryable: true });
      uploaded.push({ id, title: name });
    }
  } catch (error) {
    throw chatError(error, 'read');
  }
  const [first, ...others] = uploaded;
  if (channelId === undefined || !first)
    throw new ChatError('Slack opened no conversation', { code: 'refused', retryable: false });
  try {
    await client.files.completeUploadExternal({
      files: [first, ...others],
      channel_id: channelId,
      initial_comment: comment,
    });
  } catch (error) {
    throw chatError(error, 'post');
  }
}
