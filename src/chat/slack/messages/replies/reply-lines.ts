import type { Reply } from '../../../../domain/reply.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { brokeText } from '../answers.js';
import { shownReceiptLines } from '../receipts.js';
import { typedLine, type Wording } from '../wording.js';
import { approvalLines } from './approval-list.js';
import { changeLines } from './changes/change-lines.js';
import { openApprovalText } from './changes/open-approval-text.js';
import { proposalLines } from './changes/proposal-lines.js';
import { healthLines } from './health-lines.js';
import { helpLines, unknownVerbLines, usageLines } from './help-lines.js';
import { linkLines } from './people/link-lines.js';
import { mayRunSentence } from './people/may-run-sentence.js';
import { whoLines } from './people/who-lines.js';
import { historyLines } from './runs/history-lines.js';
import { ambiguousLines, definitionLines, listLines, silentLines } from './runs/list-lines.js';
import { statusLines } from './runs/status-lines.js';
import { whyLines } from './runs/why-lines.js';

/** Tells in lines what a command answers; buttons and menus stand beside them. */
export function replyLines(reply: Reply, wording: Wording): readonly string[] {
  const { ink } = wording;
  switch (reply.kind) {
    case 'help':
      return helpLines(reply.about, wording);
    case 'unknown-verb':
      return unknownVerbLines(reply, wording);
    case 'usage':
      return usageLines(reply, wording);
    case 'status':
      return statusLines(reply.status, wording);
    case 'list':
      return listLines(reply, wording);
    case 'ambiguous':
      return ambiguousLines(reply, wording);
    case 'not-found':
      return notFoundLines(reply, wording);
    case 'value':
      return valueLines(reply, wording);
    case 'definitions':
      return definitionLines(reply, wording);
    case 'approvals':
      return approvalLines(reply, wording);
    case 'why':
      return whyLines(reply.why, wording);
    case 'history':
      return historyLines(reply, wording);
    case 'doctor':
      return healthLines(reply.health, wording);
    case 'receipt':
      return shownReceiptLines(reply, wording);
    case 'no-receipt':
      return [`There is no receipt ${ink.exact(reply.typed, 60)}. Nothing was done.`];
    case 'restored':
      return [restoredText(reply, wording)];
    case 'whoami':
      return whoLines(reply.who, wording);
    case 'link':
    case 'unlinked':
    case 'not-linked':
    case 'which-system':
      return linkLines(reply, wording);
    case 'proposal':
      return proposalLines(reply, wording);
    case 'change':
      return changeLines(reply.record, wording);
    case 'approval-open':
      return [openApprovalText(reply.approval, wording.labelOf(reply.instance.system), wording)];
    case 'not-allowed':
      return [`${mayRunSentence(reply.verb, reply.why)} Nothing was done.`];
    case 'unsupported':
      return unsupportedLines(reply, wording);
    case 'bad-value':
      return badValueLines(reply, wording);
    case 'unreachable':
      return [`${ink.words(reply.label, 60)} did not answer. Nothing was changed.`];
    case 'person-not-checked':
      return [
        'Slack could not be asked who you are just now. Nothing was done; please try again in a moment.',
      ];
    case 'broke':
      return [brokeText(reply.ref, wording)];
    default:
      return assertNever(reply);
  }
}

function restoredText({ person, was }: Extract<Reply, { kind: 'restored' }>, { ink }: Wording): string {
  return was
    ? `${ink.person(person)} has their rights back. They were suspended ${ink.moment(was.atMs)} by receipt ${ink.exact(was.receipt, 20)}.`
    : `The rights of ${ink.person(person)} were not suspended. Nothing was changed.`;
}

function notFoundLines(
  { typed, silent }: Extract<Reply, { kind: 'not-found' }>,
  wording: Wording,
): readonly string[] {
  return [
    `Nothing was found for ${wording.ink.exact(typed, 120)}. Nothing was done.`,
    ...silentLines(silent, 'it may be there', wording),
    `${typedLine(wording, 'list')} shows workflows with their short codes.`,
  ];
}

function valueLines(
  { title, name, text, said }: Extract<Reply, { kind: 'value' }>,
  { ink }: Wording,
): readonly string[] {
  const about = `${ink.label(ink.words(name, 100))} of ${ink.words(title, 200)}`;
  if (text !== undefined) return [about, text.trim() === '' ? 'It is empty.' : ink.exact(text, 2_000)];
  return [
    about,
    said === undefined ? 'There is no value.' : `There is no value. The answer was: ${ink.words(said, 500)}`,
  ];
}

function unsupportedLines(
  { verb, label, offers }: Extract<Reply, { kind: 'unsupported' }>,
  { ink }: Wording,
): readonly string[] {
  const system = ink.words(label, 60);
  return [
    `${system} offers no “${verb}”. Nothing was done.`,
    offers.length === 0 ? `${system} offers no commands here.` : `What it offers: ${offers.join(', ')}.`,
  ];
}

function badValueLines(
  { name, typed, expected }: Extract<Reply, { kind: 'bad-value' }>,
  wording: Wording,
): readonly string[] {
  const { ink } = wording;
  const given = typed === '' ? 'was not given' : `cannot be ${ink.exact(typed, 120)}`;
  return [
    `${ink.exact(name, 80)} ${given}; expected is ${ink.words(expected, 400)}. Nothing was done.`,
    `Type ${typedLine(wording, `execute [workflow] [name=value …]`)}`,
  ];
}
