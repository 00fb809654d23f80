import type { MissingCardReason } from '../../domain/card.js';
import { changingVerbs, readingVerbs, type Verb } from '../../domain/change.js';
import { type UsageProblem, type VerbSpec, verbs } from '../../domain/commands.js';
import { targetKey } from '../../domain/policy.js';
import type { ApprovalRow, HealthReport, Reply, SystemHealth } from '../../domain/reply.js';
import { assertNever } from '../../shared/assert-never.js';
import { cutText, listSome } from '../../shared/text.js';
import {
  type Formatter,
  mrkdwnFormatter,
  plainFormatter,
  type RenderContext,
  subjectOf,
  systemOf,
  typedLine,
  workOf,
} from '../format.js';
import { timeSpan } from './alert.js';
import { brokeText } from './answer.js';
import { shownReceiptLines } from './notice.js';
import { mayRunSentence } from './phrases.js';
import { changeLines, openApprovalText, proposalLines } from './reply-changes.js';
import {
  ambiguousLines,
  definitionLines,
  historyLines,
  linkLines,
  listLines,
  silentLines,
  statusLines,
  whoLines,
  whyLines,
} from './reply-queries.js';

/** What is said on the spot when a command, or something pressed under its answer, leads no further. */
export const commandMessages = {
  tooSlow: 'That took too long for Slack to open a window. Nothing was done; please type it again.',
  windowRefused: 'Slack did not open the window just now. Nothing was done; please type it again.',
  oldWindow: 'This window is too old. Close it and type the command again; nothing was done.',
  oldChoice: 'This choice is too old. Type the command again; nothing was done.',
  noCardYet: 'Its card is not posted yet. Nothing was decided; please press again in a moment.',
  oldProposal:
    'This can no longer be confirmed: it is older than ten minutes, or not yours. Nothing was changed; type the command again.',
  notConfirmed:
    'Nothing was changed: the confirmation could not be stored on our side. Please press again in a moment.',
  notCancelled:
    'This could not be cancelled on our side just now. Nothing was changed, and nothing will be unless you confirm it.',
  working: '⏳ Working on it…',
  nothingChosen: 'Please choose a workflow.',
  valuesNotShown: 'This workflow takes values that were not shown here. Please choose it once more.',
  nothingTyped: 'Please type a name.',
  noVersion: 'A version is a whole number, such as 3.',
} as const;

/** Says what a field takes, under it. */
export function wrongValueText({
  typed,
  expected,
}: {
  readonly typed: string;
  readonly expected: string;
}): string {
  return typed === ''
    ? 'Please give a value here.'
    : cutText(`Please give ${plainFormatter.text(expected)}.`, 150);
}

/** Verbs that ask in a modal for what was not typed. */
export type PickerVerb =
  | 'status'
  | 'why'
  | 'history'
  | 'restart'
  | 'stop'
  | 'pause'
  | 'resume'
  | 'abort'
  | 'output'
  | 'variable'
  | 'alert'
  | 'execute';

/** The words of the modals that ask for a workflow. Titles and buttons of a modal may have 24 characters. */
export const pickerText = {
  title: {
    status: 'Status of a workflow',
    why: 'Why is it where it is?',
    history: 'History of a workflow',
    restart: 'Restart a workflow',
    stop: 'Stop a workflow',
    pause: 'Pause a workflow',
    resume: 'Resume a workflow',
    abort: 'Abort a workflow',
    output: 'Output of an activity',
    variable: 'Variable of a workflow',
    alert: 'Answer an activity',
    execute: 'Start a workflow',
  },
  /** What changes something is shown once more before it happens. */
  submit: {
    status: 'Show',
    why: 'Explain',
    history: 'Show',
    restart: 'Next',
    stop: 'Next',
    pause: 'Next',
    resume: 'Next',
    abort: 'Next',
    output: 'Show',
    variable: 'Show',
    alert: 'Next',
    execute: 'Next',
  },
  close: 'Close',
  choose: 'Choose a workflow',
  looking: '⏳ Looking for workflows…',
  nothing: 'There is no workflow that you may use this on, or a system could not be asked.',
  notSearched: 'Workflows could not be looked for just now.',
  canType: 'If you know which one you mean, close this window and type, for example,',
  activityHint: 'The name of the activity, as it is called in the workflow.',
  variableHint: 'The name of the variable, as it is called in the workflow.',
  versionHint: 'Version of the workflow to run; empty means the one the system chooses.',
  nothingToStart: 'There is no workflow that you may start.',
  noValues: 'This workflow takes no values.',
  tooManyValues: 'This workflow takes more values than a window can hold. Close it and type, for example,',
  yes: 'Yes',
  no: 'No',
} as const satisfies {
  readonly title: Readonly<Record<PickerVerb, string>>;
  readonly submit: Readonly<Record<PickerVerb, string>>;
} & Readonly<Record<string, unknown>>;

/** Says that what was typed leaves open which workflow is meant. */
export function notOneText({ workflow, fits }: TypedWorkflow): string {
  const typed = mrkdwnFormatter.exact(workflow, 120);
  return fits === 'several'
    ? `Several workflows fit ${typed}. Please choose one.`
    : `No workflow that you may start fits ${typed}. Please choose one.`;
}

/** Says what a field left empty comes to. */
export function defaultHint(value: string): string {
  return `Left empty, it is ${plainFormatter.text(value, 100)}.`;
}

/** A name somebody typed that fits no workflow, or several. */
export interface TypedWorkflow {
  readonly workflow: string;
  readonly fits: 'several' | 'none';
}

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

/** What waits for somebody's decision. */
export type ApprovalList = Extract<Reply, { kind: 'approvals' }>;

/** Lists what waits for somebody's decision, two lines each. */
function approvalLines(list: ApprovalList, renderContext: RenderContext): readonly string[] {
  return [
    approvalsHead(list, renderContext),
    ...list.rows.flatMap((row) => approvalRowLines(row, renderContext)),
    ...approvalsFoot(list),
  ];
}

/** Heads the list: how many there are, and which page this is. */
export function approvalsHead(
  { page, total, rows, hasMore }: ApprovalList,
  { formatter }: RenderContext,
): string {
  if (total === 0) return 'Nothing waits for your decision.';
  if (rows.length === 0) return `Waiting for your decision: nothing on page ${page} any more.`;
  const which = page > 1 || hasMore ? `, page ${page}` : '';
  return formatter.label(`Waiting for your decision: ${total}${which}`);
}

/** Tells an approval in two lines: what it is, then since when it waits, who asked and where its card is. */
export function approvalRowLines(
  { card, channel }: ApprovalRow,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { approval, votes, rule } = card;
  const [chief] = approval.instance.facts.requesters;
  const parts = [
    `since ${formatter.moment(approval.waitingSinceMs)}`,
    ...(chief === undefined ? [] : [`requested by ${formatter.exact(chief, 80)}`]),
    ...(rule && rule.quorum > 1 ? [`${votes.length} of ${rule.quorum} have approved`] : []),
    systemOf(approval, renderContext),
    ...(channel === undefined ? [] : [`card in ${formatter.channel(channel)}`]),
  ];
  return [
    `${formatter.exact(approval.code, 24)} 🔐 ${workOf(approval, formatter)} ${formatter.exact(subjectOf(approval), 150)}`,
    parts.join(' · '),
  ];
}

/** Says what is not in the list, and where to look for what becomes of a decision. */
export function approvalsFoot({ rows, voted }: ApprovalList): readonly string[] {
  return [
    ...(voted > 0
      ? [`You have approved ${voted} more, ${voted === 1 ? 'which waits' : 'which wait'} for others.`]
      : []),
    ...(rows.length > 0 ? ['What becomes of a decision is shown on its card.'] : []),
  ];
}

const mostRows = 12;

/** Tells how the systems stand, what waits to be posted, and which approvals nobody can decide from a card. */
function healthLines(health: HealthReport, renderContext: RenderContext): readonly string[] {
  return [
    ...health.systems.slice(0, mostRows).map((system) => systemLine(system, renderContext.formatter)),
    ...moreLine(health.systems.length),
    ...cardLines(health, renderContext),
    outboxLine(health, renderContext.formatter),
    ...incidentLines(health, renderContext),
    ...placeLines(health, renderContext.formatter),
    ...unmappedLines(health, renderContext.formatter),
  ];
}

function systemLine(
  { label, respondedAtMs, silence, hasAlerts }: SystemHealth,
  formatter: Formatter,
): string {
  const alerts = hasAlerts ? 'alerts on' : 'alerts off';
  const name = formatter.label(formatter.text(label, 60).replaceAll('*', ''));
  const last =
    respondedAtMs === undefined ? 'it has never answered' : `last answer ${formatter.moment(respondedAtMs)}`;
  if (!silence) return `${respondedAtMs === undefined ? '❔' : '✅'} ${name} ${last} · ${alerts}`;
  const { sinceMs, polls } = silence;
  const times = polls === 1 ? 'one look' : `${polls} looks`;
  return `🔴 ${name} gives no answer since ${formatter.moment(sinceMs)} (${times}) · ${last} · ${alerts}`;
}

function cardLines({ withoutCard }: HealthReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  if (withoutCard.length === 0)
    return ['✅ Every open approval has a card people can decide from, or was decided.'];
  const rows = withoutCard
    .slice(0, mostRows)
    .map(
      ({ approval, label, why }) =>
        `• ${formatter.exact(approval.code, 24)} ${formatter.text(approval.instance.title, 100)} · ${formatter.text(label, 60)}: ${whyText(why, formatter)}`,
    );
  return [
    `⚠️ ${formatter.label('Open approvals nobody can decide from a card')} ${withoutCard.length}`,
    ...rows,
    ...moreLine(withoutCard.length),
    `${typedLine(renderContext, 'why <ref>')} says where a card was to go.`,
  ];
}

function whyText(why: MissingCardReason, formatter: Formatter): string {
  switch (why.kind) {
    case 'next':
      return 'its card is posted next.';
    case 'turn':
      return `its channel is busy; its card has a turn ${formatter.moment(why.dueAtMs)}.`;
    case 'digest':
      return 'its channel is busy; the digest there lists it until its card has a turn.';
    case 'retried': {
      const doubt = why.mayHavePosted ? ' A message may be there that Slack never confirmed.' : '';
      return `its card could not be posted (${formatter.exact(why.error, 60)}); it is tried again ${formatter.moment(why.dueAtMs)}.${doubt}`;
    }
    case 'given-up':
      return `its card was given up (${formatter.exact(why.error, 60)}); the log says more.`;
    case 'nowhere':
      return 'no place was ever chosen for its card. That is a defect of ours; please report it.';
    case 'nobody-may':
      return 'its card is there, but no rule says who may decide; add one under “approvers”.';
    case 'link-only':
      return 'its card is there, but it can only be answered in the system itself.';
    default:
      return assertNever(why);
  }
}

function outboxLine({ outbox }: HealthReport, formatter: Formatter): string {
  if (outbox.length === 0) return '✅ Nothing waits to be posted.';
  const kinds = outbox.map(({ kind, pending, oldestDueMs }) => {
    const due = oldestDueMs < 5_000 ? '' : `, due for ${timeSpan(oldestDueMs)}`;
    return `${pending} × ${kind}${due}`;
  });
  return `${formatter.label('To be posted')} ${kinds.join(' · ')}`;
}

function incidentLines({ incidents }: HealthReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  if (incidents.length === 0) return [];
  return [
    formatter.label('Open alerts'),
    ...incidents
      .slice(0, mostRows)
      .map(
        ({ code, definition, label, unresolved }) =>
          `• ${formatter.exact(code, 24)} ${formatter.text(definition, 80)} · ${formatter.text(label, 60)} · ${unresolved} failed`,
      ),
    ...moreLine(incidents.length),
  ];
}

function placeLines({ lostPlaces }: HealthReport, formatter: Formatter): readonly string[] {
  return lostPlaces.slice(0, mostRows).map(({ target, sinceMs }) => {
    const place =
      target.kind === 'channel' ? formatter.channel(targetKey(target)) : formatter.person(target.person);
    return `⚠️ ${place} cannot be posted to since ${formatter.moment(sinceMs)}. Invite the bot there, or change the settings.`;
  });
}

function unmappedLines({ unmapped }: HealthReport, formatter: Formatter): readonly string[] {
  return unmapped.slice(0, mostRows).map(({ rule, label, people }) => {
    const names = listSome(
      people.map((id) => formatter.person(id)),
      8,
    );
    return `⚠️ ${formatter.label('No name known')} in ${formatter.text(label, 60)} for ${names}, whom “${formatter.text(rule, 80)}” names`;
  });
}

function moreLine(count: number): readonly string[] {
  return count > mostRows ? [`+${count - mostRows} more`] : [];
}

const listedVerbs: readonly Verb[] = readingVerbs.filter((name) => name !== 'receipt');

const changing: readonly Verb[] = changingVerbs;

/** Every verb is in one of these. */
const groups: readonly { readonly title: string; readonly has: (spec: VerbSpec) => boolean }[] = [
  { title: 'For everybody', has: ({ name }) => !listedVerbs.includes(name) && !changing.includes(name) },
  { title: 'To look, where a rule lets you', has: ({ name }) => listedVerbs.includes(name) },
  { title: 'To change something, where a rule lets you', has: ({ name }) => changing.includes(name) },
];

/** Lists everything that can be typed, or explains one verb; made from the table of verbs only. */
function helpLines(about: Verb | undefined, renderContext: RenderContext): readonly string[] {
  const spec = verbs.find(({ name }) => name === about);
  if (spec) {
    return [
      typedLine(renderContext, spec.usage),
      `${spec.summary}${spec.changes ? ' You are shown what it would do, and asked, before anything happens.' : ''}`,
      exampleLine(spec, renderContext),
    ];
  }
  return [
    renderContext.formatter.label(`What can be typed after ${renderContext.command ?? '/workflow'}`),
    ...groups.flatMap(({ title, has }) => [
      renderContext.formatter.label(title),
      ...verbs
        .filter(has)
        .map(({ usage, summary }) => `• ${renderContext.formatter.exact(usage, 200)} ${summary}`),
    ]),
    `${typedLine(renderContext, 'help restart')} explains one, and so on.`,
    `A ${renderContext.formatter.exact('<ref>')} is a short code from a card or a list, an id, a reference number, or words of the title.`,
  ];
}

/** Answers a word that starts no command. */
function unknownVerbLines(
  { typed, near }: { readonly typed: string; readonly near?: Verb },
  renderContext: RenderContext,
): readonly string[] {
  const spec = verbs.find(({ name }) => name === near);
  return [
    `There is no command ${renderContext.formatter.exact(typed, 60)}. Nothing was done.`,
    ...(spec ? [`Did you mean ${typedLine(renderContext, spec.usage)}? ${spec.summary}`] : []),
    `${typedLine(renderContext, 'help')} lists what can be typed.`,
  ];
}

/** Says what is wrong with a line and how it is typed. */
function usageLines(
  { verb, problem }: { readonly verb: Verb; readonly problem: UsageProblem },
  renderContext: RenderContext,
): readonly string[] {
  const spec = verbs.find(({ name }) => name === verb);
  return [
    `${problemText(problem, renderContext)} Nothing was done.`,
    ...(spec ? [`Type ${typedLine(renderContext, spec.usage)}`, exampleLine(spec, renderContext)] : []),
  ];
}

function exampleLine({ example }: VerbSpec, renderContext: RenderContext): string {
  return `For example ${typedLine(renderContext, example)}`;
}

function problemText(problem: UsageProblem, { formatter }: RenderContext): string {
  switch (problem.kind) {
    case 'missing':
      return `Something is missing: ${formatter.exact(`<${problem.what}>`, 60)}.`;
    case 'not-a-value':
      return `${formatter.exact(problem.typed, 60)} does not have the form ${formatter.exact('name=value')}.`;
    case 'too-much':
      return `Nothing more can be given here than the verb, and there was ${formatter.exact(problem.typed, 60)}.`;
    case 'unknown-word': {
      const near = problem.near === undefined ? '' : ` Did you mean ${formatter.exact(problem.near, 60)}?`;
      return `${formatter.exact(problem.typed, 60)} is not known here.${near}`;
    }
    default:
      return assertNever(problem);
  }
}
