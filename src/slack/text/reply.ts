import type { MissingCardReason } from '../../domain/card.js';
import { type UsageProblem, type Verb, type VerbSpec, verbSpec, verbs } from '../../domain/commands.js';
import { targetKey } from '../../domain/policy.js';
import type { CommonReply, HealthReport, SystemHealth, WhoReport } from '../../domain/reply.js';
import type { SimulatedKind, Simulation } from '../../domain/simulation.js';
import { assertNever } from '../../shared/language.js';
import { cutText, joinList, listSome } from '../../shared/text.js';
import type { AccountReply } from '../../use-cases/commands/account.js';
import type { Reply } from '../../use-cases/commands/run-command.js';
import {
  type Formatter,
  fact,
  finished,
  mrkdwnFormatter,
  plainFormatter,
  type RenderContext,
  requestName,
  typedLine,
} from '../format.js';
import { awayLines, backLines } from './absence.js';
import { timeSpan } from './alert.js';
import { brokeText } from './answer.js';
import { requestedLines } from './home.js';
import { shadowLines } from './notice.js';
import {
  faultText,
  mayRunSentence,
  membershipText,
  removedText,
  runLines,
  shadowMessages,
  silentLines,
} from './phrases.js';
import { changeLines, openApprovalText, proposalLines } from './reply-changes.js';
import { queryLines } from './reply-queries.js';
import { reportLines } from './report.js';

/** What is said on the spot when a command, or something pressed under its answer, leads no further. */
export const commandMessages = {
  tooLong: 'That is too long for a command. Nothing was done; please type a shorter one.',
  tooSlow: 'That took too long for Slack to open a window. Nothing was done; please type it again.',
  windowRefused: 'Slack did not open the window just now. Nothing was done; please type it again.',
  oldWindow: 'This window is too old. Close it and type the command again; nothing was done.',
  oldChoice: 'This choice is too old. Type the command again; nothing was done.',
  noCardYet: 'Its card is not posted yet. Nothing was decided; please click again in a moment.',
  oldProposal:
    'This can no longer be confirmed: it is older than ten minutes, or not yours. Nothing was changed; type the command again.',
  notConfirmed: 'Nothing was changed: the confirmation could not be stored. Please click again in a moment.',
  notCancelled:
    'This could not be canceled just now. Nothing was changed, and nothing will be unless you confirm it.',
  working: '⏳ Working on it…',
  nothingChosen: 'Please choose a workflow.',
  valuesNotShown: 'This workflow takes values that were not shown here. Please choose it again.',
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
    ? 'Please enter a value.'
    : cutText(finished(`Please enter ${plainFormatter.text(expected)}.`), 150);
}

/** The words of the modals that ask for a workflow, besides those the table of verbs has. */
export const pickerText = {
  close: 'Close',
  choose: 'Choose a workflow',
  searching: '⏳ Looking for workflows…',
  nothing: 'There is no workflow you may use this on, or a system could not be read.',
  notSearched: 'Workflows could not be searched just now.',
  canType: 'If you know which one you mean, close this window and type, for example,',
  activityHint: 'The name of the activity, as it is called in the workflow.',
  activityIdHint: 'Its work item page shows it as the execution details ID.',
  outputHint: 'The label of the link to follow, such as Approved.',
  variableHint: 'The name of the variable, as it is called in the workflow.',
  versionHint: 'Version of the workflow to run. If empty, the system chooses.',
  nothingToStart: 'There is no workflow you may start.',
  noValues: 'This workflow takes no values.',
  tooManyValues: 'This workflow takes more values than this window can hold. Close it and type, for example,',
  yes: 'Yes',
  no: 'No',
} as const;

/** Says that what was typed leaves open which workflow is meant. */
export function notOneText({ workflow, fits }: TypedWorkflow): string {
  const typed = mrkdwnFormatter.exact(workflow, 120);
  return fits === 'several'
    ? `Several workflows match ${typed}. Please choose one.`
    : `No workflow you may start matches ${typed}. Please choose one.`;
}

/** Says what a field left empty comes to. */
export function defaultHint(value: string): string {
  return finished(`If empty, it is ${plainFormatter.text(value, 100)}.`);
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
    case 'removed':
      return [removedText(reply.what, reply.removedAtMs, formatter)];
    case 'proposal':
      return proposalLines(reply, renderContext);
    case 'change':
      return changeLines(reply.record, renderContext);
    case 'approval-open':
      return [
        openApprovalText(reply.approval, renderContext, {
          label: renderContext.labelOf(reply.instance.system),
          isRestart: reply.activityId === undefined,
        }),
      ];
    case 'not-allowed':
      return [`${mayRunSentence(reply.verb, reply.why)} Nothing was done.`];
    case 'unsupported':
      return unsupportedLines(reply, renderContext);
    case 'bad-value':
      return badValueLines(reply, renderContext);
    case 'unreachable':
      return [`${formatter.text(reply.label, 60)} ${faultText(reply.fault)}. Nothing was changed.`];
    case 'shadow-off':
      return [shadowMessages.command];
    case 'person-not-checked':
      return [
        'Countersign could not check your account with Slack. Nothing was done; please try again in a moment.',
      ];
    case 'broke':
      return [brokeText(reply.ref, renderContext)];
    case 'link':
      return invitationLines(reply, renderContext);
    case 'restored':
    case 'simulation':
    case 'report':
    case 'no-candidate':
    case 'shadow':
    case 'doctor':
    case 'unlinked':
    case 'not-linked':
    case 'which-system':
    case 'whoami':
    case 'away':
    case 'away-before':
    case 'bad-date':
    case 'no-approver':
    case 'no-delegate':
    case 'may-not':
    case 'back':
      return accountLines(reply, renderContext);
    case 'mine':
      return requestedLines({ rows: reply.approvals, total: reply.total }, renderContext);
    case 'nudged':
      return [
        reply.count === 0 && reply.withheld
          ? `No reminder was sent now: the people who can decide ${requestName(reply.approval, formatter)} turned off individual messages. They will see the request in Home, or in their daily summary if they get one.`
          : reply.count === 0
            ? `Nobody was reminded: Countersign does not know anyone who can still decide ${requestName(reply.approval, formatter)}. The operators can find out why.`
            : `${reply.count === 1 ? 'One person who can decide gets' : `${reply.count} people who can decide get`} a reminder about ${requestName(reply.approval, formatter)}.`,
      ];
    case 'nudged-before':
      return [
        `You already reminded those who can decide ${requestName(reply.approval, formatter)}. You can remind them again ${formatter.moment(reply.againAtMs)}.`,
      ];
    case 'not-requested':
      return [
        `None of your open requests has the code ${formatter.exact(reply.typed, 60)}. ${typedLine(renderContext, 'mine')} lists your requests.`,
      ];
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
    `Several workflows match ${formatter.exact(typed, 120)}. Choose one, or type the short code of the one you mean. Nothing was done.`,
    ...(left > 0 ? [`${left} more are not shown; add words to narrow it down.`] : []),
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
    `${system} has no “${verb}”. Nothing was done.`,
    offers.length === 0
      ? `Countersign offers no commands for ${system}.`
      : `Available: ${offers.join(', ')}.`,
    ...insteadOf(verb, offers),
  ];
}

/** Points to what does the same elsewhere. */
function insteadOf(verb: string, offers: readonly string[]): readonly string[] {
  const pairs: Readonly<Record<string, string>> = {
    restart: 'resume',
    resume: 'restart',
    stop: 'abort',
    abort: 'stop',
  };
  const other = pairs[verb];
  if (other === undefined || !offers.includes(other)) return [];
  const isRetry = verb === 'restart' || verb === 'resume';
  return [`To ${isRetry ? 'continue a failed workflow' : 'end a workflow'} there, use “${other}”.`];
}

function badValueLines(
  { verb = 'execute', name, typed, expected }: Extract<CommonReply, { kind: 'bad-value' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const wanted = formatter.text(expected, 400);
  const what =
    typed === '' ? `is required (${wanted})` : `cannot be ${formatter.exact(typed, 120)}; it takes ${wanted}`;
  return [
    `${formatter.exact(name, 80)} ${what}. Nothing was done.`,
    `Type ${typedLine(renderContext, verbSpec(verb)?.usage ?? verb)}`,
  ];
}

const headings: readonly (readonly [VerbSpec['kind'], string])[] = [
  ['own', 'For everyone'],
  ['look', 'To read, if a rule allows it'],
  ['change', 'To change something, if a rule allows it'],
];

/** Lists everything that can be typed, or explains one verb; made from the table of verbs only. */
function helpLines(about: string | undefined, renderContext: RenderContext): readonly string[] {
  const spec = about === undefined ? undefined : verbSpec(about);
  if (spec) {
    return [
      typedLine(renderContext, spec.usage),
      `${spec.summary}${spec.changes ? ' You are shown what it would do, and nothing happens until you confirm.' : ''}`,
      exampleLine(spec, renderContext),
    ];
  }
  return [
    renderContext.formatter.label(`Commands after ${renderContext.command ?? '/workflow'}`),
    ...headings.flatMap(([kind, title]) => [
      renderContext.formatter.label(title),
      ...verbs
        .filter((one) => one.kind === kind)
        .map(({ usage, summary }) => `• ${renderContext.formatter.exact(usage, 200)} ${summary}`),
    ]),
    `${typedLine(renderContext, 'help restart')} explains one of them.`,
    `A ${renderContext.formatter.exact('<ref>')} is a short code from a card or a list, an ID, a reference number, or words from the title.`,
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
    `${typedLine(renderContext, 'help')} lists the commands.`,
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
      return `This command takes nothing after it, and ${formatter.exact(problem.typed, 60)} was typed.`;
    case 'unknown-word': {
      const near = problem.near === undefined ? '' : ` Did you mean ${formatter.exact(problem.near, 60)}?`;
      return `${formatter.exact(problem.typed, 60)} is not recognized here.${near}`;
    }
    default:
      return assertNever(problem);
  }
}

/** Tells in lines what the verbs about people and about the bot itself show. */
function accountLines(reply: AccountReply, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  switch (reply.kind) {
    case 'doctor':
      return healthLines(reply.health, renderContext);
    case 'restored':
      return [restoredText(reply, renderContext)];
    case 'shadow':
      return [
        ...(reply.isLive ? ['Countersign is live; this was recorded in shadow mode.'] : []),
        ...shadowLines(reply.sum, renderContext),
      ];
    case 'simulation':
      return simulationLines(reply.simulation, renderContext);
    case 'report':
      return reportLines(reply.report, renderContext);
    case 'no-candidate':
      return [
        reply.problem === undefined
          ? `The settings name no candidate: set ${formatter.exact('simulate.candidate')} to the path of the settings to compare.`
          : `The candidate settings can't be read: ${formatter.text(reply.problem, 300)}.`,
      ];
    case 'whoami':
      return whoLines(reply.who, renderContext);
    case 'away':
    case 'away-before':
    case 'bad-date':
    case 'no-approver':
    case 'no-delegate':
    case 'may-not':
      return awayLines(reply, renderContext);
    case 'back':
      return backLines(reply, renderContext);
    case 'unlinked':
    case 'not-linked':
    case 'which-system':
      return linkLines(reply, renderContext);
    default:
      return assertNever(reply);
  }
}

function restoredText(
  { person, was }: Extract<AccountReply, { kind: 'restored' }>,
  { formatter }: RenderContext,
): string {
  return was
    ? `The rights of ${formatter.person(person)} are restored. They were suspended ${formatter.moment(was.atMs)} by a “That wasn't me” on receipt ${formatter.exact(was.receipt, 20)}.`
    : `The rights of ${formatter.person(person)} were not suspended. Nothing was changed.`;
}

/** Invites somebody to link an account. */
function invitationLines(
  { system, label: called, username, isNeeded }: Extract<CommonReply, { kind: 'link' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const label = formatter.text(called, 60);
  const good = 'The button works for ten minutes, and only for you.';
  if (isNeeded)
    return [
      `Changes are sent to ${label} in your own name, and you have not linked your account there yet. Nothing was done.`,
      `${good} Then type the command again.`,
    ];
  if (username === undefined)
    return [
      `What you decide from Slack is sent to ${label} in your own name once you have linked your account there.`,
      good,
    ];
  return [
    `You are linked to ${formatter.exact(username, 100)} in ${label}. To link another account, type ${typedLine(renderContext, `unlink ${system}`)} first.`,
    'The button links the same account again. It works for ten minutes, and only for you.',
  ];
}

/** An answer about unlinking an account, or about one that cannot be. */
type LinkReply = Extract<AccountReply, { kind: 'unlinked' | 'not-linked' | 'which-system' }>;

/** Tells what came of asking to unlink an account. */
function linkLines(reply: LinkReply, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  switch (reply.kind) {
    case 'unlinked':
      return [
        `${formatter.exact(reply.username, 100)} in ${formatter.text(reply.label, 60)} is no longer linked to you: nothing is sent in that name.`,
        ...providerLines(reply.provider),
      ];
    case 'not-linked':
      return [
        `You have not linked an account in ${formatter.text(reply.label, 60)}. ${typedLine(renderContext, `link ${reply.system}`)} links one.`,
      ];
    case 'which-system':
      return reply.systems.length === 0
        ? ['No system here lets people link their own accounts. Nothing was done.']
        : [
            `Accounts can be linked in ${joinList(reply.systems.slice(0, 12).map((name) => formatter.exact(name, 60)))}; name one. Nothing was done.`,
            `Type ${typedLine(renderContext, `${reply.verb} ${reply.systems[0] ?? ''}`)}, for example.`,
          ];
    default:
      return assertNever(reply);
  }
}

function providerLines(provider: Extract<AccountReply, { kind: 'unlinked' }>['provider']): readonly string[] {
  switch (provider) {
    case 'revoked':
      return ['The identity provider has also revoked your token.'];
    case 'unsupported':
      return ['The identity provider cannot revoke your token; Countersign no longer stores it.'];
    case 'failed':
      return [
        'Revoking the token at the identity provider failed; Countersign no longer stores it. You can revoke it in your account there.',
      ];
    default:
      return assertNever(provider);
  }
}

/** Shows what is known of somebody, and which rules name them. */
function whoLines(who: WhoReport, renderContext: RenderContext): readonly string[] {
  const { person, identities, approverRules, operatorRules, links = [] } = who;
  const { formatter } = renderContext;
  const { membership: standing, confirmedEmail } = person;
  return [
    `${formatter.label('You are')} ${formatter.person(person.id)} ${formatter.text(person.name, 80)}${standing === 'member' ? ', a full member of this workspace' : `. ${membershipText(standing)}`}`,
    ...fact(formatter, 'E-mail', [confirmedEmail, 'exact', 120]),
    ...(person.isSuspended
      ? [`${formatter.label('Rights')} suspended, until an operator restores them`]
      : []),
    ...identities.slice(0, 20).map(({ label, names }) => {
      const known = listSome(
        names.map((name) => formatter.exact(name, 100)),
        8,
      );
      return `${formatter.label(`In ${formatter.text(label, 60).replaceAll('*', '')}`)} ${known || 'no username of yours is known'}`;
    }),
    ...links.slice(0, 12).map((link) => linkLine(link, renderContext)),
    `${formatter.label('Approver rules')} ${
      listSome(
        approverRules.map((name) => formatter.text(name, 80)),
        12,
      ) || 'none'
    }`,
    ...(operatorRules.length === 0
      ? [
          `${formatter.label('You may run')} only the commands for everyone: no rule under “operators” names you`,
        ]
      : []),
    ...operatorRules
      .slice(0, 12)
      .map(
        ({ name, verbs }) =>
          `${formatter.label('You may run')} ${verbs.join(', ') || 'nothing'} (rule “${formatter.text(name, 80)}”)`,
      ),
  ];
}

function linkLine({ label, system, username }: LinkOf, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const named = formatter.label(`Linked in ${formatter.text(label, 60).replaceAll('*', '')}`);
  return username === undefined
    ? `${named} no account; ${typedLine(renderContext, `link ${system}`)} links yours`
    : `${named} ${formatter.exact(username, 100)}; ${typedLine(renderContext, `unlink ${system}`)} ends that`;
}

type LinkOf = NonNullable<WhoReport['links']>[number];

const mostRows = 12;

/** Tells how the systems stand, what waits to be posted, and which approvals nobody can decide from a card. */
function healthLines(health: HealthReport, renderContext: RenderContext): readonly string[] {
  return [
    ...health.systems.slice(0, mostRows).map((system) => systemLine(system, renderContext.formatter)),
    ...moreLine(health.systems.length),
    ...restoreLines(health, renderContext.formatter),
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
    respondedAtMs === undefined
      ? 'no successful poll yet'
      : `last successful poll ${formatter.moment(respondedAtMs)}`;
  if (!silence) return `${respondedAtMs === undefined ? '❔' : '✅'} ${name} ${last} · ${alerts}`;
  const { sinceMs, polls, fault } = silence;
  const times = polls === 1 ? 'one poll' : `${polls} polls`;
  const wrong =
    fault === undefined || fault === 'silence'
      ? `has not answered since ${formatter.moment(sinceMs)}`
      : `${faultText(fault)}; nothing has been read since ${formatter.moment(sinceMs)}`;
  return `🔴 ${name} ${wrong} (${times}) · ${last} · ${alerts}`;
}

function restoreLines({ restoreHeldSinceMs }: HealthReport, formatter: Formatter): readonly string[] {
  if (restoreHeldSinceMs === undefined) return [];
  return [
    `⚠️ The store is older than its last anchor, as it is after a backup is restored. Decisions made before ${formatter.moment(restoreHeldSinceMs)} are on hold. If you restored the backup on purpose, run ${formatter.exact('countersign store confirm-restore', 60)}.`,
  ];
}

function cardLines({ withoutCard }: HealthReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  if (withoutCard.length === 0) return ['✅ Every open approval has a card it can be decided from.'];
  const rows = withoutCard
    .slice(0, mostRows)
    .map(
      ({ approval, label, why }) =>
        `• ${formatter.exact(approval.code, 24)} ${formatter.text(approval.instance.title, 100)} · ${formatter.text(label, 60)}: ${whyText(why, label, formatter)}`,
    );
  return [
    `⚠️ ${formatter.label("Open approvals that can't be decided from their cards:")} ${withoutCard.length}`,
    ...rows,
    ...moreLine(withoutCard.length),
    `${typedLine(renderContext, 'why <ref>')} explains where a card should go.`,
  ];
}

function whyText(why: MissingCardReason, label: string, formatter: Formatter): string {
  switch (why.kind) {
    case 'next':
      return 'its card is posted next.';
    case 'turn':
      return `its channel is busy; its card is due ${formatter.moment(why.dueAtMs)}.`;
    case 'digest':
      return 'its channel is busy; the digest there covers it until its card is posted.';
    case 'retried': {
      const doubt = why.mayHavePosted ? ' It may have been posted without a confirmation from Slack.' : '';
      return `its card could not be posted (${formatter.exact(why.error, 60)}); it is tried again ${formatter.moment(why.dueAtMs)}.${doubt}`;
    }
    case 'given-up':
      return `its card could not be posted (${formatter.exact(why.error, 60)}) and is not tried again; the log says more.`;
    case 'not-found':
      return 'its card was not found when it was last checked; it is checked again, and posted again if it is gone.';
    case 'nowhere':
      return 'no place was ever chosen for its card. That is a defect in Countersign; please report it.';
    case 'nobody-may':
      return 'its card is there, but no rule says who may decide; add one under “approvers”.';
    case 'link-only':
      return `its card is there, but it can only be answered in ${formatter.text(label, 60)}.`;
    default:
      return assertNever(why);
  }
}

function outboxLine({ outbox }: HealthReport, formatter: Formatter): string {
  if (outbox.length === 0) return '✅ Nothing waits to be posted.';
  const kinds = outbox.map(({ kind, pending, oldestDueMs }) => {
    const late = oldestDueMs < 5_000 ? '' : ` (oldest ${timeSpan(oldestDueMs)} late)`;
    return `${pending} ${kind}${pending === 1 ? '' : 's'}${late}`;
  });
  return `${formatter.label('Waiting to be posted')} ${kinds.join(' · ')}`;
}

function incidentLines({ incidents }: HealthReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  if (incidents.length === 0) return [];
  return [
    formatter.label('Open alerts'),
    ...incidents
      .slice(0, mostRows)
      .map(
        ({ code, definition, label, unresolved, isUnshown }) =>
          `• ${formatter.exact(code, 24)} ${formatter.text(definition, 80)} · ${formatter.text(label, 60)} · ${unresolved} failed${isUnshown ? ' · ⚠️ its alert has no message yet' : ''}`,
      ),
    ...moreLine(incidents.length),
  ];
}

function placeLines({ lostPlaces }: HealthReport, formatter: Formatter): readonly string[] {
  return lostPlaces.slice(0, mostRows).map(({ target, sinceMs }) => {
    const [place, hint] =
      target.kind === 'channel'
        ? [formatter.channel(targetKey(target)), 'Invite Countersign there']
        : [formatter.person(target.person), 'Check their account in Slack'];
    return `⚠️ Posts to ${place} have failed since ${formatter.moment(sinceMs)}. ${hint}, or change the settings.`;
  });
}

function unmappedLines({ unmapped }: HealthReport, formatter: Formatter): readonly string[] {
  return unmapped.slice(0, mostRows).map(({ rule, label, people }) => {
    const names = listSome(
      people.map((id) => formatter.person(id)),
      8,
    );
    return `⚠️ ${formatter.label('No username')} in ${formatter.text(label, 60)} for ${names}, named by rule “${formatter.text(rule, 80)}”`;
  });
}

function moreLine(count: number): readonly string[] {
  return count > mostRows ? [`+${count - mostRows} more`] : [];
}

/** Says what differs between two sets of rules, the way an operator speaks of it. */
const simulatedTexts: Readonly<Record<SimulatedKind, string>> = {
  refused: 'Who may decide at all',
  'nobody-can': 'Whether enough people can act',
  automatic: 'Who approves',
  quorum: 'Approvals needed',
  'approve-with': 'How to approve',
  'own-request': 'Own requests',
  approvers: 'Approvers',
  delegates: 'Delegates',
  hold: 'Hold, in milliseconds',
  bulk: 'Can be approved with others',
  routed: 'Route',
};

const mostDifferences = 15;

/** Tells what the candidate settings would have changed about stored requests. */
function simulationLines(
  { sinceMs, requests, notKnown, changed, differences }: Simulation,
  { formatter }: RenderContext,
): readonly string[] {
  const left = differences.length - mostDifferences;
  return [
    `${formatter.label('Candidate settings')} ${changed} of ${requests} requests since ${formatter.day(sinceMs)} would be treated differently${notKnown > 0 ? `; ${notKnown} could not be evaluated` : ''}.`,
    ...differences
      .slice(0, mostDifferences)
      .map(
        ({ kind, rules, from, to, isWeaker, count, codes }) =>
          `${isWeaker ? '⚠️ ' : ''}${simulatedTexts[kind]}: ${formatter.exact(cutText(from, 80))} → ${formatter.exact(cutText(to, 80))} · ${formatter.text(rules, 80)} · ${count} (${codes.map((code) => formatter.exact(code, 20)).join(', ')})`,
      ),
    ...(left > 0 ? [`+${left} more; ${formatter.exact('countersign simulate')} lists all`] : []),
  ];
}
