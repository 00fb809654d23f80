import { type UsageProblem, type Verb, type VerbSpec, verbSpec, verbs } from '../../domain/commands.js';
import type { CommonReply } from '../../domain/reply.js';
import { assertNever } from '../../shared/assert-never.js';
import { cutText } from '../../shared/text.js';
import type { Reply } from '../../use-cases/commands/run-command.js';
import { mrkdwnFormatter, plainFormatter, type RenderContext, typedLine } from '../format.js';
import { brokeText } from './answer.js';
import { mayRunSentence, runLines, silentLines } from './phrases.js';
import { accountLines } from './reply-account.js';
import { changeLines, openApprovalText, proposalLines } from './reply-changes.js';
import { queryLines } from './reply-queries.js';

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

/** The words of the modals that ask for a workflow, besides those the table of verbs has. */
export const pickerText = {
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
} as const;

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
    case 'ambiguous':
      return ambiguousLines(reply, renderContext);
    case 'not-found':
      return notFoundLines(reply, renderContext);
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
    case 'restored':
    case 'doctor':
    case 'link':
    case 'unlinked':
    case 'not-linked':
    case 'which-system':
    case 'whoami':
      return accountLines(reply, renderContext);
    default:
      return queryLines(reply, renderContext);
  }
}

/** A menu in a message may not be long, since all blocks together may not. */
export const mostChoices = 20;

/** Asks which of several runs was meant. */
function ambiguousLines(
  { typed, rows }: Extract<CommonReply, { kind: 'ambiguous' }>,
  renderContext: RenderContext,
): readonly string[] {
  const shown = rows.slice(0, mostChoices).flatMap((row) => runLines(row, renderContext));
  return [...ambiguousHead({ typed, rows }, renderContext), ...shown];
}

/** Says that one has to be chosen, and whether there are more than can be shown. */
export function ambiguousHead(
  { typed, rows }: Pick<Extract<CommonReply, { kind: 'ambiguous' }>, 'typed' | 'rows'>,
  { formatter }: RenderContext,
): readonly string[] {
  const left = rows.length - mostChoices;
  return [
    `Several workflows fit ${formatter.exact(typed, 120)}. Choose one, or type the short code of the one you mean. Nothing was done.`,
    ...(left > 0 ? [`There are ${left} more; more words find fewer.`] : []),
  ];
}

function notFoundLines(
  { typed, silent }: Extract<CommonReply, { kind: 'not-found' }>,
  renderContext: RenderContext,
): readonly string[] {
  return [
    `Nothing was found for ${renderContext.formatter.exact(typed, 120)}. Nothing was done.`,
    ...silentLines(silent, 'it may be there', renderContext),
    `${typedLine(renderContext, 'list')} shows workflows with their short codes.`,
  ];
}

function unsupportedLines(
  { verb, label, offers }: Extract<CommonReply, { kind: 'unsupported' }>,
  { formatter }: RenderContext,
): readonly string[] {
  const system = formatter.text(label, 60);
  return [
    `${system} offers no “${verb}”. Nothing was done.`,
    offers.length === 0 ? `${system} offers no commands here.` : `What it offers: ${offers.join(', ')}.`,
  ];
}

function badValueLines(
  { name, typed, expected }: Extract<CommonReply, { kind: 'bad-value' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const given = typed === '' ? 'was not given' : `cannot be ${formatter.exact(typed, 120)}`;
  return [
    `${formatter.exact(name, 80)} ${given}; expected is ${formatter.text(expected, 400)}. Nothing was done.`,
    `Type ${typedLine(renderContext, `execute [workflow] [name=value …]`)}`,
  ];
}

const headings: readonly (readonly [VerbSpec['kind'], string])[] = [
  ['own', 'For everybody'],
  ['look', 'To look, where a rule lets you'],
  ['change', 'To change something, where a rule lets you'],
];

/** Lists everything that can be typed, or explains one verb; made from the table of verbs only. */
function helpLines(about: string | undefined, renderContext: RenderContext): readonly string[] {
  const spec = about === undefined ? undefined : verbSpec(about);
  if (spec) {
    return [
      typedLine(renderContext, spec.usage),
      `${spec.summary}${spec.changes ? ' You are shown what it would do, and asked, before anything happens.' : ''}`,
      exampleLine(spec, renderContext),
    ];
  }
  return [
    renderContext.formatter.label(`What can be typed after ${renderContext.command ?? '/workflow'}`),
    ...headings.flatMap(([kind, title]) => [
      renderContext.formatter.label(title),
      ...verbs
        .filter((one) => one.kind === kind)
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
  const spec = near && verbSpec(near);
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
  const spec = verbSpec(verb);
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
