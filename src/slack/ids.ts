import type { AlertAction, MuteSpan } from '../domain/alert.js';
import type { CardAction } from '../domain/card.js';
import type { ListState } from '../domain/commands.js';
import type { PersonId } from '../domain/person.js';

/** What every action id of an alert begins with. */
const prefix = 'alert.';

/** What can be pressed on an alert and under what it answers; `open` is a link, which Slack reports as a press too. */
export type AlertActionKind = AlertAction | 'confirm' | 'cancel' | 'open';

const kinds: readonly AlertActionKind[] = [
  'restart',
  'resume',
  'abort',
  'details',
  'mute',
  'unmute',
  'take',
  'confirm',
  'cancel',
  'open',
];

/** Names what can be pressed, for Slack: `alert.restart`. */
export function alertActionId(kind: AlertActionKind): string {
  return prefix + kind;
}

/** Reads the name back; absent when it is none of an alert's. */
export function readAlertActionId(id: string): AlertActionKind | undefined {
  return kinds.find((kind) => alertActionId(kind) === id);
}

/** Tells whether an id belongs to an alert. */
export function isOfAlert(id: string): boolean {
  return id.startsWith(prefix);
}

/** A span of silence somebody chose for an incident. */
interface MuteChoice {
  readonly span: MuteSpan;
  readonly incidentId: string;
}

/** The spans of silence that are offered, the shortest first. */
export const muteSpans: readonly MuteSpan[] = ['hour', 'day', 'cause'];

/** Writes a span of silence for a menu; absent when the id is too long for one. */
export function writeMute({ span, incidentId }: MuteChoice): string | undefined {
  const written = `${span}.${incidentId}`;
  return written.length <= 75 ? written : undefined;
}

/** Reads it back; absent when it was not written by us. */
export function readMute(value: string | undefined): MuteChoice | undefined {
  const [, word, incidentId] = /^([a-z]+)\.(.+)$/s.exec(value ?? '') ?? [];
  const span = muteSpans.find((one) => one === word);
  return span === undefined || incidentId === undefined ? undefined : { span, incidentId };
}

/** What every action id and callback id of a command begins with. */
const prefixCommandIds = 'command.';

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
type CommandAction =
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
type ProposableVerb = (typeof proposableVerbs)[number];

/** A press beside an approval in a list. */
export type ListAction = Extract<CommandAction, { kind: 'decide' }>;

/** Names what can be pressed, for Slack: `command.propose.restart`. */
export function commandActionId(action: CommandAction): string {
  if (action.kind === 'propose') return `${prefixCommandIds}propose.${action.verb}`;
  if (action.kind !== 'decide') return prefixCommandIds + action.kind;
  return `${prefixCommandIds}decide.${action.what}${action.output === undefined ? '' : `#${action.output}`}`;
}

/** Reads the name back; absent when it is none of a command's. */
export function readCommandActionId(id: string): CommandAction | undefined {
  const simple = simpleActions.find((kind) => id === prefixCommandIds + kind);
  if (simple) return { kind: simple };
  const [, name = '', digits] = /^(.*?)(?:#(\d{1,3}))?$/s.exec(id) ?? [];
  const what = decideActions.find((one) => name === `${prefixCommandIds}decide.${one}`);
  if (what) return { kind: 'decide', what, ...(digits === undefined ? {} : { output: Number(digits) }) };
  const verb = proposableVerbs.find((one) => id === `${prefixCommandIds}propose.${one}`);
  return verb && { kind: 'propose', verb };
}

/** Names the link to the portal, which Slack reports as a press too. */
export const openActionId = `${prefixCommandIds}open`;

/** Names the modals of commands. */
export const pickerCallback = `${prefixCommandIds}picker`;

/** Tells whether an id belongs to a command rather than to a card. */
export function isOfCommand(id: string): boolean {
  return id.startsWith(prefixCommandIds);
}

/** Where in a list somebody is. */
interface ListPlace {
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
  return `${prefixCommandIds}choice.${id}`;
}

/** Reads what is remembered about a menu; absent when it is none of ours. */
export function readChoiceBlock(blockId: string | undefined): string | undefined {
  return blockId?.startsWith(`${prefixCommandIds}choice.`)
    ? blockId.slice(`${prefixCommandIds}choice.`.length)
    : undefined;
}

/** Where the modals of commands keep what is put in: block and action id. */
export const pickerFields = {
  run: 'run',
  name: 'name',
  version: 'version',
  /** Choosing here is told at once, so it is named like a press. */
  workflow: `${prefixCommandIds}workflow`,
} as const;

/** Where the window of `execute` keeps one value: other workflows have other fields, so that none is mixed up. */
export function valueField(workflow: number, variable: number): string {
  return `value.${workflow}.${variable}`;
}

/** What every action id and callback id of an approval begins with. */
const prefixIds = 'approval.';

/** What a press on a card can mean; `open` is the link, which Slack reports as a press too. */
export type CardActionKind = CardAction | 'open';

const cardActionKinds: readonly CardActionKind[] = [
  'approve',
  'deny',
  'withdraw',
  'take-back',
  'details',
  'open',
];

/**
 * Names a button for Slack: `approval.take-back`, or `approval.approve#0` for the first of a workflow's outputs.
 *
 * Slack wants every name in a row of buttons to be another one.
 */
export function actionId(kind: CardActionKind, output?: number): string {
  return output === undefined ? `${prefixIds}${kind}` : `${prefixIds}${kind}#${output}`;
}

/** What the name of a button says. */
export interface CardActionName {
  readonly kind: CardActionKind;
  /** Which of the outputs the workflow offered, counted from 0. */
  readonly output?: number;
}

/** Reads the name of a button; absent when it is none of ours. */
export function readActionId(id: string): CardActionName | undefined {
  const [, name = '', digits] = /^(.*?)(?:#(\d{1,3}))?$/s.exec(id) ?? [];
  const kind = cardActionKinds.find((one) => actionId(one) === name);
  if (kind === undefined) return undefined;
  if (digits === undefined) return { kind };
  return kind === 'approve' || kind === 'deny' ? { kind, output: Number(digits) } : undefined;
}

/** A thing and the revision of the facts that was seen with it: an approval on a button, a dialog in a modal. */
export interface Revised {
  readonly id: string;
  readonly revision: number;
}

/** Writes what a button or a modal carries; an opaque id and a number, nothing readable. */
export function writeRevised({ id, revision }: Revised): string {
  return `${id}.${revision}`;
}

/** Reads it back; absent when it was not written by us. */
export function readRevised(text: string | undefined): Revised | undefined {
  const match = /^(.{1,200})\.(\d{1,9})$/.exec(text ?? '');
  return match?.[1] === undefined ? undefined : { id: match[1], revision: Number(match[2]) };
}

/** Names a press so that Slack's repetition of it is the same click, and a second press is another one. */
export function actionClickId(action: {
  readonly person: PersonId;
  readonly channel: string;
  readonly ts: string;
  readonly actionTs: string;
}): string {
  const { teamId, userId } = action.person;
  return [teamId, userId, action.channel, action.ts, action.actionTs].join('.');
}

/** Names the submission of a modal; one modal decides at most once. */
export function viewClickId(viewId: string): string {
  return `view.${viewId}`;
}

/** Where a modal keeps the comment: block and action id. */
export const commentField = 'comment';

/** Where a modal keeps what is typed to confirm: block and action id. */
export const typedField = 'typed';

/** Names the button “That wasn't me” of a receipt; its value is the receipt's code. */
export const repudiateActionId = 'receipt.disown';
