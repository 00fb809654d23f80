import { z } from 'zod';
import type { MessageRef } from '../../../domain/click.js';
import type { PersonId } from '../../../domain/person.js';
import type { ReplyTarget } from '../calls/private-answers.js';
import { optionalText, payloadTeam, payloadUser, personOf, requiredText } from './payload-parts.js';

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
    ...(message ? { message } : {}),
    ...(responseUrl === undefined ? {} : { responseUrl }),
  };
}

function nameOf({ id, name, username }: z.infer<typeof payloadUser>): string {
  return name ?? username ?? id;
}
