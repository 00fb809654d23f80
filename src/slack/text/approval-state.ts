import type {
  Approval,
  ApprovalState,
  Decision,
  Ending,
  FactChange,
  SignalRefusal,
  Verdict,
  WaitingNote,
  Whereabouts,
} from '../../domain/approval.js';
import type { Card } from '../../domain/card.js';
import { assertNever, defined } from '../../shared/language.js';
import { joinList, listSome } from '../../shared/text.js';
import {
  didOf,
  type Formatter,
  gaveOf,
  ownerOf,
  quoted,
  type RenderContext,
  systemOf,
  titled,
  typedLine,
  votersOf,
  whoDecided,
  wholeLines,
  workOf,
} from '../format.js';
import { faultText, linkEndedNote, serverMessage, whereaboutsText } from './phrases.js';

/** Explains why an approval waits in an unusual way, one line each. */
export function noteLines(
  approval: Approval,
  note: WaitingNote,
  renderContext: RenderContext,
  how: { readonly isWhole?: boolean } = {},
): readonly string[] {
  const { formatter } = renderContext;
  const system = systemOf(approval, renderContext);
  const did = approval.inbound ? 'chosen this' : 'approved';
  const before = approval.inbound ? 'earlier choices' : 'earlier approvals';
  switch (note.kind) {
    case 'facts-changed':
      return [
        note.isMore
          ? `⚠️ Countersign now shows more of this request; ${before} no longer count.`
          : `⚠️ The request has changed since it was posted; ${before} no longer count.`,
        ...changeLines(note.changes, renderContext, how),
      ];
    case 'released':
      return [
        `⚠️ ${ownerOf(note.decision, formatter)} ${gaveOf(note.decision, formatter)} of ${formatter.moment(note.decision.atMs)} could not be sent to ${system} in time and was dropped. Nothing was changed; please decide again.`,
      ];
    case 'too-old':
      return [
        `⚠️ ${ownerOf(note.decision, formatter)} ${gaveOf(note.decision, formatter)} of ${formatter.moment(note.decision.atMs)} was found after Countersign restarted, too old to be sent. Nothing was changed; please decide again.`,
      ];
    case 'refused':
      return [
        `⚠️ ${system} did not accept ${ownerOf(note.decision, formatter)} ${gaveOf(note.decision, formatter)}: ${refusalText(note.reason, system, note.account && formatter.exact(note.account, 100))}.${serverMessage(note.said, formatter)} Nothing was changed.`,
      ];
    case 'link-ended':
      return [linkEndedNote(note.name, { formatter, system })];
    case 'quorum-raised':
      return [
        `⚠️ The rule now needs ${note.of} people, and ${note.have} ${note.have === 1 ? 'has' : 'have'} ${did}. Nothing has been sent yet.`,
      ];
    case 'disowned':
      return [
        `⚠️ A decision in the name of ${formatter.text(note.name, 60)} was canceled: they reported that it was not theirs. Nothing was changed; please decide again.`,
      ];
    case 'beyond-one-account':
      return [
        `⚠️ ${system} now needs more approvers than Countersign's one service account. Nothing was sent; please approve it in ${system}.`,
      ];
    case 'rule-void':
      return [
        `⚠️ Rule ${quoted(note.rule, formatter)} would no longer approve this. Nothing was sent; people decide.`,
      ];
    case 'findings-changed': {
      const names = note.names.slice(0, 8).map((name) => formatter.text(name, 60));
      return [
        `⚠️ What stands out in this request has changed since ${joinList(names)} approved it, so that no longer counts. Nothing was sent; please decide again.`,
      ];
    }
    case 'vote-void': {
      const names = note.names.slice(0, 8).map((name) => formatter.text(name, 60));
      return [`⚠️ ${joinList(names)} may no longer decide this; their earlier votes do not count.`];
    }
    default:
      return assertNever(note);
  }
}

/** Says that a rule will approve this by itself, and when, or why people decide instead; nothing where none would. */
export function planLines(
  { approval, rule }: Pick<Card, 'approval' | 'rule'>,
  { formatter }: RenderContext,
): readonly string[] {
  const { plan, revision, state } = approval;
  if (!plan || state.kind !== 'waiting' || plan.revision !== revision) return [];
  const name = `Rule ${quoted(plan.rule, formatter)}`;
  const by = plan.stoppedBy === undefined ? '' : ` by ${formatter.text(plan.stoppedBy, 60)}`;
  switch (plan.over) {
    case undefined: {
      const minutes = Math.round(plan.holdMs / 60_000);
      const when =
        plan.untilMs === undefined
          ? `${minutes} min after this card is shown`
          : `at ${formatter.second(plan.untilMs)}`;
      return [`🤖 ${name} approves this ${when} unless someone stops it.`];
    }
    case 'stopped':
      return [`✋ ${name} was stopped${by}: people decide.`];
    case 'limit':
      return [`✋ ${name} has reached its limit for a day (${rule?.automatic?.limit ?? 0}): people decide.`];
    case 'brake':
      return [`✋ ${name} would no longer approve this: people decide.`];
    case 'decided':
      return [];
    default:
      return assertNever(plan.over);
  }
}

/** Writes changed facts as old → new, one line each. */
export function changeLines(
  changes: readonly FactChange[],
  { formatter }: RenderContext,
  { isWhole = false }: { readonly isWhole?: boolean } = {},
): readonly string[] {
  return changes.flatMap(({ fact, from, to }) => {
    const name = `• ${factNames[fact]}`;
    if (isWhole && fact !== 'hidden' && from.length + to.length > 200)
      return [
        ...wholeLines(formatter, `${name} before: `, [from, 'exact']),
        ...wholeLines(formatter, `${name} now: `, [to, 'exact']),
      ];
    return [`${name}: ${oldAndNew({ fact, from, to }, formatter)}`];
  });
}

const longestChange = 100;

/** Of long texts only what stands where they begin to differ is shown, so that the difference is. */
function oldAndNew({ fact, from, to }: FactChange, formatter: Formatter): string {
  if (fact === 'hidden') return 'not the same as before';
  const isLong = from.length > longestChange || to.length > longestChange;
  let same = 0;
  while (isLong && same < from.length && from[same] === to[same]) same += 1;
  const start = Math.max(0, same - 20);
  const shown = (text: string) => (start === 0 ? text : `…${text.slice(start)}`);
  return `${formatter.exact(shown(from), longestChange)} → ${formatter.exact(shown(to), longestChange)}`;
}

/** Says why a system would not take a signal, to follow a colon. */
export function refusalText(reason: SignalRefusal, system: string, account?: string): string {
  switch (reason) {
    case 'no-role':
      return `${account ?? "Countersign's service account"} lacks the role this step needs`;
    case 'not-waiting':
      return `${system} says the step is not waiting for it`;
    case 'bad-request':
      return `${system} rejected the signal as malformed`;
    case 'sign-in':
      return `Countersign could not sign in to ${system}`;
    case 'nobody-mapped':
      return `the settings have no username for them in ${system}`;
    case 'engine-down':
      return `the engine of ${system} is not running`;
    default:
      return assertNever(reason);
  }
}

const factNames: Readonly<Record<FactChange['fact'], string>> = {
  requester: 'Requester',
  subject: 'Subject',
  names: 'SANs',
  key: 'Key',
  template: 'Template',
  authority: 'CA',
  validity: 'Validity',
  revocationReason: 'Reason',
  serialNumber: 'Serial number',
  effectiveDate: 'Effective date',
  revocationComment: 'Comment',
  replaced: 'Replaces',
  definitionVersion: 'Workflow',
  details: 'Details',
  attributes: 'Attributes',
  digest: 'Signing request',
  hidden: 'Values not shown',
};

/** Heads a card: what it is about and how it stands, with the short code people can say aloud. */
export function headline(approval: Approval, renderContext: RenderContext): string {
  return `${stateText(approval, renderContext)} · ${renderContext.formatter.text(approval.code, 12)}`;
}

function stateText(approval: Approval, renderContext: RenderContext): string {
  const { state } = approval;
  const system = systemOf(approval, renderContext);
  switch (state.kind) {
    case 'waiting':
      return waitingHeadline(approval, state.note, renderContext);
    case 'deciding':
      return `⏳ ${decided(state.decision, renderContext)}: sending to ${system}`;
    case 'held':
      return `⏸️ ${decided(state.decision, renderContext)}: ${obstacle(state, system) ?? 'can be undone for a moment'}`;
    case 'checking':
      return `⏳ ${decided(state.decision, renderContext)}: checking the result`;
    case 'recorded':
      return `☑️ ${decided(state.decision, renderContext)}: ${system} needs another approver`;
    case 'not-moved':
      if (isTaken(approval))
        return `${signOf(state.decision.verdict)} ${decided(state.decision, renderContext)}: ${system} accepted it`;
      return `⚠️ ${decided(state.decision, renderContext)}: ${system} has not moved on`;
    case 'ended':
      return endedHeadline(approval, state, renderContext);
    default:
      return assertNever(state);
  }
}

/** Whether a step went on cannot be seen of a run that told of it itself: being taken is all there is to say. */
function isTaken({ inbound, state }: Approval): boolean {
  return inbound !== undefined && state.kind === 'not-moved' && state.isInferred !== true;
}

function waitingHeadline(
  approval: Approval,
  note: WaitingNote | undefined,
  renderContext: RenderContext,
): string {
  const work = workOf(approval, renderContext.formatter);
  if (isLinkOnly(approval)) return `🔐 Decision needed in ${systemOf(approval, renderContext)}: ${work}`;
  const needed = approval.inbound ? 'Decision needed' : 'Approval needed';
  switch (note?.kind) {
    case undefined:
      return `🔐 ${needed}: ${work}`;
    case 'facts-changed':
      return `🔐 ${needed} again: ${work}${note.isMore ? '' : ', which has changed'}`;
    case 'released':
    case 'too-old':
    case 'refused':
    case 'vote-void':
    case 'findings-changed':
    case 'quorum-raised':
    case 'disowned':
    case 'beyond-one-account':
    case 'rule-void':
    case 'link-ended':
      return `🔐 ${needed} again: ${work}`;
    default:
      return assertNever(note);
  }
}

/** Says what people did, which is not yet what became of it: `Approved by` is kept for what the system took. */
function decided(decision: Decision, { formatter }: RenderContext): string {
  return `${votersOf(decision, formatter)} ${didOf(decision, formatter)}`;
}

/** Tells in a sentence or two where an approval stands, naming who, what and when. */
export function stateSentence(approval: Approval, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const { state } = approval;
  const system = systemOf(approval, renderContext);
  switch (state.kind) {
    case 'waiting':
      return `Waiting for ${approval.inbound ? 'a decision' : 'an approval'} since ${formatter.moment(approval.waitingSinceMs)}.`;
    case 'deciding':
      return `${whoDecided(state.decision, formatter)}. Sending to ${system}…`;
    case 'held':
      return delayedSentence(state, system, formatter);
    case 'checking':
      return `${whoDecided(state.decision, formatter)}. ${checkingText(state, system, formatter)} Checking.`;
    case 'recorded':
      return recordedSentence(approval, state, renderContext);
    case 'not-moved':
      if (isTaken(approval)) return takenSentence(approval, state.decision, renderContext);
      return `${whoDecided(state.decision, formatter)}. ${acceptedText(state, system, formatter)}, but the workflow has not moved. ${system} retries once a day. Countersign keeps checking.`;
    case 'ended':
      return endedSentence(approval, state, renderContext);
    default:
      return assertNever(state);
  }
}

function checkingText(
  { sentAtMs, isAccepted }: Extract<ApprovalState, { kind: 'checking' }>,
  system: string,
  formatter: Formatter,
): string {
  return isAccepted
    ? `${system} accepted it ${formatter.moment(sentAtMs)}; its effect is not known yet.`
    : `It was sent ${formatter.moment(sentAtMs)}; whether ${system} accepted it is not known.`;
}

function delayedSentence(
  state: Extract<ApprovalState, { kind: 'held' }>,
  system: string,
  formatter: Formatter,
): string {
  const { decision, untilMs } = state;
  const why = obstacle(state, system);
  const then =
    why === undefined
      ? `It is sent to ${system} at ${formatter.second(untilMs)}, and can be undone until then.`
      : `${titled(why)}; trying until ${formatter.moment(untilMs)}.`;
  return `${whoDecided(decision, formatter)}. ${then} Nothing has been changed yet.`;
}

/** Names what stands in the way; nothing does while people have time to take a decision back. */
function obstacle(
  { waitsFor, fault }: Extract<ApprovalState, { kind: 'held' }>,
  system: string,
): string | undefined {
  if (waitsFor === 'hold') return undefined;
  if (waitsFor === 'chat') return 'Slack cannot confirm who may still decide';
  if (waitsFor === 'sign-in') return `the sign-in provider for ${system} cannot be reached`;
  if (waitsFor === 'run') return `${system} does not let Countersign read the run`;
  return fault === undefined ? `${system} cannot be reached` : `${system} ${faultText(fault)}`;
}

/** What was only inferred from reading is not told as if the system had said it. */
function acceptedText(
  { decision, isInferred }: Extract<ApprovalState, { kind: 'not-moved' }>,
  system: string,
  formatter: Formatter,
): string {
  const what = `${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)}`;
  return isInferred
    ? `${what} was sent, but ${system} did not answer. ${system} no longer waits for Countersign`
    : `${system} accepted ${what}`;
}

function recordedSentence(
  approval: Approval,
  { decision, isInferred }: Extract<ApprovalState, { kind: 'recorded' }>,
  renderContext: RenderContext,
): string {
  const { formatter } = renderContext;
  const system = systemOf(approval, renderContext);
  const { needed } = approval.requirement;
  const part = needed === undefined || needed < 2 ? '' : ` as 1 of ${needed}`;
  const isOne = decision.votes.length < 2;
  const sure = isOne ? 'is' : 'are';
  const are = isInferred ? `${isOne ? 'seems' : 'seem'} to be` : sure;
  return `${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} of ${formatter.moment(decision.atMs)} ${are} recorded in ${system}${part}; another approver must approve it in ${system}.`;
}

/** The state of an approval that is over. */
type Ended = Extract<ApprovalState, { kind: 'ended' }>;

/** Heads a card that is over, in a few words. */
function endedHeadline(approval: Approval, state: Ended, renderContext: RenderContext): string {
  const { ending, decision } = state;
  const system = systemOf(approval, renderContext);
  const who = decision ? ` by ${votersOf(decision, renderContext.formatter)}` : '';
  const isSettled = ending.kind === 'approved' || ending.kind === 'denied';
  if (isSettled && hasOutput(decision)) return chosenHeadline(decision, ending.now, renderContext.formatter);
  switch (ending.kind) {
    case 'approved':
      return ending.now.status.kind === 'failed' ? `⚠️ Approved${who}, then failed` : `✅ Approved${who}`;
    case 'denied':
      return `⛔ Denied${who}`;
    case 'decided-elsewhere':
      return elsewhereHeadline(ending, {
        system,
        isInbound: approval.inbound !== undefined,
        formatter: renderContext.formatter,
      });
    case 'overtaken':
      return `❔ Moved on in ${system}`;
    case 'outcome-unknown':
      return `❔ Sent${who}, not confirmed`;
    case 'not-visible':
      return ending.isAccepted ? `🙈 Sent${who}, result not visible` : '🙈 No longer waiting here';
    case 'unwatched':
      return ending.switchedTo === undefined ? '🚫 No longer watched here' : '🚫 No longer open here';
    case 'restarted':
      return `🔁 Restarted in ${system}`;
    default:
      return assertNever(ending);
  }
}

/** A run that left the step need not have been decided: it may have failed. */
function elsewhereHeadline(
  { now, stoppedBy, isCanceled }: Extract<Ending, { kind: 'decided-elsewhere' }>,
  {
    system,
    isInbound: isTold,
    formatter,
  }: { readonly system: string; readonly isInbound: boolean; readonly formatter: Formatter },
): string {
  if (isCanceled) return '🚫 Canceled by its requester';
  if (stoppedBy !== undefined) return `🚫 Stopped by ${formatter.text(stoppedBy, 60)}`;
  switch (now.status.kind) {
    case 'rejected':
      return `🚫 Denied or stopped in ${system}`;
    case 'failed':
      return `⚠️ Failed in ${system}`;
    case 'unknown':
      return `❔ Moved on in ${system}`;
    case 'aborted':
      return `🚫 Aborted in ${system}`;
    default:
      // Of a run that told of the step itself only its end can be seen, not whether anybody decided.
      if (isTold) return `☑️ Over in ${system}, not decided here`;
      return now.status.kind === 'complete' ? `☑️ Decided in ${system}, not here` : `☑️ Moved on in ${system}`;
  }
}

/** Tells how it ended and where it stands, saying no more than was seen. */
function endedSentence(approval: Approval, state: Ended, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const { ending, decision, atMs } = state;
  const system = systemOf(approval, renderContext);
  switch (ending.kind) {
    case 'approved':
    case 'denied':
      return settledSentence({ ending, system, ...defined({ decision }) }, renderContext);
    case 'decided-elsewhere':
      return `${ending.stoppedBy === undefined ? elsewhereText(ending, approval, renderContext) : stoppedText(ending.stoppedBy, ending, renderContext)}. Seen ${formatter.moment(atMs)}.${
        decision ? ` ${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} had not been sent.` : ''
      }`;
    case 'overtaken':
      return overtakenSentence({ ending, system, ...defined({ decision }) }, { renderContext, atMs });
    case 'outcome-unknown':
      return `${decision ? `${whoDecided(decision, formatter)}. ` : ''}It was sent to ${system}, which never answered; whether it arrived cannot be seen from here. Countersign does not send it again: please look in ${system}. Seen ${formatter.moment(atMs)}: ${whereaboutsText(ending.now, formatter)}.`;
    case 'not-visible':
      return `${decision ? `${whoDecided(decision, formatter)}. ` : ''}${ending.isAccepted ? `${system} accepted it, but Countersign's service account cannot see the result` : "The workflow no longer waits for Countersign's service account, and that account cannot see the result"}. Seen ${formatter.moment(atMs)}.`;
    case 'unwatched':
      if (ending.switchedTo === 'live')
        return 'Posted in shadow mode, which has ended. Decide it on its new card.';
      if (ending.switchedTo === 'shadow')
        return `Countersign went into shadow mode, so no approval or decision given here counts. Decide it in ${system}.`;
      return `${system} is no longer in Countersign's settings, so it is no longer watched. Decide it in ${system}.${
        decision
          ? ` ${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} may not have arrived.`
          : ''
      }`;
    case 'restarted':
      return `${restartedText(ending, system, renderContext)} Seen ${formatter.moment(atMs)}.${
        decision
          ? ` ${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} was for the earlier run.`
          : ''
      }`;
    default:
      return assertNever(ending);
  }
}

interface Settled<Kind extends Ending['kind']> {
  readonly ending: Extract<Ending, { kind: Kind }>;
  readonly decision?: Decision;
  readonly system: string;
}

function settledSentence(
  { ending, decision, system }: Settled<'approved' | 'denied'>,
  { formatter }: RenderContext,
): string {
  if (hasOutput(decision)) {
    return `${chosenBy(decision, formatter)} ${formatter.moment(decision.atMs)}. ${afterwards(ending.now, system, formatter)}`;
  }
  const verb = ending.kind === 'approved' ? 'Approved' : 'Denied';
  const who = decision ? ` by ${votersOf(decision, formatter)} ${formatter.moment(decision.atMs)}` : '';
  const others =
    ending.kind === 'approved' && ending.elsewhere ? `, and by other approvers in ${system}` : '';
  return `${verb}${who}${others}. ${afterwards(ending.now, system, formatter)}`;
}

function afterwards(now: Whereabouts, system: string, formatter: Formatter): string {
  if (now.status.kind === 'failed') return `It then failed in ${system}${reasonOf(now, formatter)}.`;
  return `In ${system} it is now ${whereaboutsText(now, formatter)}.`;
}

function reasonOf({ statusMessage }: Whereabouts, formatter: Formatter): string {
  return statusMessage ? `: ${formatter.text(statusMessage, 300)}` : '';
}

function stoppedText(
  name: string,
  { now, isCanceled }: Extract<Ending, { kind: 'decided-elsewhere' }>,
  renderContext: RenderContext,
): string {
  const { formatter } = renderContext;
  if (isCanceled)
    return `Canceled by its requester, ${formatter.text(name, 60)}: now ${whereaboutsText(now, formatter)}`;
  return `Stopped by ${formatter.text(name, 60)} with ${typedLine(renderContext, 'stop')}: now ${whereaboutsText(now, formatter)}`;
}

function elsewhereText(
  { now }: Extract<Ending, { kind: 'decided-elsewhere' }>,
  approval: Approval,
  renderContext: RenderContext,
): string {
  const system = systemOf(approval, renderContext);
  const where = whereaboutsText(now, renderContext.formatter);
  if (approval.inbound) return `The run is over in ${system}, and not through Countersign: now ${where}`;
  switch (now.status.kind) {
    case 'rejected':
      return `Denied or stopped in ${system}, not here: now ${where}`;
    case 'complete':
      return `Decided in ${system}, not here: now ${where}`;
    default:
      return `No longer waiting for this approval; Countersign sent no decision. In ${system} it is now ${where}`;
  }
}

function overtakenSentence(
  { ending, decision, system }: Settled<'overtaken'>,
  { renderContext, atMs }: { readonly renderContext: RenderContext; readonly atMs: number },
): string {
  const { formatter } = renderContext;
  const sent = decision
    ? `${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} of ${formatter.moment(decision.atMs)} was sent`
    : 'A decision was sent';
  const answered = ending.isRefused ? `, and ${system} refused it` : '';
  return `${sent}${answered}. ${system} then showed the run as ${whereaboutsText(ending.now, formatter)} (${formatter.moment(atMs)}). Countersign cannot tell whether this decision caused that.`;
}

function restartedText(
  { successor, candidates }: Extract<Ending, { kind: 'restarted' }>,
  system: string,
  { formatter }: RenderContext,
): string {
  if (successor) return `Restarted in ${system}; it continues as run ${formatter.exact(successor.id, 80)}.`;
  return candidates === 0
    ? `Restarted in ${system}. Countersign has not found the new run.`
    : `Restarted in ${system}. Countersign cannot tell which of ${candidates} runs is the new one.`;
}

/** A decision for one of the outputs a workflow offered. */
type Chosen = Decision & { readonly output: string };

const mostPeople = 8;

/** Outputs that say by themselves what somebody did. */
const plainText = /^(approved|accepted|confirmed|rejected|denied|declined|refused)$/i;

/** Tells whether a decision is for an output of the workflow's own. */
function hasOutput(decision: Decision | undefined): decision is Chosen {
  return decision?.output !== undefined;
}

/** Says what was chosen by whom: `Approved by Ana`, or `“Send back” chosen by Ana`. */
function chosenBy(decision: Chosen, formatter: Formatter): string {
  const { output } = decision;
  const chosen = plainText.test(output) ? formatter.text(output) : `${quoted(output, formatter)} chosen`;
  return `${chosen} by ${votersOf(decision, formatter)}`;
}

/** Heads a card whose run took a choice and has come to its end. */
function chosenHeadline(decision: Chosen, now: Whereabouts, formatter: Formatter): string {
  const chosen = chosenBy(decision, formatter);
  return now.status.kind === 'failed' ? `⚠️ ${chosen}, then failed` : `${signOf(decision.verdict)} ${chosen}`;
}

/** Marks a yes or a no. */
function signOf(verdict: Verdict): string {
  return verdict === 'approve' ? '✅' : '⛔';
}

/** Says that a system took a choice; of what follows it tells no more than how the run as a whole stands. */
function takenSentence(approval: Approval, decision: Decision, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const system = systemOf(approval, renderContext);
  const { status, statusMessage } = approval.instance;
  const run = whereaboutsText({ status, ...defined({ statusMessage }) }, formatter);
  return `${whoDecided(decision, formatter)}. ${system} accepted it; it does not report whether this step moved on. The run is now ${run}.`;
}

/** Tells whether a step can only be answered in its system for now: nobody has said which activity waits. */
export function isLinkOnly({ inbound }: Approval): boolean {
  return inbound !== undefined && inbound.activityId === undefined;
}

/** Says where a step is answered that cannot be answered here yet. */
export function linkOnlySentence(approval: Approval, renderContext: RenderContext): string {
  return `Please decide this in the ${systemOf(approval, renderContext)} inbox: the workflow has not said yet which activity is waiting, so it cannot be answered from here.`;
}

/** Names whom a workflow would ask; nothing where it named nobody. */
export function suggestedLines({ inbound }: Approval, { formatter }: RenderContext): readonly string[] {
  if (!inbound || inbound.suggested.length === 0) return [];
  const names = inbound.suggested.slice(0, 5).map((name) => formatter.exact(name, 80));
  const more = inbound.suggested.length - names.length;
  return [
    `${formatter.label('Suggested by the workflow')} ${names.join(', ')}${more > 0 ? `, +${more} more` : ''}`,
  ];
}

/** Warns that commands may have answered the activity already, and whose they were. */
export function decidedLines(
  { maybeDecidedBy = [] }: Card,
  { formatter, command = '/workflow' }: RenderContext,
): readonly string[] {
  if (maybeDecidedBy.length === 0) return [];
  const who = listSome(
    maybeDecidedBy.map(({ name }) => formatter.text(name, 60)),
    mostPeople,
  );
  return [`⚠️ ${who} may have answered this activity already, with ${command} alert.`];
}

/** Says where comments are kept that a system has no place for. */
export function commentsStay(system: string): string {
  return `Comments stay in Slack; only the choice is sent to ${system}.`;
}
