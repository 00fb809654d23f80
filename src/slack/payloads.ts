import { z } from 'zod';
import type { ClickedView } from '../domain/home.js';
import type { PersonId } from '../domain/person.js';
import type { MessageRef } from '../domain/voting.js';
import type { Asker } from '../ports/chat.js';
import { defined } from '../shared/language.js';

/** The workspace the bot is installed in. */
export interface Workspace {
  readonly teamId: string;
  /** The organization, where the workspace is one of an Enterprise Grid. */
  readonly enterpriseId?: string;
}

/** The parts of a press that are used; nothing else of the payload is looked at or passed on. */
export interface ActionPayload {
  /** Who pressed, and where they can be answered. */
  readonly asker: Asker;
  readonly userName: string;
  readonly actionId: string;
  readonly blockId: string | undefined;
  /** What the button carries, or what was chosen in the menu. */
  readonly value: string | undefined;
  readonly actionTs: string;
  readonly message: MessageRef | undefined;
  /** What stands in the message; absent where Slack does not tell, as of one that only its reader sees. */
  readonly shown: string | undefined;
  /** Who wrote the message, as Slack says. */
  readonly author: { readonly botId: string | undefined; readonly userId: string | undefined };
  readonly triggerId: string;
  /** The open modal or the Home it was pressed in, with what that carries; `hash` names its content. */
  readonly view: { readonly id: string; readonly hash: string; readonly metadata: string } | undefined;
}

/** The parts of a submitted modal that are used. */
export interface SubmissionPayload {
  readonly person: PersonId;
  readonly userName: string;
  readonly viewId: string;
  readonly metadata: string;
  /** What stands in the window; absent where Slack does not tell. */
  readonly shown: string | undefined;
  /** What stands from a block on, up to the next that takes something; absent where Slack does not tell. */
  readonly shownFrom: (block: string) => string | undefined;
  /** What was typed or chosen in a block; empty when nothing was. */
  readonly given: (block: string) => string;
  /** What is chosen of several in a block. */
  readonly chosen: (block: string) => readonly string[];
  /** Tells whether a block that takes something is in the modal. */
  readonly has: (block: string) => boolean;
  /** A block that is in the modal, to hang a complaint on. */
  readonly someBlock: string;
}

/** The parts of a slash command that are used. */
export interface SlashPayload {
  readonly asker: Asker;
  readonly text: string;
  readonly triggerId: string;
}

/** A text of a payload that must be there. */
const text = z.string().min(1).max(3000);

/** A text of a payload that may be missing, or be empty; one that cannot be used counts as missing. */
const optionalText = text.optional().catch(undefined);

/** A part of a payload that may be missing; one without its id counts as missing. */
function optionalPart<T extends z.ZodRawShape>(shape: T) {
  return z.object(shape).optional().catch(undefined);
}

/** The person and their workspace, as payloads of presses and submissions say it. */
const whoever = {
  user: z.object({ id: text, team_id: optionalText, name: optionalText, username: optionalText }),
  team: optionalPart({ id: text }),
};

const metadata = z.string().max(3000).optional().catch(undefined);

const value = z.string().max(2000).optional().catch(undefined);

const chosen = optionalPart({ value });

const actionPayload = z.object({
  ...whoever,
  channel: optionalPart({ id: text }),
  container: optionalPart({ channel_id: text }),
  message: optionalPart({
    ts: text,
    bot_id: optionalText,
    user: optionalText,
    text: z.string().optional().catch(undefined),
    blocks: z.array(z.unknown()).optional().catch(undefined),
  }),
  view: optionalPart({ id: text, hash: optionalText, private_metadata: metadata }),
  response_url: optionalText,
  trigger_id: optionalText,
  actions: z
    .array(
      z.object({
        action_id: text,
        block_id: optionalText,
        value,
        selected_option: chosen,
        action_ts: optionalText,
      }),
    )
    .min(1),
});

const input = z
  .object({
    value: z.string().nullish(),
    selected_option: chosen,
    selected_options: z.array(z.object({ value: z.string() })),
    selected_date: z.string().nullish(),
  })
  .partial()
  .catch({});

const submissionPayload = z.object({
  ...whoever,
  view: z.object({
    id: text,
    private_metadata: metadata,
    blocks: z.array(z.unknown()).optional().catch(undefined),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), input)) }).nullish(),
  }),
});

const slashPayload = z.object({
  team_id: optionalText,
  user_id: text,
  channel_id: optionalText,
  response_url: optionalText,
  trigger_id: optionalText,
  text: z.string().nullish(),
});

/**
 * Reads a press; absent when it is not formed like one.
 *
 * Only ids are needed: names are empty in some payloads, and a person without a workspace is one of ours.
 */
export function readAction(body: unknown, ours: Workspace): ActionPayload | undefined {
  const { data } = actionPayload.safeParse(body);
  const action = data?.actions[0];
  if (!data || !action) return undefined;
  const person = personOf(data, ours);
  const { user, message, view, response_url, trigger_id } = data;
  const channel = data.channel?.id ?? data.container?.channel_id;
  return {
    asker: askerOf(person, channel, response_url),
    userName: nameOf(user),
    actionId: action.action_id,
    blockId: action.block_id ?? undefined,
    value: action.value ?? action.selected_option?.value ?? undefined,
    actionTs: action.action_ts ?? trigger_id ?? action.action_id,
    message: channel && message ? { channel, ts: message.ts } : undefined,
    shown: message ? (textIn(message.blocks) ?? message.text ?? undefined) : undefined,
    author: { botId: message?.bot_id ?? undefined, userId: message?.user ?? undefined },
    triggerId: trigger_id ?? '',
    view: view ? { id: view.id, hash: view.hash ?? '', metadata: view.private_metadata ?? '' } : undefined,
  };
}

/** Reads a submitted modal; absent when it is not formed like one. */
export function readSubmission(body: unknown, ours: Workspace): SubmissionPayload | undefined {
  const { data } = submissionPayload.safeParse(body);
  if (!data) return undefined;
  const person = personOf(data, ours);
  const { id, private_metadata, blocks, state } = data.view;
  const values = state?.values ?? {};
  return {
    person,
    userName: nameOf(data.user),
    viewId: id,
    metadata: private_metadata ?? '',
    shown: textIn(blocks),
    shownFrom: (block) => textIn(blocksFrom(blocks ?? [], block)),
    given(block) {
      const entry = values[block]?.[block];
      return entry?.value ?? entry?.selected_option?.value ?? entry?.selected_date ?? '';
    },
    chosen: (block) => values[block]?.[block]?.selected_options?.map(({ value }) => value) ?? [],
    has: (block) => values[block] !== undefined,
    someBlock: Object.keys(values)[0] ?? '',
  };
}

/** Gives the blocks from one on, up to the next that takes something. */
function blocksFrom(blocks: readonly unknown[], id: string): readonly unknown[] {
  const first = blocks.findIndex((block) => memberOf(block, 'block_id') === id);
  if (first < 0) return [];
  const after = blocks.findIndex((block, at) => at > first && memberOf(block, 'type') === 'input');
  return blocks.slice(first, after < 0 ? blocks.length : after);
}

function memberOf(block: unknown, name: string): unknown {
  return typeof block === 'object' && block !== null ? Reflect.get(block, name) : undefined;
}

/** Texts of blocks stand under these names; of what Slack writes itself, such as a time, in its plain form. */
const textKeys = new Set(['text', 'fallback', 'alt_text', 'user_id', 'channel_id', 'url']);

/**
 * Gives all that can be read in some blocks, in their order, a line for each text; absent where there is none.
 *
 * It goes by what Slack says stands there and not by what we would write, so it is no rendering of ours.
 */
function textIn(blocks: unknown): string | undefined {
  const texts = [...textsIn(blocks)];
  return texts.length === 0 ? undefined : texts.join('\n');
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'object') yield* textsIn(inner);
    else if (typeof inner === 'string' && textKeys.has(key) && inner !== '') yield inner;
  }
}

/** Reads a slash command; absent when it is not formed like one. */
export function readSlash(body: unknown, ours: Workspace): SlashPayload | undefined {
  const { data } = slashPayload.safeParse(body);
  if (!data) return undefined;
  const person = { teamId: teamOf(data.team_id, ours), userId: data.user_id };
  return {
    asker: askerOf(person, data.channel_id, data.response_url),
    text: data.text ?? '',
    triggerId: data.trigger_id ?? '',
  };
}

const homeOpened = z.object({
  event: z.object({
    type: z.literal('app_home_opened'),
    user: text,
    tab: z.literal('home'),
    view: optionalPart({ id: text, hash: text }),
  }),
});

/** Reads that somebody opened their Home, and what the chat shows there; absent for another tab. */
export function readHomeOpened(
  body: unknown,
  teamId: string,
): { readonly person: PersonId; readonly view?: ClickedView } | undefined {
  const { data } = homeOpened.safeParse(body);
  if (!data) return undefined;
  const { user: userId, view } = data.event;
  return { person: { teamId, userId }, ...(view ? { view: { viewId: view.id, hash: view.hash } } : {}) };
}

const wayBack = z.object({
  user: optionalPart({ id: text, team_id: optionalText }),
  user_id: optionalText,
  team: optionalPart({ id: text }),
  channel: optionalPart({ id: text }),
  channel_id: optionalText,
  response_url: optionalText,
});

/** Finds how whoever sent something that cannot be read can still be answered; absent when there is no way. */
export function readWayBack(body: unknown, ours: Workspace): Asker | undefined {
  const { data } = wayBack.safeParse(body);
  const userId = data?.user?.id ?? data?.user_id;
  if (!data || (userId === undefined && data.response_url === undefined)) return undefined;
  const person = { teamId: teamOf(data.user?.team_id ?? data.team?.id, ours), userId: userId ?? '' };
  return askerOf(person, data.channel?.id ?? data.channel_id, data.response_url);
}

/** The team is the person's own; now and then the payload's `team` is null. */
function personOf({ user, team }: z.infer<z.ZodObject<typeof whoever>>, ours: Workspace): PersonId {
  return { teamId: teamOf(user.team_id ?? team?.id, ours), userId: user.id };
}

/**
 * Gives the workspace by which a person is known.
 *
 * In an Enterprise Grid payloads name the workspace somebody is at home in, the organization or nothing, today this
 * and tomorrow that, while user ids are unique there; so everybody is known by our workspace, and being looked up
 * tells who is in it. Anywhere else somebody of another workspace is nobody of ours.
 */
function teamOf(named: string | undefined, { teamId, enterpriseId }: Workspace): string {
  return enterpriseId === undefined ? (named ?? teamId) : teamId;
}

function nameOf({ id, name, username }: z.infer<typeof whoever.user>): string {
  return name ?? username ?? id;
}

type Maybe = string | null | undefined;

function askerOf(person: PersonId, channel: Maybe, responseUrl: Maybe): Asker {
  return { person, ...defined({ channel: channel ?? undefined, responseUrl: responseUrl ?? undefined }) };
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/**
 * Gives back what a person typed before Slack wrote mentions, channels and links its own way.
 *
 * `<@U0ADA|ada>` becomes `@ada`, `<#C0PKI|pki>` becomes `#pki`, and a link its label, which is what was typed.
 */
export function plainTyping(typed: string): string {
  return typed
    .replace(/<([@#]?)([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, sign: string, target: string, label?: string) =>
      label ? sign + label.replace(/^[@#]/, '') : sign + target,
    )
    .replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/gu, ' ')
    .trim();
}
