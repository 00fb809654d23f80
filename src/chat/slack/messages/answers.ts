import type { ClickReply } from '../../../domain/answer.js';
import type { Approval } from '../../../domain/approval.js';
import { decisionOf } from '../../../domain/approval-state.js';
import type { Verdict } from '../../../domain/decision.js';
import { assertNever } from '../../../shared/assert-never.js';
import { changeLines } from './cards/notes.js';
import { stateSentence } from './cards/states.js';
import type { Formatter } from './ink.js';
import { linkNeededText } from './links.js';
import { refusalSentence } from './refusals.js';
import { missingText } from './remarks.js';
import { gaveOf, quoted, type RenderContext, systemOf, votersOf } from './wording.js';

/** Tells somebody privately what became of their click. */
export function clickReplyText(reply: ClickReply, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  switch (reply.kind) {
    case 'refused':
      return `${refusalSentence(reply.why, formatter)} Nothing was decided.`;
    case 'person-not-checked':
      return 'Slack could not be asked who you are just now. Nothing was decided; please press again in a moment.';
    case 'checked-later':
      return 'Your click is stored. Slack cannot say just now whether you may decide; Countersign asks again by itself, and tells you what became of your click. There is no need to press again.';
    case 'replaced':
      return 'You clicked something else before this click could be worked on. This one decided nothing.';
    case 'unknown-card':
      return 'This button does not belong to a message Countersign knows. Nothing was decided.';
    case 'no-system':
      return `${formatter.exact(reply.system, 60)} is not in Countersign's settings any more, so nothing can be decided here. Nothing was changed.`;
    case 'over':
      return `This is over. ${stateSentence(reply.approval, renderContext)} Your click changed nothing.`;
    case 'being-decided':
      return beingDecidedText(reply.approval, renderContext);
    case 'account-counted':
      return `The one account Countersign signals with is counted already. ${stateSentence(reply.approval, renderContext)}`;
    case 'beyond-one-account':
      return `${systemOf(reply.approval, renderContext)} wants several identities for this, and Countersign signals as one account for everybody. Nothing was decided; please approve it in ${systemOf(reply.approval, renderContext)}.`;
    case 'incomplete':
      return `${missingText(reply.missing)} Nothing was decided; please press the button again.`;
    case 'link-needed':
      return linkNeededText(reply, renderContext);
    case 'facts-changed':
      return factsChangedText(reply, renderContext);
    case 'press-again':
      return 'It has just become open for decisions again. Nothing was decided; press the button once more.';
    case 'already-voted':
      return alreadyVotedText(reply, formatter);
    case 'same-identity':
      return `${formatter.text(reply.other, 60)} has ${reply.output === undefined ? 'approved' : `chosen ${quoted(reply.output, formatter)}`} already, and over there both of you are, or may be, the same account, which counts once. Somebody else has to ${reply.output === undefined ? 'approve' : 'decide'} too.`;
    case 'vote-counted':
      return `Your ${voteOf(reply, formatter)} counts: ${reply.have} of ${reply.of}. It is sent when the last one is given; until then you can withdraw it.`;
    case 'vote-withdrawn':
      return `Your ${reply.approval.told ? 'choice' : 'approval'} is withdrawn and does not count any more.`;
    case 'nothing-to-withdraw':
      return 'There is no approval of yours to withdraw.';
    case 'taken-back':
      return `The decision is taken back. Nothing was changed in ${systemOf(reply.approval, renderContext)}; it waits for a decision again.`;
    case 'not-yours-to-take-back':
      return notYoursText(reply, renderContext);
    case 'too-late-to-take-back':
      return `It is too late to take this back. ${stateSentence(reply.approval, renderContext)}`;
    case 'too-old':
      return `Your ${voteOf(reply, formatter)} could not be worked on for so long that it is too old to be sent. Nothing was decided; please look at the card again.`;
    case 'decided':
      return stateSentence(reply.approval, renderContext);
    case 'kept':
      return `Your click is stored, and could not be worked on just now (ref ${formatter.text(reply.ref, 60)}). Countersign goes on with it by itself as soon as it can; there is no need to press again.`;
    case 'broke':
      return brokeText(reply.ref, renderContext);
    default:
      return assertNever(reply);
  }
}

/** Names what somebody gave: `approval`, `denial`, or `choice “Send back”`. */
function voteOf(
  { verdict = 'approve', output }: { readonly verdict?: Verdict; readonly output?: string },
  formatter: Formatter,
): string {
  return gaveOf({ verdict, votes: [], ...(output === undefined ? {} : { output }) }, formatter);
}

function alreadyVotedText(
  { have, of, output }: Extract<ClickReply, { kind: 'already-voted' }>,
  formatter: Formatter,
): string {
  if (output === undefined) {
    return `Your approval counts already: ${have} of ${of}. Somebody else has to approve too.`;
  }
  return `You have chosen ${quoted(output, formatter)} already, which counts: ${have} of ${of}. Somebody else has to choose it too; to choose otherwise, withdraw it first.`;
}

/** A run takes one decision at a time, so one about another step of it can be in the way. */
function beingDecidedText(approval: Approval, renderContext: RenderContext): string {
  if (approval.state.kind === 'waiting') {
    return `A decision about another step of the same run is on its way to ${systemOf(approval, renderContext)}. Your click changed nothing; please press again in a moment.`;
  }
  return `This is being decided already. ${stateSentence(approval, renderContext)} Your click changed nothing.`;
}

/** Admits a defect of ours; the reference is in the log. */
export function brokeText(ref: string, { formatter }: RenderContext): string {
  return `Something broke on our side (ref ${formatter.text(ref, 60)}). The operators find it in the log under that reference.`;
}

function factsChangedText(
  reply: Extract<ClickReply, { kind: 'facts-changed' }>,
  renderContext: RenderContext,
): string {
  const lines = changeLines(reply.changes, renderContext);
  return [
    'The request is not what you saw any more. Nothing was decided; please look at the card again.',
    ...lines,
  ].join('\n');
}

function notYoursText(
  { approval }: Extract<ClickReply, { kind: 'not-yours-to-take-back' }>,
  { formatter }: RenderContext,
): string {
  const decision = decisionOf(approval.state);
  const who = decision ? `: ${votersOf(decision, formatter)}` : '';
  return `Only those who decided can take it back${who}.`;
}
