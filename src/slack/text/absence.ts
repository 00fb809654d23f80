import { type Absence, type AbsenceEnd, untilExamples } from '../../domain/absence.js';
import type { FixedNotice, OperatorEvent } from '../../domain/notification.js';
import { assertNever } from '../../shared/language.js';
import { joinList } from '../../shared/text.js';
import type { AwayResult, BackResult, NoDelegate } from '../../use-cases/delegation.js';
import { type Formatter, type RenderContext, titled, typedLine } from '../format.js';

/** Titles, labels and buttons of the window in which somebody says that they will be away; titles have little room. */
export const awayText = {
  heading: 'Away and delegations',
  open: "I'll be away…",
  back: "I'm back",
  title: "I'll be away",
  submit: 'Save',
  cancel: 'Cancel',
  until: 'Away until',
  untilHint:
    'A date (2026-12-24, Dec 24, tomorrow, Friday), through that day in your Slack time zone, or a time from now (3d: three days). At most 30 days ahead.',
  delegate: 'Who decides for you',
  delegateHint:
    'Only people the approver rules list as delegates. They and the operators are notified at once.',
  nobody: 'Nobody',
  rule: 'For which rule',
  ruleHint: 'If empty, every rule that names you.',
  everyRule: 'Every rule that names you',
  notApprover: 'No approver rule names you, so you need no delegate.',
} as const;

/** Tells somebody what became of saying that they will be away. */
export function awayLines(result: AwayResult, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  switch (result.kind) {
    case 'away': {
      const { absence, unattended } = result;
      return [
        `🌴 You are away ${untilText(absence.untilMs, formatter)}${ruleText(absence, formatter)}. ${delegateText(absence, formatter)}`,
        ...unattended.map((rule) => `⚠️ ${nobodyLeft(rule, formatter)} The operators are notified.`),
        `You can still decide meanwhile. ${typedLine(renderContext, 'back')} ends it.`,
      ];
    }
    case 'away-before': {
      const { absence } = result;
      return [
        `Your first submission was saved: away ${untilText(absence.untilMs, formatter)}${ruleText(absence, formatter)}; ${delegateText(absence, formatter)} What you changed after that was not. Close this window and open a new one to change it.`,
      ];
    }
    case 'bad-date':
      return [`${badDateText(result, formatter)} Nothing was changed.`];
    case 'no-approver':
      return [noApproverText(result, formatter)];
    case 'no-delegate':
      return [
        `${formatter.person(result.delegate)} can't decide for you: ${noDelegateText(result.why)} Nothing was changed.`,
      ];
    case 'may-not':
      return [
        result.why === 'suspended'
          ? 'Your rights in Countersign are suspended, so you cannot name a delegate. Nothing was changed.'
          : 'Only full members of this workspace can do this. Nothing was changed.',
      ];
    default:
      return assertNever(result);
  }
}

function badDateText(
  { typed, why }: Extract<AwayResult, { kind: 'bad-date' }>,
  formatter: Formatter,
): string {
  const examples = joinList(untilExamples.map((one) => formatter.exact(one, 20)));
  const what = typed.trim() === '' ? 'No date was given.' : `${formatter.exact(typed, 60)} is`;
  switch (why) {
    case 'not-a-date':
      return `${typed.trim() === '' ? what : `${what} not a date Countersign understands.`} Examples: ${examples}.`;
    case 'past':
      return `${what} already past. Examples of dates: ${examples}.`;
    case 'too-long':
      return `${what} more than 30 days from now, which is the most allowed.`;
    default:
      return assertNever(why);
  }
}

function noApproverText(
  { typed, rules }: Extract<AwayResult, { kind: 'no-approver' }>,
  formatter: Formatter,
): string {
  if (typed === undefined || rules.length === 0) return `${awayText.notApprover} Nothing was changed.`;
  const names = joinList(rules.map((rule) => `“${formatter.text(rule, 80)}”`));
  return `${formatter.exact(typed, 80)} is not an approver rule that names you. Those that do: ${names}. Nothing was changed.`;
}

/** Says why somebody cannot decide in the reader's place. */
function noDelegateText(why: NoDelegate): string {
  switch (why) {
    case 'yourself':
      return 'that is you.';
    case 'not-a-member':
      return 'only full members of this workspace can.';
    case 'suspended':
      return 'their rights in Countersign are suspended.';
    case 'not-an-approver':
      return 'no approver rule names you, and a delegate cannot name another.';
    case 'not-a-delegate':
      return 'the rules that name you do not list them under `delegates`.';
    case 'not-mapped':
      return 'the settings have no username for them.';
    default:
      return assertNever(why);
  }
}

/** Tells somebody who is back what has ended. */
export function backLines({ absences }: BackResult, { formatter }: RenderContext): readonly string[] {
  if (absences.length === 0) return ['You were not away. Nothing was changed.'];
  const delegates = absences.flatMap((one) => (one.delegate ? [formatter.person(one.delegate)] : []));
  const ended = delegates.length === 0 ? '' : ` No longer deciding for you: ${joinList(delegates)}.`;
  return [`👋 Welcome back.${ended}`];
}

/** Tells both people, and the operators, that somebody has left their place to another, or that this is over. */
export function absenceLines(
  about:
    | Extract<FixedNotice, { kind: 'absence' | 'absence-ended' }>
    | Extract<OperatorEvent, { kind: 'absence' | 'absence-ended' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { absence } = about;
  const { untilMs, name, delegateName = '' } = absence;
  const span = `${untilText(untilMs, formatter)}${ruleText(absence, formatter)}`;
  const pair = `${formatter.text(delegateName, 60)} (for ${formatter.text(name, 60)})`;
  if (about.kind === 'absence-ended') return [`⏹️ ${endText(about, formatter)}${whyEnded(about, formatter)}`];
  if (!('to' in about))
    return [
      `🌴 ${formatter.text(name, 60)} is away ${span}. ${formatter.text(delegateName, 60)} decides for them.`,
    ];
  if (about.to === 'approver')
    return [
      `🌴 You are away ${span}. ${delegateText(absence, formatter)}`,
      `${typedLine(renderContext, 'back')} ends it. If you did not do this, click the button at once.`,
    ];
  return [
    `🌴 ${formatter.text(name, 60)} is away ${span}; you are their delegate and can decide what waits for them. Cards will say “${pair}”.`,
    `You can't decide what either of you requested, and the two of you count once. ${typedLine(renderContext, 'approvals')} lists what waits for you.`,
  ];
}

/** That an absence is over, and who reads it where that is the one who was away. */
interface Over {
  readonly absence: Absence;
  readonly why: AbsenceEnd;
  readonly to?: 'approver';
}

function endText({ absence: { name, delegateName }, to }: Over, formatter: Formatter): string {
  const who = formatter.text(name, 60);
  if (delegateName !== undefined)
    return `${formatter.text(delegateName, 60)} no longer decides for ${to ? 'you' : who}.`;
  return to ? 'You are no longer away.' : `${who} is no longer away.`;
}

function whyEnded({ absence: { name, delegateName }, why, to }: Over, formatter: Formatter): string {
  const who = to ? 'you' : formatter.text(name, 60);
  const delegate = formatter.text(delegateName ?? '', 60);
  // Without a delegate the sentence before has said it.
  if (why === 'back') return delegateName === undefined ? '' : ` ${titled(who)} ${to ? 'are' : 'is'} back.`;
  return ` ${endReason(why, { who, delegate })}`;
}

function endReason(
  why: Exclude<AbsenceEnd, 'back'>,
  { who, delegate }: { readonly who: string; readonly delegate: string },
): string {
  switch (why) {
    case 'date':
      return 'The absence ended on its date.';
    case 'replaced':
      return `${titled(who)} set another absence.`;
    case 'repudiated':
      return `${titled(who)} reported that they did not name this delegate.`;
    case 'suspended':
      return 'The rights of one of the two are suspended.';
    case 'not-a-member':
      return 'One of the two is no longer a full member of this workspace.';
    case 'not-an-approver':
      return `No approver rule names ${who} anymore.`;
    case 'not-a-delegate':
      return `The rules no longer list ${delegate} under \`delegates\`.`;
    case 'not-mapped':
      return `The settings no longer have a username for ${delegate}.`;
    default:
      return assertNever(why);
  }
}

/** Tells operators that nobody is left who can act in a rule. */
export function unattendedLines(rule: string, { formatter }: RenderContext): readonly string[] {
  return [
    `⚠️ ${nobodyLeft(rule, formatter)}`,
    'Its requests wait until someone is back. Add people to the rule, or ask someone to name a delegate.',
  ];
}

function nobodyLeft(rule: string, formatter: Formatter): string {
  return `Nobody can decide under rule “${formatter.text(rule, 80)}” now: everyone it names is away or may not decide.`;
}

/** Lists in a Home who is away and who decides in whose place. */
export function absenceHomeLines(
  { own, left }: { readonly own: readonly Absence[]; readonly left: readonly Absence[] },
  { formatter }: RenderContext,
): readonly string[] {
  return [
    ...own.map(
      (one) =>
        `🌴 You are away ${untilText(one.untilMs, formatter)}${ruleText(one, formatter)}. ${delegateText(one, formatter)}`,
    ),
    ...left.map(
      (one) =>
        `🪑 You decide for ${formatter.text(one.name, 60)} ${untilText(one.untilMs, formatter)}${ruleText(one, formatter)}.`,
    ),
    ...(own.length + left.length === 0 ? ['You are not away, and you decide for nobody else.'] : []),
  ];
}

const quarterMs = 15 * 60_000;

const halfDayMs = 12 * 60 * 60_000;

/**
 * Says until when somebody is away: `through Dec 4`, or `until Dec 4 at 10:20`.
 *
 * Whoever names a day is away until it ends by their own clock: at a midnight, which is on a quarter of an hour wherever
 * it is. Its noon is on the same day for most readers, so that is the day they are shown.
 */
export function untilText(untilMs: number, formatter: Formatter): string {
  return untilMs % quarterMs === 0
    ? `through ${formatter.day(untilMs - halfDayMs)}`
    : `until ${formatter.moment(untilMs)}`;
}

function delegateText({ delegateName }: Absence, formatter: Formatter): string {
  return delegateName === undefined
    ? 'Nobody decides for you.'
    : `${formatter.text(delegateName, 60)} decides for you.`;
}

function ruleText({ rule }: Absence, formatter: Formatter): string {
  return rule === undefined ? '' : `, for “${formatter.text(rule, 80)}”`;
}
