import { z } from 'zod';
import type { PersonId } from '../domain/person.js';
import type { MessageRef } from '../domain/voting.js';
import type { Asker } from '../ports/chat.js';
import { defined } from '../shared/defined.js';
import type { ReplyTarget } from './deliver.js';
import { type AlertActionKind, readAlertActionId } from './ids.js';

/** A text of a payload that must be there. */
const requiredText = z.string().min(1).max(3000);

/** A text of a payload that may be missing. */
const optionalText = requiredText.nullish();

/** Who did something, as payloads of presses and submissions say it. */
const payloadUser = z.object({
  id: requiredText,
  team_id: optionalText,
  name: optionalText,
  username: optionalText,
});

/** The workspace, as payloads of presses and submissions say it. */
const payloadTeam = z.object({ id: requiredText }).nullish();

/** The team is the person's own; with an organisation-wide installation the payload's `team` is null. */
function personOf(payload: {
  readonly user: z.infer<typeof payloadUser>;
  readonly team?: z.infer<typeof payloadTeam>;
}): PersonId | undefined {
  const teamId = payload.user.team_id ?? payload.team?.id;
  return teamId ? { teamId, userId: payload.user.id } : undefined;
}

const actionPayload = z.object({
  user: payloadUser,
  team: payloadTeam,
  channel: z.object({ id: requiredText }).nullish(),
  message: z.object({ ts: requiredText, bot_id: optionalText, user: optionalText }).nullish(),
  response_url: optionalText,
  trigger_id: optionalText,
  actions: z
    .array(
      z.object({ action_id: requiredText, value: z.string().max(2000).nullish(), action_ts: optionalText }),
    )
    .min(1),
});

const submissionPayload = z.object({
  user: payloadUser,
  team: payloadTeam,
  view: z.object({
    id: requiredText,
    private_metadata: z.string().max(3000).nullish(),
    state: z
      .object({
        values: z.record(z.string(), z.record(z.string(), z.object({ value: z.unknown() }).partial())),
      })
      .nullish(),
  }),
});

/** The parts of a button press that are used; nothing else of the payload is looked at or passed on. */
export interface ActionPayload {
  readonly person: PersonId;
  readonly userName: string;
  readonly actionId: string;
  readonly value: string | undefined;
  readonly actionTs: string;
  readonly message: MessageRef | undefined;
  /** Who wrote the message, as Slack says. */
  readonly author: { readonly botId: string | undefined; readonly userId: string | undefined };
  readonly responseUrl: string | undefined;
  readonly triggerId: string | undefined;
}

/** The parts of a submitted modal that are used. */
export interface SubmissionPayload {
  readonly person: PersonId;
  readonly userName: string;
  readonly viewId: string;
  readonly metadata: string | undefined;
  /** What was typed, by block id and action id. */
  readonly typed: (blockId: string, actionId: string) => string;
  /** Whether the modal had such a field at all. */
  readonly hasField: (blockId: string) => boolean;
}

/** Reads a press; absent when it is not formed like one. */
export function readAction(body: unknown): ActionPayload | undefined {
  const parsed = actionPayload.safeParse(body);
  const action = parsed.data?.actions[0];
  if (!parsed.success || !action) return undefined;
  const { channel, message, response_url, trigger_id } = parsed.data;
  const person = personOf(parsed.data);
  if (!person) return undefined;
  return {
    person,
    userName: nameOf(parsed.data.user),
    actionId: action.action_id,
    value: action.value ?? undefined,
    actionTs: action.action_ts ?? '',
    message: channel && message ? { channel: channel.id, ts: message.ts } : undefined,
    author: { botId: message?.bot_id ?? undefined, userId: message?.user ?? undefined },
    responseUrl: response_url ?? undefined,
    triggerId: trigger_id ?? undefined,
  };
}

/** Reads a submitted modal; absent when it is not formed like one. */
export function readSubmission(body: unknown): SubmissionPayload | undefined {
  const parsed = submissionPayload.safeParse(body);
  if (!parsed.success) return undefined;
  const { view } = parsed.data;
  const person = personOf(parsed.data);
  if (!person) return undefined;
  return {
    person,
    userName: nameOf(parsed.data.user),
    viewId: view.id,
    metadata: view.private_metadata ?? undefined,
    typed: (blockId, actionId) => {
      const value = view.state?.values[blockId]?.[actionId]?.value;
      return typeof value === 'string' ? value : '';
    },
    hasField: (blockId) => view.state?.values[blockId] !== undefined,
  };
}

/** Says where the person behind any payload can be answered; absent when even that cannot be read. */
export function readReplyTarget(body: unknown): ReplyTarget | undefined {
  const action = readAction(body);
  if (!action) return undefined;
  return replyTarget(action);
}

/** Says where somebody who pressed can be answered. */
export function replyTarget({ person, message, responseUrl }: ActionPayload): ReplyTarget {
  return {
    person,
    ...defined({ message, responseUrl }),
  };
}

function nameOf({ id, name, username }: z.infer<typeof payloadUser>): string {
  return name ?? username ?? id;
}

const slashPayload = z.object({
  team_id: requiredText,
  user_id: requiredText,
  channel_id: optionalText,
  response_url: optionalText,
  trigger_id: optionalText,
  text: z.string().max(8000).nullish(),
});

const chosen = z.object({ value: z.string().max(2000).nullish() }).nullish();

const actionPayloadCommandPayloads = z.object({
  user: payloadUser,
  team: payloadTeam,
  channel: z.object({ id: requiredText }).nullish(),
  response_url: optionalText,
  actions: z
    .array(
      z.object({
        action_id: requiredText,
        block_id: optionalText,
        value: z.string().max(2000).nullish(),
        selected_option: chosen,
      }),
    )
    .min(1),
});

const viewActionPayload = z.object({
  view: z.object({ id: requiredText, private_metadata: z.string().max(3000).nullish() }),
  actions: z.array(z.object({ selected_option: chosen })).min(1),
});

const field = z
  .object({ value: z.string().nullish(), selected_option: chosen, selected_date: z.string().nullish() })
  .partial();

const submissionPayloadCommandPayloads = z.object({
  user: payloadUser,
  team: payloadTeam,
  view: z.object({
    private_metadata: z.string().max(3000).nullish(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), field)) }).nullish(),
  }),
});

/** The parts of a slash command that are used. */
export interface SlashPayload {
  readonly asker: Asker;
  readonly text: string;
  readonly triggerId: string;
}

/** The parts of a press under an answer that are used. */
export interface CommandActionPayload {
  readonly asker: Asker;
  readonly actionId: string;
  readonly blockId: string | undefined;
  /** What the button carries, or what was chosen in the menu. */
  readonly value: string | undefined;
}

/** The parts of a submitted picker that are used. */
export interface PickerSubmission {
  readonly person: PersonId;
  readonly pickerId: string;
  /** What was typed or chosen in a block; empty when nothing was. */
  readonly given: (block: string) => string;
  /** Tells whether a block that takes something is in the modal. */
  readonly has: (block: string) => boolean;
  /** A block that is in the modal, to hang a complaint on. */
  readonly someBlock: string;
}

/** Reads a slash command; absent when it is not formed like one. */
export function readSlash(body: unknown): SlashPayload | undefined {
  const parsed = slashPayload.safeParse(body);
  if (!parsed.success) return undefined;
  const { team_id: teamId, user_id: userId, channel_id, response_url, trigger_id, text } = parsed.data;
  return {
    asker: askerOf({ teamId, userId }, channel_id, response_url),
    text: text ?? '',
    triggerId: trigger_id ?? '',
  };
}

/** Reads a press under an answer; absent when it is not formed like one. */
export function readCommandAction(body: unknown): CommandActionPayload | undefined {
  const parsed = actionPayloadCommandPayloads.safeParse(body);
  const person = parsed.data && personOf(parsed.data);
  const action = parsed.data?.actions[0];
  if (!parsed.success || !person || !action) return undefined;
  return {
    asker: askerOf(person, parsed.data.channel?.id, parsed.data.response_url),
    actionId: action.action_id,
    blockId: action.block_id ?? undefined,
    value: action.value ?? action.selected_option?.value ?? undefined,
  };
}

/** Reads what was chosen in an open picker; absent when it is not formed like that. */
export function readViewAction(
  body: unknown,
): { readonly viewId: string; readonly pickerId: string; readonly value: string | undefined } | undefined {
  const parsed = viewActionPayload.safeParse(body);
  if (!parsed.success) return undefined;
  const { view, actions } = parsed.data;
  const value = actions[0]?.selected_option?.value ?? undefined;
  return { viewId: view.id, pickerId: view.private_metadata ?? '', value };
}

/** Reads a submitted picker; absent when it is not formed like one. */
export function readPickerSubmission(body: unknown): PickerSubmission | undefined {
  const parsed = submissionPayloadCommandPayloads.safeParse(body);
  const person = parsed.data && personOf(parsed.data);
  if (!parsed.success || !person) return undefined;
  const { private_metadata, state } = parsed.data.view;
  const values = state?.values ?? {};
  return {
    person,
    pickerId: private_metadata ?? '',
    given(block) {
      const entry = values[block]?.[block];
      return entry?.value ?? entry?.selected_option?.value ?? entry?.selected_date ?? '';
    },
    has: (block) => values[block] !== undefined,
    someBlock: Object.keys(values)[0] ?? '',
  };
}

function askerOf(
  person: PersonId,
  channel: string | null | undefined,
  responseUrl: string | null | undefined,
): Asker {
  return { person, ...(channel ? { channel } : {}), ...(responseUrl ? { responseUrl } : {}) };
}

/** The parts of a press on an alert that are used. */
export interface AlertClick {
  readonly kind: AlertActionKind;
  readonly asker: Asker;
  /** What the button carries, or what was chosen in the menu. */
  readonly value: string;
  readonly triggerId: string;
}

/** Reads a press on an alert; absent when it is not formed like one, or carries nothing. */
export function readAlertAction(body: unknown): AlertClick | undefined {
  const action = readCommandAction(body);
  const kind = action && readAlertActionId(action.actionId);
  if (!action || !kind || action.value === undefined) return undefined;
  return { kind, asker: action.asker, value: action.value, triggerId: readAction(body)?.triggerId ?? '' };
}
