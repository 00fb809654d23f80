import type { CardAction } from '../../domain/card.js';
import type { PersonId } from '../../domain/person.js';

/** What every action id and callback id of an approval begins with. */
const prefix = 'approval.';

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
  return output === undefined ? `${prefix}${kind}` : `${prefix}${kind}#${output}`;
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
