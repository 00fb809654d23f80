import type { Json } from '../draw/json.js';
import { recordOf, recordsOf, stringOf } from '../draw/json.js';
import type { ElementState } from './element-state.js';
import { heldIn, initialState } from './element-state.js';

/** Slack's `view.state.values`: block id → action id → element state. */
export type Values = Readonly<Record<string, Readonly<Record<string, ElementState>>>>;

/** What a person entered so far, by block and action; undefined where nothing was touched. */
export type Typed = (blockId: string, actionId: string) => ElementState | undefined;

interface Field {
  readonly blockId: string;
  readonly actionId: string;
  readonly element: Json;
  readonly isOptional: boolean;
}

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
  const problems: Record<string, string> = {};
  for (const field of fields(view)) {
    const state = values[field.blockId]?.[field.actionId];
    const problem = state === undefined ? undefined : problemOf(field, state);
    if (problem !== undefined) problems[field.blockId] = problem;
  }
  return problems;
}

/** Names a block in form state; a block without an id is known by its place. */
export function blockIdOf(block: Json, index: number): string {
  return stringOf(block.block_id) || `block-${index}`;
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
