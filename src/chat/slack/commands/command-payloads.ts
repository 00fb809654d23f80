import { z } from 'zod';
import type { PersonId } from '../../../domain/person.js';
import type { Asker } from '../../../ports/command-desk.js';
import { optionalText, payloadTeam, payloadUser, personOf, requiredText } from '../actions/payload-parts.js';

const slashPayload = z.object({
  team_id: requiredText,
  user_id: requiredText,
  channel_id: optionalText,
  response_url: optionalText,
  trigger_id: optionalText,
  text: z.string().max(8000).nullish(),
});

const chosen = z.object({ value: z.string().max(2000).nullish() }).nullish();

const actionPayload = z.object({
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
const submissionPayload = z.object({
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
  const parsed = actionPayload.safeParse(body);
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
  const parsed = submissionPayload.safeParse(body);
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
