import type { CardAction } from '../domain/card.js';
import { type ListState, listStates, statusVerbs } from '../domain/commands.js';
import type { AlertAction, MuteSpan } from '../domain/incident.js';
import type { PersonId } from '../domain/person.js';

/**
 * What can be pressed, by what it stands on; `open` is a link, which Slack reports as a press too.
 *
 * Messages that were posted carry these names for good, so none is ever changed.
 */
interface ActionKinds {
  readonly approval: CardAction | 'open' | 'page-before' | 'page-after';
  readonly alert: AlertAction | 'confirm' | 'cancel' | 'open' | 'runbook';
  readonly command:
    | 'confirm'
    | 'cancel'
    | 'page-before'
    | 'page-after'
    | 'approvals-open'
    | 'approvals-before'
    | 'approvals-after'
    | 'approvals-several'
    | 'history-before'
    | 'history-after'
    | 'evidence'
    | 'choose'
    /** In the modal that starts a workflow. */
    | 'workflow'
    | `decide.${'approve' | 'deny' | 'details'}`
    | `propose.${(typeof statusVerbs)[number]}`
    | 'open';
  readonly home:
    | `decide.${'approve' | 'deny' | 'details'}`
    | 'page-before'
    | 'page-after'
    | 'several'
    | 'away'
    | 'back'
    | 'cancel'
    | 'notifications'
    | 'open';
  /** “That wasn't me”; its value is the receipt's code. */
  readonly receipt: 'disown';
  /** In the direct message to a requester. */
  readonly question: 'answer';
}

/** What a press can be on. */
export type Surface = keyof ActionKinds;

/** What can be pressed on one of them. */
export type ActionKind<S extends Surface> = ActionKinds[S];

/** Every kind there is; with an output only where a workflow's own can be chosen. */
export const actionKinds: { readonly [S in Surface]: readonly ActionKinds[S][] } = {
  approval: [
    'approve',
    'deny',
    'ask',
    'withdraw',
    'take-back',
    'details',
    'open',
    'page-before',
    'page-after',
  ],
  alert: [
    'restart',
    'resume',
    'abort',
    'details',
    'mute',
    'mute-hour',
    'unmute',
    'take',
    'take-over',
    'hand-back',
    'confirm',
    'cancel',
    'open',
    'runbook',
  ],
  command: [
    'confirm',
    'cancel',
    'page-before',
    'page-after',
    'approvals-open',
    'approvals-before',
    'approvals-after',
    'approvals-several',
    'history-before',
    'history-after',
    'evidence',
    'choose',
    'workflow',
    'decide.approve',
    'decide.deny',
    'decide.details',
    ...statusVerbs.map((verb) => `propose.${verb}` as const),
    'open',
  ],
  home: [
    'decide.approve',
    'decide.deny',
    'decide.details',
    'page-before',
    'page-after',
    'several',
    'away',
    'back',
    'cancel',
    'notifications',
    'open',
  ],
  receipt: ['disown'],
  question: ['answer'],
};

/** What the name of a button says. */
export interface ActionName<K> {
  readonly kind: K;
  /** Which of the outputs the workflow offered, counted from 0. */
  readonly output?: number;
}

/**
 * Names a button for Slack: `approval.take-back`, or `approval.approve#0` for the first of a workflow's outputs.
 *
 * Slack wants every name in a row of buttons to be another one.
 */
export function actionId<S extends Surface>(on: S, kind: ActionKinds[S], output?: number): string {
  return output === undefined ? `${on}.${kind}` : `${on}.${kind}#${output}`;
}

/** Reads the name of a button; absent when it is of none of these kinds. */
export function readActionId<S extends Surface, K extends ActionKinds[S]>(
  on: S,
  kinds: readonly K[],
  id: string,
): ActionName<K> | undefined {
  const kind = kinds.find((one) => actionPattern(on, [one]).test(id));
  if (kind === undefined) return undefined;
  const [, digits] = /#(\d+)$/.exec(id) ?? [];
  return digits === undefined ? { kind } : { kind, output: Number(digits) };
}

/** Matches the names of some buttons, and of nothing else; Bolt has every listener called whose pattern matches. */
export function actionPattern<S extends Surface>(on: S, kinds: readonly ActionKinds[S][]): RegExp {
  return new RegExp(`^(?:${kinds.map((kind) => sourceOf(on, kind)).join('|')})$`);
}

/** Matches the links to a system's own pages, on whatever they stand. */
export const linkPattern = new RegExp(
  `^(?:${[...(['approval', 'alert', 'command', 'home'] as const).map((on) => sourceOf(on, 'open')), sourceOf('alert', 'runbook')].join('|')})$`,
);

/** Matches what no button of ours is named, nor ever was. */
export const strangeActionPattern = new RegExp(
  `^(?!(?:${Object.entries(actionKinds)
    .flatMap(([on, kinds]) => kinds.map((kind) => sourceOf(on, kind)))
    .join('|')})$)`,
);

function sourceOf(on: string, kind: string): string {
  const output = /^(?:decide\.)?(?:approve|deny)$/.test(kind) ? '(?:#\\d{1,3})?' : '';
  return `${on}\\.${kind.replace('.', '\\.')}${output}`;
}

/** Names the modals that are submitted: those in which people decide, and those that complete a command. */
export const callbackIds = {
  approve: 'approval.approve',
  deny: 'approval.deny',
  several: 'approval.several',
  picker: 'command.picker',
  cancel: 'command.cancel',
  ask: 'approval.ask',
  answer: 'question.answer',
  away: 'home.away',
  notifications: 'home.notifications',
} as const;

/** Matches the name of a modal that none of ours has. */
export const strangeCallbackPattern =
  /^(?!(?:approval\.(?:approve|deny|several|ask)|command\.(?:picker|cancel)|question\.answer|home\.(?:away|notifications))$)/;

/** Names the menu of an ambiguous answer by what is remembered about it. */
export function writeChoiceBlock(id: string): string {
  return `command.choice.${id}`;
}

/** Reads what is remembered about a menu; absent when it is none of ours. */
export function readChoiceBlock(blockId: string | undefined): string | undefined {
  return /^command\.choice\.(.*)$/s.exec(blockId ?? '')?.[1];
}

/** Where the modals of commands keep what is put in: block and action id. */
export const pickerFields = {
  run: 'run',
  name: 'name',
  version: 'version',
  activityId: 'activityId',
  output: 'output',
  /** Choosing here is told at once, so it is named like a press. */
  workflow: actionId('command', 'workflow'),
} as const;

/** Where the window of `execute` keeps one value: other workflows have other fields, so that none is mixed up. */
export function valueField(workflow: number, variable: number): string {
  return `value.${workflow}.${variable}`;
}

/** Where the window of an absence keeps what is chosen: block and action id. */
export const awayFields = { until: 'until', delegate: 'delegate', rule: 'rule' } as const;

/** Where the window of notifications keeps what is chosen: block and action id. */
export const notificationFields = {
  directMessages: 'directMessages',
  dailyAt: 'dailyAt',
  quietFrom: 'quietFrom',
  quietTo: 'quietTo',
  workingDays: 'workingDays',
} as const;

/** Where a modal keeps the comment: block and action id. */
export const commentField = 'comment';

/** Where a modal keeps what is typed to confirm: block and action id. */
export const typedField = 'typed';

/** Where the window for several keeps whether one of them is chosen: block and action id. */
export function bulkField(at: number): string {
  return `several.${at}`;
}

/** The value of a button may be no longer. */
export const maxValueLength = 2000;

function ifShort(value: string, most = maxValueLength): string | undefined {
  return value.length <= most ? value : undefined;
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
  const [, id, revision] = /^(.{1,200})\.(\d{1,9})$/.exec(text ?? '') ?? [];
  return id === undefined ? undefined : { id, revision: Number(revision) };
}

/**
 * Names the row of buttons under a card: they belong to one version of it, and under a form that shows all that people
 * sign for they carry what that is besides the facts.
 */
export function writeCardRow(version: number, basis?: string): string {
  return `approval.${version}${basis === undefined ? '' : `.whole.${basis}`}`;
}

/** Reads that back; absent under a form that does not show everything, and on cards of versions that did not write it. */
export function readCardRow(blockId: string | undefined): string | undefined {
  return /^approval\.\d+\.whole\.([\w-]+\.[\w-]+)$/.exec(blockId ?? '')?.[1];
}

/** The card whose details a modal shows. */
interface DetailsOf extends Revised {
  readonly channel: string;
  readonly ts: string;
}

/** Writes for a modal which card it shows. */
export function writeDetailsPlace({ channel, ts, ...revised }: DetailsOf): string {
  return `${channel} ${ts} ${writeRevised(revised)}`;
}

/** Reads it back; absent when it was not written by us. */
export function readDetailsPlace(text: string | undefined): DetailsOf | undefined {
  const [, channel, ts, carried] = /^(\S+) (\S+) (.*)$/s.exec(text ?? '') ?? [];
  const revised = readRevised(carried);
  return channel === undefined || ts === undefined || !revised ? undefined : { channel, ts, ...revised };
}

/** Where in a list somebody is. */
interface ListPlace {
  readonly state: ListState;
  readonly page: number;
  readonly text?: string;
}

/** Writes a place in a list for a button; absent when the words are too long for one. */
export function writeListPlace({ state, page, text = '' }: ListPlace): string | undefined {
  return ifShort(`${page}.${state}.${text}`);
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
  return ifShort(`${page}.${ref}`);
}

/** Reads it back; absent when it was not written by us. */
export function readHistoryPlace(
  value: string | undefined,
): { readonly ref: string; readonly page: number } | undefined {
  const [, page, ref] = /^([1-9]\d{0,5})\.(.+)$/s.exec(value ?? '') ?? [];
  return page === undefined || ref === undefined ? undefined : { ref, page: Number(page) };
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
  return ifShort(`${span}.${incidentId}`, 75);
}

/** Reads it back; absent when it was not written by us. */
export function readMute(value: string | undefined): MuteChoice | undefined {
  const [, word, incidentId] = /^([a-z]+)\.(.+)$/s.exec(value ?? '') ?? [];
  const span = muteSpans.find((one) => one === word);
  return span === undefined || incidentId === undefined ? undefined : { span, incidentId };
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
