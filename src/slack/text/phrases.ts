import { subjectOf, type Whereabouts } from '../../domain/approval.js';
import type { MayRun } from '../../domain/change.js';
import type { Verb } from '../../domain/commands.js';
import type { Fault, Instance, InstanceStatus } from '../../domain/instance.js';
import type { Notice } from '../../domain/notification.js';
import { namesNobody, type WorkspaceMembership } from '../../domain/person.js';
import type { MayDecide } from '../../domain/policy.js';
import type { Row } from '../../domain/reply.js';
import type { ClickReply, WhyNotInBulk } from '../../domain/voting.js';
import { assertNever } from '../../shared/language.js';
import { joinList, listSome } from '../../shared/text.js';
import { type Formatter, namedIn, type RenderContext, requestName } from '../format.js';

/** Says where a run was found, to follow “now”: `Complete`, `Waiting at step Issue`, `Failed: disk full`. */
export function whereaboutsText(now: Whereabouts, formatter: Formatter): string {
  const why = now.statusMessage ? `: ${formatter.text(now.statusMessage.replace(/[.\s]+$/, ''), 300)}` : '';
  const step = now.step ? ` at step ${formatter.text(now.step.name || now.step.uniqueName, 100)}` : '';
  switch (now.status.kind) {
    case 'complete':
      return 'Complete';
    case 'running':
      return `Running${step}`;
    case 'suspended':
      return step === '' ? 'Waiting' : `Waiting${step}`;
    case 'rejected':
      return `Rejected${why}`;
    case 'failed':
      return `Failed${step}${why}`;
    case 'canceled-for-restart':
      return 'Canceled for a restart';
    case 'paused':
      return `Paused${step}`;
    case 'aborted':
      return `Aborted${why}`;
    case 'unknown':
      return `in an unknown state, ${formatter.exact(now.status.raw, 60)}${step}`;
    default:
      return assertNever(now.status.kind);
  }
}

/** Stands on the button that leads to the page on which an account is linked. */
export const linkButtonText = 'Link my account';

/** Tells somebody who wanted to decide that they must link their account first. */
export function linkNeededText(
  { system, hasEnded }: Extract<ClickReply, { kind: 'link-needed' }>,
  { formatter, labelOf }: RenderContext,
): string {
  const label = formatter.text(labelOf(system), 60);
  const why = hasEnded
    ? `Your link to ${label} has ended, so nothing can be sent there in your name.`
    : `Decisions are sent to ${label} in your own name, and you have not linked your account there yet.`;
  return `${why} Nothing was decided. Click “Link my account” within ten minutes; then you can continue where you left off.`;
}

/** Tells somebody that their decision could not be sent, since their link has ended. */
export function linkEndedLines(
  { approval, system }: Extract<Notice, { kind: 'link-ended' }>,
  { formatter, labelOf }: RenderContext,
): readonly string[] {
  const label = formatter.text(labelOf(system), 60);
  return [
    `Your decision on ${requestName(approval, formatter)} was not sent.`,
    `Your link to ${label} has ended, so nothing could be sent in your name. Nothing was changed. Link your account again to continue.`,
  ];
}

/** Tells somebody as whom they are linked, and asks whether to go on with what they had wanted. */
export function linkedLines(
  { system, username, endsAtMs, pendingClick: action, approval }: Extract<Notice, { kind: 'linked' }>,
  { formatter, labelOf }: RenderContext,
): readonly string[] {
  const label = formatter.text(labelOf(system), 60);
  const linked = `You are linked to ${formatter.exact(username, 100)} in ${label}. What you decide from Slack is sent to ${label} in that name.`;
  const ends =
    endsAtMs === undefined
      ? []
      : [
          `The identity provider issued no refresh token, so this link ends ${formatter.moment(endsAtMs)}; then you link again.`,
        ];
  if (!action || !approval) return [linked, ...ends];
  const act = action.verb === 'approve' ? 'Approve' : 'Deny';
  const said =
    action.comment === undefined ? [] : [`You had written: ${formatter.text(action.comment, 400)}`];
  return [
    linked,
    ...ends,
    `${act} ${formatter.exact(subjectOf(approval), 200)} (${formatter.text(approval.code, 12)})? Nothing was decided yet.`,
    ...said,
  ];
}

/** Stands on the button with which somebody goes on after linking. */
export function goOnButtonText(verb: 'approve' | 'deny'): string {
  return verb === 'approve' ? 'Approve…' : 'Deny…';
}

/** Explains on a card that a decision could not be sent in somebody's name. */
export function linkEndedNote(
  name: string,
  { formatter, system }: { readonly formatter: Formatter; readonly system: string },
): string {
  const who = formatter.text(name, 60);
  return `⚠️ ${who}'s account in ${system} is no longer linked, so the decision could not be sent in ${who}'s name. Nothing was changed.`;
}

/** Tells somebody why they may not run a verb. */
export function mayRunSentence(verb: Verb, why: Exclude<MayRun, { kind: 'yes' }>): string {
  switch (why.kind) {
    case 'not-a-member':
      return `${membershipText(why.membership)} Only full members of this workspace can use commands.`.trim();
    case 'suspended':
      return suspendedSentence;
    case 'group-not-checked':
      return 'Countersign could not read the user groups in the rules from Slack. Please try again in a moment.';
    case 'not-requester':
      return 'Only the requester can cancel it, and Countersign does not know you as the requester. Operators can add your username under “people”, or you can link your account.';
    case 'being-decided':
      return 'A decision about it is on its way, so it can no longer be canceled.';
    case 'no-rule':
      return `You may not: no rule in the settings lets you use “${verb}” on this workflow. Operators can add you under “operators”.`;
    default:
      return assertNever(why);
  }
}

const marks: Readonly<Record<Exclude<InstanceStatus['kind'], 'unknown'>, string>> = {
  running: '🔵 Running',
  suspended: '🟡 Waiting',
  complete: '✅ Complete',
  rejected: '⛔ Rejected',
  failed: '🔴 Failed',
  'canceled-for-restart': '🔁 Canceled for a restart',
  paused: '⏸️ Paused',
  aborted: '⏹️ Aborted',
};

/** Says in a mark and a word how a run stands; a state nobody foresaw is shown as the system wrote it. */
export function stateMark({ kind, raw }: InstanceStatus, { formatter }: RenderContext): string {
  return kind === 'unknown' ? `❔ ${formatter.exact(raw, 60)}` : marks[kind];
}

/** Heads a run: the short code that names it, where all can find it, then its state and title. */
function runHead({ code, instance }: Row, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  return `${formatter.exact(code, 24)} ${stateMark(instance.status, renderContext)} · ${formatter.text(instance.title.replace(/[.\s]+$/, ''), 120)}`;
}

/** Tells a run in two lines: what it is, and where and since when it stands. */
export function runLines(row: Row, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { instance, label } = row;
  const { startedAtMs } = instance;
  const parts = [
    ...stepText(instance, renderContext),
    formatter.text(instance.definition.name, 80),
    formatter.text(label, 60),
    ...(startedAtMs === undefined ? [] : [`started ${formatter.moment(startedAtMs)}`]),
  ];
  return [runHead(row, renderContext), parts.join(' · ')];
}

/** Names the step a run stands at, if it stands at one. */
export function stepText({ step }: Instance, { formatter }: RenderContext): readonly string[] {
  return step ? [formatter.text(step.name || step.uniqueName, 80)] : [];
}

/** Tells somebody that nothing they ask for is done for now, and what would help. */
const suspendedSentence =
  "Your rights in Countersign are suspended because of a “That wasn't me” report. An operator can restore them.";

/** Tells somebody why they may not decide, and what would help. */
export function refusalSentence(why: Exclude<MayDecide, { kind: 'yes' }>, formatter: Formatter): string {
  switch (why.kind) {
    case 'no-rule':
      return 'No rule in the settings says who may decide this, so nobody can decide it here.';
    case 'not-an-approver':
      return namesNobody(why.rule)
        ? `The rule “${formatter.text(why.rule.name, 80)}” names nobody, so nobody can decide this here.`
        : `You are not one of the approvers of “${formatter.text(why.rule.name, 80)}”: ${listSome(namedIn(why.rule, formatter), 8)}.`;
    case 'suspended':
      return suspendedSentence;
    case 'group-not-checked':
      return `Countersign could not read the user groups in rule “${formatter.text(why.rule.name, 80)}” from Slack. Please try again in a moment.`;
    case 'portal-only':
      return `Rule “${formatter.text(why.rule.name, 80)}” requires this to be decided in the system itself.`;
    case 'not-a-member':
      return `${membershipText(why.membership)} Only full members of this workspace can decide.`;
    case 'own-request':
      return 'You requested this, so someone else has to decide.';
    case 'maybe-own-request':
      return `${formatter.exact(why.requester, 100)} requested this, which may be a username of yours, so Countersign can't confirm this isn't your own request. If that username belongs to someone else, ask an operator to put the two domains in different groups under \`domains\`.`;
    case 'not-mapped':
      return "Countersign doesn't know your username in the system this comes from, so it can't confirm this isn't your own request. Operators can add you under “people”, or set `userNames: email` if usernames there are e-mail addresses.";
    case 'requester-unknown':
      return "The requester is not known, so Countersign can't confirm this isn't your own request.";
    case 'own-request-of-approver':
      return `You are deciding for ${formatter.text(why.approver, 60)}, and this is or may be their own request, so someone else has to decide.`;
    default:
      return assertNever(why);
  }
}

/** Says what Slack says somebody is, when that is not a full member. */
export function membershipText(standing: WorkspaceMembership): string {
  switch (standing) {
    case 'guest':
      return 'Slack says you are a guest here.';
    case 'stranger':
      return 'Slack says you belong to another workspace.';
    case 'bot':
      return 'Slack says you are an app.';
    case 'deactivated':
      return 'Slack says your account is deactivated.';
    case 'member':
      return '';
    default:
      return assertNever(standing);
  }
}

/** Names the systems that could not be asked; nothing when all could. */
export function silentLines(
  silent: readonly string[],
  consequence: string,
  { formatter }: RenderContext,
): readonly string[] {
  if (silent.length === 0) return [];
  const names = silent.slice(0, 8).map((label) => formatter.text(label, 60));
  return [`⚠️ ${joinList(names)} could not be read; ${consequence}.`];
}

/** Repeats what a system said when it refused. */
export function serverMessage(said: string | undefined, formatter: Formatter): string {
  return said === undefined ? '' : ` It said: ${formatter.text(said, 300)}.`;
}

/** Says what is wrong with a system that could not be asked, to follow its name; only one that is silent did not answer. */
export function faultText(fault: Fault | undefined): string {
  switch (fault) {
    case undefined:
    case 'silence':
      return 'did not answer';
    case 'sign-in':
      return 'refused the sign-in (401)';
    case 'forbidden':
      return 'refused access (403)';
    case 'page':
      return 'answered with a web page, such as a sign-in page';
    case 'redirect':
      return 'answered with a redirect, such as to a sign-in page';
    case 'error':
      return 'answered with an error, or in a format Countersign does not know';
    default:
      return assertNever(fault);
  }
}

/** Says why a request has to be looked at alone. */
export function notInBulkText(reason: WhyNotInBulk): string {
  switch (reason) {
    case 'rule':
      return 'Its rule does not allow approving it with others.';
    case 'not-whole':
      return 'Its card folds away part of what it requests.';
    case 'finding':
      return 'It has a ⚠️ Check line.';
    case 'outputs':
      return 'Its workflow offers its own choices.';
    case 'beyond-one-account':
      return 'Its system needs several approvers.';
    case 'other-findings':
      return 'Its ⚠️ Check line, or its rule, changed after you opened the window.';
    default:
      return assertNever(reason);
  }
}

/** Says that retention has removed what somebody clicks on or names. */
export function removedText(
  what: 'approval' | 'receipt',
  removedAtMs: number,
  { moment }: Formatter,
): string {
  return `The data of this ${what} was deleted ${moment(removedAtMs)} because its retention period ended.`;
}

/** What is said in shadow mode, in which nothing is decided or changed from Slack. */
export const shadowMessages = {
  click:
    'Countersign is in shadow mode and decides nothing. Nothing was changed; decide it in the system itself.',
  command: 'Countersign is in shadow mode: this is off until it goes live. Nothing was changed.',
  /** Heads everything that is posted. */
  heading: (label: string | undefined, isFailure = false) => {
    if (label === undefined) return 'Shadow mode';
    return isFailure ? `Shadow: recover in ${label}` : `Shadow: decide in ${label}`;
  },
  wouldGoTo: (places: string) => `In live mode this would be posted to ${places}`,
  home: 'Nothing is decided from Slack in shadow mode.',
} as const;
