import { plainText } from './mrkdwn.js';

/** An object of which nothing is known yet, such as a Block Kit block. */
export type Json = Readonly<Record<string, unknown>>;

/** The state of one element, as Slack reports it. */
export type ElementState = Readonly<Record<string, unknown>>;

/** Slack's `view.state.values`: block id → action id → element state. */
export type Values = Readonly<Record<string, Readonly<Record<string, ElementState>>>>;

/** What a person entered so far, by block and action; undefined where nothing was touched. */
export type Typed = (blockId: string, actionId: string) => ElementState | undefined;

/** Reads the state of every element that holds one, as the app receives it on submission. */
export function readValues(view: Json, typed: Typed): Values {
  const values: Record<string, Record<string, ElementState>> = {};
  for (const { blockId, actionId, element } of fields(view)) {
    const initial = initialState(element);
    if (initial === undefined) continue;
    values[blockId] = { ...values[blockId], [actionId]: typed(blockId, actionId) ?? initial };
  }
  return values;
}

/**
 * Finds what Slack itself refuses to send: empty required inputs and texts of a wrong length.
 *
 * Answers one sentence per block id.
 */
export function findProblems(view: Json, values: Values): Readonly<Record<string, string>> {
  const problems = fields(view).flatMap((field) => {
    const state = values[field.blockId]?.[field.actionId];
    const problem = state === undefined ? undefined : problemOf(field, state);
    return problem === undefined ? [] : [[field.blockId, problem] as const];
  });
  return Object.fromEntries(problems);
}

/**
 * What people entered in open modals and did not send yet.
 *
 * Entries are found by block and action id, as in Slack: a view that the app replaces keeps the typed text
 * of every input whose two ids stayed the same.
 */
export class Drafts {
  readonly #views = new Map<string, Map<string, ElementState>>();

  read(viewId: string, blockId: string, actionId: string): ElementState | undefined {
    return this.#views.get(viewId)?.get(JSON.stringify([blockId, actionId]));
  }

  write(viewId: string, entry: { blockId: string; actionId: string; state: ElementState }): void {
    const entries = this.#views.get(viewId) ?? new Map<string, ElementState>();
    this.#views.set(viewId, entries.set(JSON.stringify([entry.blockId, entry.actionId]), entry.state));
  }

  /** Forgets every view but these. */
  keepOnly(viewIds: readonly string[]): void {
    for (const id of [...this.#views.keys()]) if (!viewIds.includes(id)) this.#views.delete(id);
  }
}

/** A button of a message, as it can be pressed from elsewhere. */
export interface ClickTarget {
  readonly label: string;
  readonly blockId: string;
  readonly actionId: string;
  readonly value: string;
}

/** Finds the buttons of a message that report a press; links to other pages are left out. */
export function clickTargets(blocks: readonly Json[]): readonly ClickTarget[] {
  const isButton = ({ type, url }: Json): boolean => type === 'button' && url === undefined;
  return blocks.flatMap((block, index) =>
    elementsOf(block)
      .filter((element) => block.type !== 'input' && isButton(element))
      .map((button) => ({
        label: plainText(textOf(button.text)),
        blockId: blockIdOf(block, index),
        actionId: stringOf(button.action_id),
        value: stringOf(button.value),
      })),
  );
}

/** Names a block in form state; a block without an id is known by its place. */
export function blockIdOf(block: Json, index: number): string {
  return stringOf(block.block_id) || `block-${index}`;
}

/** Under which name the state of each type of element holds its value. */
const holders: ReadonlyMap<string, string> = new Map(
  Object.entries({
    value: 'plain_text_input email_text_input url_text_input number_input',
    selected_option: 'static_select external_select radio_buttons',
    selected_options: 'checkboxes multi_static_select',
    selected_user: 'users_select',
    selected_channel: 'channels_select',
    selected_conversation: 'conversations_select',
    selected_date: 'datepicker',
    selected_time: 'timepicker',
  }).flatMap(([held, types]) => types.split(' ').map((type) => [type, held] as const)),
);

/** Answers the state an untouched element has; undefined when it holds none, such as a button. */
export function initialState(element: Json): ElementState | undefined {
  const type = stringOf(element.type);
  const held = holders.get(type);
  if (held === undefined) return undefined;
  const initial = element[`initial_${held.replace('selected_', '')}`];
  return { type, [held]: initial ?? (held === 'selected_options' ? [] : null) };
}

/** Answers the state an element has once `held` was entered or chosen in it. */
export function stateHolding(element: Json, held: unknown): ElementState {
  const type = stringOf(element.type);
  return { type, [holders.get(type) ?? 'value']: held };
}

/** Reads what a state holds, whatever its element calls it. */
export function heldIn(state: ElementState | undefined): unknown {
  return Object.entries(state ?? {}).find(([name]) => name !== 'type')?.[1];
}

/** Reads the values that are chosen in an element. */
export function chosenValues(state: ElementState | undefined): readonly string[] {
  const held = heldIn(state);
  if (typeof held === 'string') return [held];
  const options = Array.isArray(held) ? recordsOf(held) : [recordOf(held)];
  return options.map((option) => stringOf(option.value)).filter((value) => value !== '');
}

/** Reads an element's options, those of its groups included. */
export function optionsOf(element: Json): readonly Json[] {
  const grouped = recordsOf(element.option_groups).flatMap((group) => recordsOf(group.options));
  return [...recordsOf(element.options), ...grouped];
}

interface Field {
  readonly blockId: string;
  readonly actionId: string;
  readonly element: Json;
  readonly isOptional: boolean;
}

function fields(view: Json): readonly Field[] {
  return recordsOf(view.blocks).flatMap((block, index) => {
    const blockId = blockIdOf(block, index);
    const isOptional = block.type !== 'input' || block.optional === true;
    return elementsOf(block).map((element) => {
      return { blockId, actionId: stringOf(element.action_id), element, isOptional };
    });
  });
}

function elementsOf(block: Json): readonly Json[] {
  if (block.type === 'input') return [recordOf(block.element)];
  if (block.type === 'actions') return recordsOf(block.elements);
  return block.type === 'section' && block.accessory !== undefined ? [recordOf(block.accessory)] : [];
}

function problemOf({ element, isOptional }: Field, state: ElementState): string | undefined {
  const held = heldIn(state);
  const isEmpty =
    held === null || held === undefined || held === '' || (Array.isArray(held) && held.length === 0);
  if (isEmpty) return isOptional ? undefined : 'Please complete this required field.';
  if (typeof held !== 'string' || element.type !== 'plain_text_input') return undefined;
  const { min_length: least, max_length: most } = element;
  if (typeof least === 'number' && held.length < least) return `Please write at least ${least} characters.`;
  if (typeof most === 'number' && held.length > most) return `Please shorten this to ${most} characters.`;
  return undefined;
}

/** Reads a value as an object; anything else reads as an empty one. */
export function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** Reads a value as a list of objects; what is not an object is left out. */
export function recordsOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Reads a value as text; anything but a string reads as empty. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Reads the words of a Block Kit text object. */
export function textOf(value: unknown): string {
  return stringOf(recordOf(value).text);
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
