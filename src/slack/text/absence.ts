import { type Absence, type AbsenceEnd, untilExamples } from '../../domain/absence.js';
import type { FixedNotice, OperatorEvent } from '../../domain/notification.js';
import { assertNever } from '../../shared/language.js';
import { joinList } from '../../shared/text.js';
import type { AwayResult, BackResult, NoDelegate } from '../../use-cases/delegation.js';
import { type Formatter, type RenderContext, typedLine } from '../format.js';

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
    'For example 2026-12-24, 24 Dec, tomorrow, friday or 3d; to the end of that day by your clock in Slack, 30 days at most.',
  delegate: 'Who decides in your place',
  delegateHint:
    'Only people the approver rules list as delegates. They and the operators are notified at once.',
  nobody: 'Nobody',
  rule: 'For which rule',
  ruleHint: 'Left empty, it is for every rule that names you.',
  everyRule: 'Every rule that names you',
  notApprover: 'No approver rule names you, so nobody has to decide in your place.',
} as const;

/** Tells somebody what became of saying that they will be away. */
export function awayLines(result: AwayResult, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  switch (result.kind) {
    case 'away': {
      const { absence, unattended } = result;
      return [
        `🌴 You are away until ${formatter.moment(absence.untilMs)}${ruleText(absence, formatter)}. ${delegateText(absence, formatter)}`,
        ...unattended.map((rule) => `⚠️ ${nobodyLeft(rule, formatter)} The operators are notified.`),
        `You can decide meanwhile all the same. ${typedLine(renderContext, 'back')} ends it.`,
      ];
    }
    case 'bad-date':
      return [`${badDateText(result, formatter)} Nothing was changed.`];
    case 'no-approver':
      return [noApproverText(result, formatter)];
    case 'no-delegate':
      return [
        `${formatter.person(result.delegate)} can't decide in your place: ${noDelegateText(result.why)} Nothing was changed.`,
      ];
    case 'may-not':
      return [
        result.why === 'suspended'
          ? 'Your rights in Countersign are suspended, so you cannot leave your place to anybody. Nothing was changed.'
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
      return `${typed.trim() === '' ? what : `${what} no date Countersign understands.`} Examples: ${examples}.`;
    case 'past':
      return `${what} over already. Examples of dates: ${examples}.`;
    case 'too-long':
      return `${what} more than 30 days from now, which is the longest.`;
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
  return `${formatter.exact(typed, 80)} is no approver rule that names you. Those that do: ${names}. Nothing was changed.`;
}

/** Says why somebody cannot decide in the reader's place. */
export function noDelegateText(why: NoDelegate): string {
  switch (why) {
    case 'yourself':
      return 'that is you.';
    case 'not-a-member':
      return 'only full members of this workspace can.';
    case 'suspended':
      return 'their rights in Countersign are suspended.';
    case 'not-an-approver':
      return 'no approver rule names you, and what others left to you is not handed on.';
    case 'not-a-delegate':
      return 'the rules that name you do not list them under `delegates`.';
    case 'not-mapped':
      return 'the settings do not say what the systems call them.';
    default:
      return assertNever(why);
  }
}

/** Tells somebody who is back what has ended. */
export function backLines({ absences }: BackResult, { formatter }: RenderContext): readonly string[] {
  if (absences.length === 0) return ['You were not away. Nothing was changed.'];
  const delegates = absences.flatMap((one) => (one.delegate ? [formatter.person(one.delegate)] : []));
  const ended =
    delegates.length === 0 ? '' : ` Nobody decides in your place any more: ${joinList(delegates)}.`;
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
  const span = `until ${formatter.moment(untilMs)}${ruleText(absence, formatter)}`;
  const pair = `${formatter.text(delegateName, 60)} for ${formatter.text(name, 60)}`;
  if (about.kind === 'absence-ended') return [`⏹️ ${endText(absence, formatter)} ${whyEnded(about.why)}`];
  if (!('to' in about))
    return [
      `🌴 ${formatter.text(name, 60)} is away ${span}. ${formatter.text(delegateName, 60)} decides in their place.`,
    ];
  if (about.to === 'approver')
    return [
      `🌴 You are away ${span}. ${delegateText(absence, formatter)}`,
      `${typedLine(renderContext, 'back')} ends it. If it wasn't you who said so, click the button at once.`,
    ];
  return [
    `🌴 ${formatter.text(name, 60)} is away ${span} and has left you their place: you can decide what waits for them. Cards will say “${pair}”.`,
    `Nothing that either of you asked for, and a seat counts once. ${typedLine(renderContext, 'approvals')} lists what waits for you.`,
  ];
}

function endText({ name, delegateName }: Absence, formatter: Formatter): string {
  const who = formatter.text(name, 60);
  return delegateName === undefined
    ? `${who} counts as away no longer.`
    : `${formatter.text(delegateName, 60)} decides for ${who} no longer.`;
}

function whyEnded(why: AbsenceEnd): string {
  switch (why) {
    case 'date':
      return 'Its time is over.';
    case 'back':
      return 'They are back.';
    case 'replaced':
      return 'They have said something else since.';
    case 'repudiated':
      return 'They say that it was not them who left their place to anybody.';
    case 'suspended':
      return 'The rights of one of the two are suspended.';
    case 'not-a-member':
      return 'One of the two is no full member of this workspace any more.';
    case 'not-an-approver':
      return 'No approver rule names them any more.';
    case 'not-a-delegate':
      return 'The rules do not list that person under `delegates` any more.';
    case 'not-mapped':
      return 'The settings do not say any more what the systems call that person.';
    default:
      return assertNever(why);
  }
}

/** Tells operators that nobody is left who can act in a rule. */
export function unattendedLines(rule: string, { formatter }: RenderContext): readonly string[] {
  return [
    `⚠️ ${nobodyLeft(rule, formatter)}`,
    'What waits there waits until somebody is back. Add people to the rule, or ask somebody to name a delegate.',
  ];
}

function nobodyLeft(rule: string, formatter: Formatter): string {
  return `Nobody is left who can decide by “${formatter.text(rule, 80)}”: everybody it names is away or may do nothing.`;
}

/** Lists in a Home who is away and who decides in whose place. */
export function absenceHomeLines(
  { own, left }: { readonly own: readonly Absence[]; readonly left: readonly Absence[] },
  { formatter }: RenderContext,
): readonly string[] {
  const until = ({ untilMs }: Absence) => formatter.moment(untilMs);
  return [
    ...own.map(
      (one) =>
        `🌴 You are away until ${until(one)}${ruleText(one, formatter)}. ${delegateText(one, formatter)}`,
    ),
    ...left.map(
      (one) =>
        `🪑 You decide for ${formatter.text(one.name, 60)} until ${until(one)}${ruleText(one, formatter)}.`,
    ),
    ...(own.length + left.length === 0 ? ['You are here, and decide in nobody else’s place.'] : []),
  ];
}

function delegateText({ delegateName }: Absence, formatter: Formatter): string {
  return delegateName === undefined
    ? 'Nobody decides in your place.'
    : `${formatter.text(delegateName, 60)} decides in your place.`;
}

function ruleText({ rule }: Absence, formatter: Formatter): string {
  return rule === undefined ? '' : `, for “${formatter.text(rule, 80)}”`;
}
