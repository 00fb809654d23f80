import type { ListState } from '../../domain/command-line.js';

/** What every action id and callback id of a command begins with. */
const prefix = 'command.';

const simpleActions = [
  'confirm',
  'cancel',
  'page-before',
  'page-after',
  'approvals-open',
  'approvals-before',
  'approvals-after',
  'history-before',
  'history-after',
  'choose',
  'workflow',
] as const;

const decideActions = ['approve', 'deny', 'details'] as const;

type DecideAction = (typeof decideActions)[number];

/** What can be pressed under an answer to a command. */
export type CommandAction =
  | { readonly kind: (typeof simpleActions)[number] }
  | {
      readonly kind: 'decide';
      readonly what: DecideAction;
      /** Which of the outputs the workflow offered, counted from 0. */
      readonly output?: number;
    }
  | { readonly kind: 'propose'; readonly verb: ProposableVerb };

/** Verbs that need nothing but the run they are about, so that one press can propose them. */
export const proposableVerbs = ['restart', 'stop', 'pause', 'resume', 'abort'] as const;

/** A verb a button can propose. */
export type ProposableVerb = (typeof proposableVerbs)[number];

/** A press beside an approval in a list. */
export type ListAction = Extract<CommandAction, { kind: 'decide' }>;

/** Names what can be pressed, for Slack: `command.propose.restart`. */
export function commandActionId(action: CommandAction): string {
  if (action.kind === 'propose') return `${prefix}propose.${action.verb}`;
  if (action.kind !== 'decide') return prefix + action.kind;
  return `${prefix}decide.${action.what}${action.output === undefined ? '' : `#${action.output}`}`;
}

/** Reads the name back; absent when it is none of a command's. */
export function readCommandActionId(id: string): CommandAction | undefined {
  const simple = simpleActions.find((kind) => id === prefix + kind);
  if (simple) return { kind: simple };
  const [, name = '', digits] = /^(.*?)(?:#(\d{1,3}))?$/s.exec(id) ?? [];
  const what = decideActions.find((one) => name === `${prefix}decide.${one}`);
  if (what) return { kind: 'decide', what, ...(digits === undefined ? {} : { output: Number(digits) }) };
  const verb = proposableVerbs.find((one) => id === `${prefix}propose.${one}`);
  return verb && { kind: 'propose', verb };
}

/** Names the link to the portal, which Slack reports as a press too. */
export const openActionId = `${prefix}open`;

/** Names the modals of commands. */
export const pickerCallback = `${prefix}picker`;

/** Tells whether an id belongs to a command rather than to a card. */
export function isOfCommand(id: string): boolean {
  return id.startsWith(prefix);
}

/** Where in a list somebody is. */
export interface ListPlace {
  readonly state: ListState;
  readonly page: number;
  readonly text?: string;
}

const listStates: readonly ListState[] = ['waiting', 'failed', 'mine', 'running', 'any'];

/** Writes a place in a list for a button; absent when the words are too long for one. */
export function writeListPlace({ state, page, text = '' }: ListPlace): string | undefined {
  const written = `${page}.${state}.${text}`;
  return written.length <= 2000 ? written : undefined;
}

/** Reads it back; absent when it was not written by us. */
export function readListPlace(value: string | undefined): ListPlace | undefined {
  const [, page, word, text = ''] = /^([1-9]\d{0,5})\.([a-z]+)\.(.*)$/s.exec(value ?? '') ?? [];
  const state = listStates.find((one) => one === word);
  if (page === undefined || state === undefined) return undefined;
  return { state, page: Number(page), ...(text === '' ? {} : { text }) };
}

/** Reads a page a button leads to; absent when it was not written by us. */
export function readPage(value: string | undefined): number | undefined {
  return /^[1-9]\d{0,5}$/.test(value ?? '') ? Number(value) : undefined;
}

/** Writes a page of a run's history for a button; absent when the code is too long for one. */
export function writeHistoryPlace(ref: string, page: number): string | undefined {
  const written = `${page}.${ref}`;
  return written.length <= 2000 ? written : undefined;
}

/** Reads it back; absent when it was not written by us. */
export function readHistoryPlace(
  value: string | undefined,
): { readonly ref: string; readonly page: number } | undefined {
  const [, page, ref] = /^([1-9]\d{0,5})\.(.+)$/s.exec(value ?? '') ?? [];
  return page === undefined || ref === undefined ? undefined : { ref, page: Number(page) };
}

/** Names the menu of an ambiguous answer by what is remembered about it. */
export function writeChoiceBlock(id: string): string {
  return `${prefix}choice.${id}`;
}

/** Reads what is remembered about a menu; absent when it is none of ours. */
export function readChoiceBlock(blockId: string | undefined): string | undefined {
  return blockId?.startsWith(`${prefix}choice.`) ? blockId.slice(`${prefix}choice.`.length) : undefined;
}

/** Where the modals of commands keep what is put in: block and action id. */
export const pickerFields = {
  run: 'run',
  name: 'name',
  version: 'version',
  /** Choosing here is told at once, so it is named like a press. */
  workflow: `${prefix}workflow`,
} as const;

/** Where the window of `execute` keeps one value: other workflows have other fields, so that none is mixed up. */
export function valueField(workflow: number, variable: number): string {
  return `value.${workflow}.${variable}`;
}
