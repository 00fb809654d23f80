import type { Reply } from '../../../../domain/reply.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { brokeText } from '../answers.js';
import { shownReceiptLines } from '../receipts.js';
import { type RenderContext, typedLine } from '../wording.js';
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
export function replyLines(reply: Reply, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  switch (reply.kind) {
    case 'help':
      return helpLines(reply.about, renderContext);
    case 'unknown-verb':
      return unknownVerbLines(reply, renderContext);
    case 'usage':
      return usageLines(reply, renderContext);
    case 'status':
      return statusLines(reply.status, renderContext);
    case 'list':
      return listLines(reply, renderContext);
    case 'ambiguous':
      return ambiguousLines(reply, renderContext);
    case 'not-found':
      return notFoundLines(reply, renderContext);
    case 'value':
      return valueLines(reply, renderContext);
    case 'definitions':
      return definitionLines(reply, renderContext);
    case 'approvals':
      return approvalLines(reply, renderContext);
    case 'why':
      return whyLines(reply.why, renderContext);
    case 'history':
      return historyLines(reply, renderContext);
    case 'doctor':
      return healthLines(reply.health, renderContext);
    case 'receipt':
      return shownReceiptLines(reply, renderContext);
    case 'no-receipt':
      return [`There is no receipt ${formatter.exact(reply.typed, 60)}. Nothing was done.`];
    case 'restored':
      return [restoredText(reply, renderContext)];
    case 'whoami':
      return whoLines(reply.who, renderContext);
    case 'link':
    case 'unlinked':
    case 'not-linked':
    case 'which-system':
      return linkLines(reply, renderContext);
    case 'proposal':
      return proposalLines(reply, renderContext);
    case 'change':
      return changeLines(reply.record, renderContext);
    case 'approval-open':
      return [openApprovalText(reply.approval, renderContext.labelOf(reply.instance.system), renderContext)];
    case 'not-allowed':
      return [`${mayRunSentence(reply.verb, reply.why)} Nothing was done.`];
    case 'unsupported':
      return unsupportedLines(reply, renderContext);
    case 'bad-value':
      return badValueLines(reply, renderContext);
    case 'unreachable':
      return [`${formatter.text(reply.label, 60)} did not answer. Nothing was changed.`];
    case 'person-not-checked':
      return [
        'Slack could not be asked who you are just now. Nothing was done; please try again in a moment.',
      ];
    case 'broke':
      return [brokeText(reply.ref, renderContext)];
    default:
      return assertNever(reply);
  }
}

function restoredText(
  { person, was }: Extract<Reply, { kind: 'restored' }>,
  { formatter }: RenderContext,
): string {
  return was
    ? `${formatter.person(person)} has their rights back. They were suspended ${formatter.moment(was.atMs)} by receipt ${formatter.exact(was.receipt, 20)}.`
    : `The rights of ${formatter.person(person)} were not suspended. Nothing was changed.`;
}

function notFoundLines(
  { typed, silent }: Extract<Reply, { kind: 'not-found' }>,
  renderContext: RenderContext,
): readonly string[] {
  return [
    `Nothing was found for ${renderContext.formatter.exact(typed, 120)}. Nothing was done.`,
    ...silentLines(silent, 'it may be there', renderContext),
    `${typedLine(renderContext, 'list')} shows workflows with their short codes.`,
  ];
}

function valueLines(
  { title, name, text, said }: Extract<Reply, { kind: 'value' }>,
  { formatter }: RenderContext,
): readonly string[] {
  const about = `${formatter.label(formatter.text(name, 100))} of ${formatter.text(title, 200)}`;
  if (text !== undefined) return [about, text.trim() === '' ? 'It is empty.' : formatter.exact(text, 2_000)];
  return [
    about,
    said === undefined
      ? 'There is no value.'
      : `There is no value. The answer was: ${formatter.text(said, 500)}`,
  ];
}

function unsupportedLines(
  { verb, label, offers }: Extract<Reply, { kind: 'unsupported' }>,
  { formatter }: RenderContext,
): readonly string[] {
  const system = formatter.text(label, 60);
  return [
    `${system} offers no “${verb}”. Nothing was done.`,
    offers.length === 0 ? `${system} offers no commands here.` : `What it offers: ${offers.join(', ')}.`,
  ];
}

function badValueLines(
  { name, typed, expected }: Extract<Reply, { kind: 'bad-value' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const given = typed === '' ? 'was not given' : `cannot be ${formatter.exact(typed, 120)}`;
  return [
    `${formatter.exact(name, 80)} ${given}; expected is ${formatter.text(expected, 400)}. Nothing was done.`,
    `Type ${typedLine(renderContext, `execute [workflow] [name=value …]`)}`,
  ];
}
