import { subjectOf } from '../../domain/approval.js';
import type { ListState } from '../../domain/commands.js';
import { hasEnded, type InstanceStatus } from '../../domain/instance.js';
import type { LedgerEntry, PlainGroup } from '../../domain/ledger.js';
import type { MayDecide } from '../../domain/policy.js';
import type { ApprovalRow, RunEvent, StatusReport, WhyReport } from '../../domain/reply.js';
import { hasLeftUs } from '../../domain/voting.js';
import { assertNever } from '../../shared/language.js';
import { joinList, listSome } from '../../shared/text.js';
import type { QueryReply } from '../../use-cases/commands/queries.js';
import {
  didOf,
  type Formatter,
  fact,
  factAt,
  quoted,
  type RenderContext,
  requestName,
  systemOf,
  titled,
  typedLine,
  wantedText,
  workOf,
} from '../format.js';
import { untilText } from './absence.js';
import { routeLines } from './alert.js';
import { stateSentence } from './approval-state.js';
import { refusalSentence, removedText, runLines, silentLines, stateMark, stepText } from './phrases.js';
import { changeLines, changeText } from './reply-changes.js';
import { countName } from './report.js';

/** Tells in lines what the verbs about workflows show; buttons stand beside them. */
export function queryLines(reply: QueryReply, renderContext: RenderContext): readonly string[] {
  switch (reply.kind) {
    case 'status':
      return statusLines(reply.status, renderContext);
    case 'list':
      return listGroups(reply, renderContext).flat();
    case 'value':
      return valueLines(reply, renderContext);
    case 'definitions':
      return definitionLines(reply, renderContext);
    case 'approvals':
      return approvalListLines(reply, renderContext);
    case 'why':
      return whyLines(reply.why, renderContext);
    case 'history':
      return historyLines(reply, renderContext);
    case 'evidence':
      return evidenceLines(reply, renderContext);
    case 'receipt':
      return receiptLines(reply, renderContext);
    case 'no-receipt':
      return [`There is no receipt ${renderContext.formatter.exact(reply.typed, 60)}. Nothing was done.`];
    default:
      return assertNever(reply);
  }
}

/** Tells what is on record about a run, the latest first, one line each. */
function historyLines(
  history: Extract<QueryReply, { kind: 'history' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { entries, page, hasMore, reads = 0 } = history;
  const readLines = reads === 0 ? [] : [`Viewed by command: ${reads} ${reads === 1 ? 'time' : 'times'}.`];
  if (entries.length === 0) {
    const none = page > 1 ? `There is nothing on page ${page}.` : 'The ledger has nothing else about it.';
    return [
      ...runLines(history, renderContext),
      ...(reads === 0 && page === 1 ? ['The ledger has nothing about it.'] : [none, ...readLines]),
    ];
  }
  return [
    ...runLines(history, renderContext),
    formatter.label(
      page > 1 || hasMore ? `In the ledger, latest first, page ${page}` : 'In the ledger, latest first',
    ),
    ...entries.map((entry) => `• ${formatter.moment(entry.atMs)}: ${entryText(entry, renderContext)}`),
    ...readLines,
  ];
}

/** Says what is on record and which command writes it out, and what became of sending it, where somebody had it sent. */
function evidenceLines(
  evidence: Extract<QueryReply, { kind: 'evidence' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { records, decisions, kept, code } = evidence;
  const missing = decisions - kept;
  return [
    ...runLines(evidence, renderContext),
    `In the ledger: ${records} ${records === 1 ? 'entry' : 'entries'}, of which ${decisions} ${decisions === 1 ? 'is a vote or decision' : 'are votes or decisions'}.`,
    ...(missing === 0 ? [] : [`For ${missing} of those, only the hash of what was shown is kept.`]),
    `Run this on the Countersign host: ${formatter.exact(`countersign evidence ${code} --out DIR`, 200)}`,
    sendingText(evidence.sending, formatter),
  ];
}

function sendingText(
  sending: Extract<QueryReply, { kind: 'evidence' }>['sending'],
  formatter: Formatter,
): string {
  switch (sending) {
    case undefined:
      return 'It writes a page to print and a JSON file. None of it is sent to Slack.';
    case 'possible':
      return 'It writes a page to print and a JSON file. The button sends both to your direct messages, where Slack keeps them.';
    case 'done':
      return 'Sent to your direct messages: a page to print and a JSON file.';
    case 'too-large':
      return 'Not sent: the files are too large to send. The command above writes them.';
    case 'not-known':
      return 'Slack did not say whether it received the files. Check your direct messages before you try again.';
    default:
      return `Not sent. ${formatter.text(sending.failed, 200)}. The command above writes the files.`;
  }
}

function entryText(entry: LedgerEntry, { formatter }: RenderContext): string {
  const { person, rule, sent = {}, answered = {}, note = {} } = entry;
  const by = rule === undefined ? 'someone' : `rule ${quoted(rule, formatter)}`;
  const who = person ? nameOf(person, formatter) : by;
  const said = textOf(note, 'comment');
  const text = said === '' ? '' : `: “${formatter.text(said, 120)}”`;
  const wish = `${textOf(note, 'verb') === 'deny' ? 'denied' : 'approved'}${text}`;
  const outcome = formatter.text(
    [textOf(answered, 'kind'), textOf(answered, 'reason')].filter(Boolean).join(', '),
    80,
  );
  switch (entry.kind) {
    case 'vote':
      return `${who} ${wish} (${textOf(answered, 'have')} of ${textOf(answered, 'of')})`;
    case 'decision':
      return `${who} ${wish}; that decided it`;
    case 'refusal':
      return `${who} clicked ${formatter.text(textOf(note, 'verb'), 20)}; nothing was decided (${formatter.text(reasonOf(answered), 80)})`;
    case 'withdrawal':
      return `${who} withdrew their vote`;
    case 'rule-stopped':
      return `${who} stopped the rule that was to approve it; an approver has to decide`;
    case 'taken-back':
      return `${who} undid the decision`;
    case 'signal':
      return `the decision was sent (${formatter.text(textOf(sent, 'output') || textOf(sent, 'verdict'), 60)})`;
    case 'signal-answer':
      return `result of the decision: ${outcome}`;
    case 'ending':
      return `it ended here: ${outcome}`;
    case 'found-again':
      return 'it could be read again and waits unchanged; votes count again';
    case 'question':
    case 'answer':
      return `${who} ${entry.kind === 'question' ? 'asked the requester' : 'answered'}: “${formatter.text(textOf(note, 'text'), 120)}”`;
    case 'nudge':
      return `${who} reminded those who can decide`;
    case 'command':
      return `${who} ran ${formatter.text(textOf(sent, 'verb'), 20)} (${outcome})`;
    case 'change':
      return `${changeName(textOf(sent, 'verb'), textOf(sent, 'version'), formatter)} by ${who}: ${formatter.text(textOf(note, 'phase'), 20)}`;
    case 'change-outcome':
      return textOf(note, 'verb') === 'execute' && textOf(answered, 'kind') === 'taken'
        ? `${who} started it from Slack${versionText(textOf(note, 'version'), formatter)}`
        : `result of the ${changeName(textOf(note, 'verb'), textOf(note, 'version'), formatter)} by ${who}: ${outcome}`;
    case 'hold':
      return note.isHeld === true
        ? 'kept from deletion with `countersign store hold`'
        : 'released with `countersign store release`';
    case 'told':
      return `its workflow requested a decision (${outcome})`;
    default:
      return `${formatter.text(entry.kind.replaceAll('-', ' '), 40)} by ${who}${outcome === '—' ? '' : ` (${outcome})`}`;
  }
}

/** Says why a click decided nothing, as a report calls it. */
function reasonOf(answered: PlainGroup): string {
  return [textOf(answered, 'kind'), textOf(answered, 'reason')].filter(Boolean).map(countName).join(', ');
}

/** Names a change as people type it; older records do not say which it was. */
function changeName(verb: string, version: string, formatter: RenderContext['formatter']): string {
  return `${verb === '' ? 'change' : formatter.text(verb, 20)}${versionText(version, formatter)}`;
}

function versionText(version: string, formatter: RenderContext['formatter']): string {
  return version === '' ? '' : ` with version ${formatter.text(version, 40)}`;
}

function nameOf(
  { name, ...id }: NonNullable<LedgerEntry['person']>,
  formatter: RenderContext['formatter'],
): string {
  return name === undefined ? formatter.person(id) : formatter.text(name, 60);
}

function textOf(group: PlainGroup, name: string): string {
  const value = group[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A message takes 50 blocks, and each run is one. */
const mostRows = 30;

const mostDefinitions = 40;

/** A list and what it was asked for. */
export type ListReply = Extract<QueryReply, { kind: 'list' }>;

/** The lines of a list, in the groups that stand apart: its head, each run, and what is missing. */
export function listGroups(list: ListReply, renderContext: RenderContext): readonly (readonly string[])[] {
  const left = list.rows.length - mostRows;
  const rest = [
    ...(left > 0 ? [`${left} more on this page are not shown; add words to narrow it down.`] : []),
    ...silentLines(list.silent, 'their workflows are missing here', renderContext),
    ...cutLines(list.cut ?? [], renderContext),
    ...(list.partial ?? []).map(({ label, permission }) => {
      const { formatter } = renderContext;
      return `${formatter.text(label, 60)} shows Countersign's service account only workflows that wait for it or that it started. To see all, grant it ${formatter.exact(permission, 80)}.`;
    }),
    ...knownLines(list.known ?? [], renderContext),
    ...(list.near === undefined ? [] : [`Did you mean ${typedLine(renderContext, `list ${list.near}`)}?`]),
  ];
  return [
    [listHead(list, renderContext)],
    ...list.rows.slice(0, mostRows).map((row) => runLines(row, renderContext)),
    ...(rest.length > 0 ? [rest] : []),
  ];
}

/** Names the systems that have more than was looked through. */
function cutLines(cut: readonly string[], { formatter }: RenderContext): readonly string[] {
  if (cut.length === 0) return [];
  const names = cut.slice(0, 8).map((label) => formatter.text(label, 60));
  return [`Only the newest workflows of ${joinList(names)} were searched; add words to find older ones.`];
}

/** Names the systems that list nothing by themselves. */
function knownLines(known: readonly string[], { formatter }: RenderContext): readonly string[] {
  if (known.length === 0) return [];
  const names = known.slice(0, 8).map((label) => formatter.text(label, 60));
  return [
    `${joinList(names)} ${names.length === 1 ? 'lists' : 'list'} no workflows: these are the ones Countersign started, was sent or was asked about.`,
  ];
}

/** Heads a list: what it holds, and which page this is. */
function listHead(
  { state, text, page, rows, hasMore, partial = [] }: ListReply,
  { formatter }: RenderContext,
): string {
  const phrase = text === undefined ? '' : ` with ${formatter.exact(text, 80)}`;
  const what = `${listNames[state]}${phrase}`;
  // What the bot's own account is not shown is nobody's lack of rights here.
  const none = partial.length > 0 ? 'none among those shown to Countersign.' : 'none you may see.';
  if (rows.length === 0) return `${what}: ${page > 1 ? `nothing on page ${page}.` : none}`;
  return formatter.label(page > 1 || hasMore ? `${what}, page ${page}` : what);
}

const listNames: Readonly<Record<ListState, string>> = {
  waiting: 'Waiting workflows',
  failed: 'Failed workflows',
  mine: 'Workflows you started',
  running: 'Running workflows',
  any: 'Workflows, newest first',
};

/** Lists recipes. */
function definitionLines(
  { rows, silent }: Extract<QueryReply, { kind: 'definitions' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const shown = rows.slice(0, mostDefinitions).map(({ definition: { name, version, type }, label }) => {
    const parts = [
      formatter.text(name, 120),
      ...(version > 0 ? [`version ${version}`] : []),
      ...(type.trim() === '' ? [] : [formatter.text(type, 60)]),
      formatter.text(label, 60),
    ];
    return `• ${parts.join(' · ')}`;
  });
  const left = rows.length - shown.length;
  return [
    rows.length === 0 ? 'No workflow definitions you may see.' : formatter.label('Workflow definitions'),
    ...shown,
    ...(left > 0
      ? [`+${left} more; ${typedLine(renderContext, 'definitions [words]')} finds them by name.`]
      : []),
    ...silentLines(silent, 'their definitions are missing here', renderContext),
  ];
}

/** Tells where a run stands, in labelled lines. */
function statusLines(status: StatusReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { code, instance, label } = status;
  const { definition, referenceId, ref } = instance;
  const number = referenceId === undefined ? [] : [`reference ${formatter.exact(referenceId, 60)}`];
  return [
    formatter.label(formatter.text(instance.title, 300)),
    [
      formatter.exact(code, 24),
      formatter.text(label, 60),
      ...number,
      `run ${formatter.exact(ref.id, 80)}`,
    ].join(' · '),
    stateLine(status, renderContext),
    rawLine(status, renderContext),
    `${formatter.label('Workflow')} ${formatter.text(definition.name, 150)}${definition.version > 0 ? `, version ${definition.version}` : ''}`,
    ...requestLines(status, renderContext),
    ...timeLines(status, renderContext),
    ...signalLines(status, renderContext),
    ...approvalLines(status, renderContext),
    ...canActLines(status, renderContext),
    nextLine(status, renderContext),
    ...eventLines(status.history, renderContext),
  ];
}

function stateLine({ instance }: StatusReport, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const [step] = stepText(instance, renderContext);
  const said = instance.statusMessage ? `: ${formatter.text(instance.statusMessage, 500)}` : '';
  return `${stateMark(instance.status, renderContext)}${step === undefined ? '' : ` at step ${step}`}${said}`;
}

/** What the system itself calls the state, letter by letter, and what that means. */
function rawLine({ instance: { status }, label }: StatusReport, { formatter }: RenderContext): string {
  return `${formatter.label('Status')} ${formatter.text(label, 60)} says ${formatter.exact(status.raw, 80)}: ${meanings[status.kind]}`;
}

const meanings: Readonly<Record<InstanceStatus['kind'], string>> = {
  running: 'it is running.',
  suspended: 'it is waiting for someone or something.',
  complete: 'it has finished.',
  rejected: 'it was rejected and goes no further.',
  failed: 'it stopped on an error.',
  'canceled-for-restart': 'it was canceled for a new run.',
  paused: 'it is paused until someone resumes it.',
  aborted: 'it was ended and goes no further.',
  unknown: 'Countersign does not know what that means.',
};

/** Whether a system means its signals for its caller or for all is not known, so it is told as its word. */
function signalLines(
  { instance: { signals = [] }, label }: StatusReport,
  { formatter }: RenderContext,
): readonly string[] {
  if (signals.length === 0) return [];
  const reported = signals
    .slice(0, 8)
    .map(
      ({ name, isReceived }) => `${formatter.exact(name, 60)} ${isReceived ? 'received' : 'not received'}`,
    );
  return [`${formatter.label('Signals')} according to ${formatter.text(label, 60)}: ${reported.join(', ')}`];
}

function canActLines({ canAct }: StatusReport, renderContext: RenderContext): readonly string[] {
  if (!canAct) return [];
  const { formatter } = renderContext;
  const names = listSome(canAct.map(formatter.person), 12);
  return [`${formatter.label('Can still decide')} ${names || 'nobody named in the settings'}`];
}

function requestLines(
  { instance: { facts } }: StatusReport,
  { formatter }: RenderContext,
): readonly string[] {
  const [chief] = facts.requesters;
  return [
    ...fact(formatter, 'Subject', [facts.subject, 'exact', 300]),
    ...fact(formatter, 'Requested by', [chief, 'exact', 120]),
  ];
}

function timeLines({ instance }: StatusReport, { formatter }: RenderContext): readonly string[] {
  const { startedAtMs, modifiedAtMs } = instance;
  const parts = [
    ...factAt(formatter, 'Started', startedAtMs),
    ...factAt(formatter, 'Last changed', modifiedAtMs),
  ];
  return parts.length === 0 ? [] : [parts.join(' · ')];
}

function approvalLines(
  { approval, requirement }: StatusReport,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { needed, roles = [] } = requirement ?? {};
  const shownRoles = roles.slice(0, 8).map((role) => formatter.text(role, 60));
  const wants = [
    ...(needed === undefined ? [] : [`${needed} ${needed === 1 ? 'approval' : 'approvals'}`]),
    ...(roles.length === 0 ? [] : [`from ${shownRoles.join(', ')}`]),
  ];
  return [
    ...(approval ? [`${formatter.label('Approval')} ${stateSentence(approval, renderContext)}`] : []),
    ...(wants.length === 0 ? [] : [`${formatter.label('The step needs')} ${wants.join(' ')}`]),
  ];
}

function nextLine({ allowed, code }: StatusReport, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  if (allowed.length === 0)
    return `${formatter.label('Next')} there is no command you may use on it in this state.`;
  const lines = allowed.map((kind) =>
    typedLine(renderContext, `${kind} ${code}${kind === 'alert' ? ' <activity id> <output>' : ''}`),
  );
  return `${formatter.label('Next')} ${lines.join(' · ')}`;
}

const mostPeople = 20;

/** Explains where a card went, who may decide, who may not and why, and where failures are told. */
function whyLines(why: WhyReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { routeName, targets, rule, people, asker, failures, removedAtMs } = why;
  const places = targets.map((target) => placeText(target, formatter));
  const fallback = places.length === 0 ? 'and no fallback channel is set' : 'so it is the fallback channel';
  const route =
    routeName === undefined ? `no route matches, ${fallback}` : `“${formatter.text(routeName, 80)}”`;
  const names = people
    .slice(0, mostPeople)
    .map(
      ({ person, may, awayUntilMs }) =>
        `• ${formatter.person(person.id)} ${formatter.text(person.name, 60)}: ${theyText(may, formatter)}${awayUntilMs === undefined ? '' : ` Away ${untilText(awayUntilMs, formatter)}.`}`,
    );
  const more = people.length > mostPeople ? [`+${people.length - mostPeople} more`] : [];
  return [
    ...runLines(why, renderContext),
    ...(removedAtMs === undefined ? [] : [removedText('approval', removedAtMs, formatter)]),
    ...(hasEnded(why.instance.status)
      ? ['It is over, so nobody has to decide. This is what the rules say.']
      : []),
    `${formatter.label('Its card goes to')} ${listSome(places, 8) || 'nowhere'} (${route})`,
    `${formatter.label('Who decides')} ${rule ? [`“${formatter.text(rule.name, 80)}”, ${rule.quorum} must approve`, ...(rule.groups?.map(formatter.group) ?? []), ...wantedText(rule)].join('; ') : 'no rule in the settings matches, so nobody can decide it here'}`,
    ...names,
    ...more,
    `${formatter.label('You')} ${mayText(asker, formatter)}`,
    ...routeLines(failures, renderContext),
  ];
}

function mayText(may: MayDecide, formatter: Formatter): string {
  return may.kind === 'yes' ? yesText(may, formatter) : `may not. ${refusalSentence(may, formatter)}`;
}

function yesText({ seats }: Extract<MayDecide, { kind: 'yes' }>, formatter: Formatter): string {
  if (!seats) return 'may decide.';
  return `may decide for ${joinList(seats.map(({ name }) => formatter.text(name, 60)))}.`;
}

/** The same of somebody else, who is not the reader. */
function theyText(may: MayDecide, formatter: Formatter): string {
  return may.kind === 'yes' ? yesText(may, formatter) : `may not: ${theirReason(may, formatter)}.`;
}

function theirReason(why: Exclude<MayDecide, { kind: 'yes' }>, formatter: Formatter): string {
  switch (why.kind) {
    case 'no-rule':
      return 'no rule in the settings says who may decide this';
    case 'not-an-approver':
      return 'the rule does not name them';
    case 'not-a-member':
      return 'only full members of this workspace can decide';
    case 'suspended':
      return 'their rights are suspended';
    case 'group-not-checked':
      return 'the user groups the rule names could not be checked just now';
    case 'portal-only':
      return 'it is decided in the portal only';
    case 'own-request':
      return 'this is their own request';
    case 'maybe-own-request':
      return `${formatter.exact(why.requester, 100)} requested this, which may be them`;
    case 'not-mapped':
      return 'the settings have no username for them in the system this comes from, so this may be their own request';
    case 'requester-unknown':
      return 'the requester is not known, so this may be their own request';
    case 'own-request-of-approver':
      return `this is or may be the request of ${formatter.text(why.approver, 60)}, for whom they decide`;
    default:
      return assertNever(why);
  }
}

/** A target is a channel's id, or a team's and a person's. */
function placeText(target: string, formatter: Formatter): string {
  const [, teamId, userId] = /^([^/]+)\/(.+)$/.exec(target) ?? [];
  return teamId !== undefined && userId !== undefined
    ? formatter.person({ teamId, userId })
    : formatter.channel(target);
}

const mostEvents = 12;

/** Tells what is remembered of a run, oldest first; of much, only the latest. */
function eventLines(history: readonly RunEvent[], renderContext: RenderContext): readonly string[] {
  if (history.length === 0) return [];
  const { formatter } = renderContext;
  const left = history.length - mostEvents;
  return [
    formatter.label('What Countersign knows about it'),
    ...(left > 0 ? [`• ${left} earlier ${left === 1 ? 'entry' : 'entries'} not shown`] : []),
    ...history
      .slice(-mostEvents)
      .map((event) => `• ${formatter.moment(event.atMs)}: ${eventText(event, renderContext)}`),
  ];
}

function eventText(event: RunEvent, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  switch (event.kind) {
    case 'put': {
      const { code, instance, step } = event.approval;
      const at = instance.step?.uniqueName === step ? instance.step.name : step;
      return `it started waiting at ${formatter.text(at, 80)}; card ${formatter.exact(code, 24)}`;
    }
    case 'vote': {
      const { name, verdict, output, comment } = event.vote;
      const did = verdict === 'approve' ? 'approved' : 'denied';
      const chose = output === undefined ? did : `chose ${formatter.exact(output, 60)}`;
      const said = comment === undefined ? '' : `: “${formatter.text(comment, 120)}”`;
      return `${formatter.text(name, 60)} ${chose}${said}`;
    }
    case 'ended':
      return stateSentence(event.approval, renderContext);
    case 'change': {
      const { change, person } = event.record;
      const [, reported = ''] = changeLines(event.record, renderContext);
      return `${formatter.person(person)} asked to ${changeText[change.kind].verb} it. ${reported}`;
    }
    default:
      return assertNever(event);
  }
}

function valueLines(
  { title, name, text, said }: Extract<QueryReply, { kind: 'value' }>,
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

/** What waits for somebody's decision. */
export type ApprovalList = Extract<QueryReply, { kind: 'approvals' }>;

/** Lists what waits for somebody's decision, two lines each. */
function approvalListLines(list: ApprovalList, renderContext: RenderContext): readonly string[] {
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
  if (rows.length === 0) return `Waiting for your decision: nothing is left on page ${page}.`;
  const which = page > 1 || hasMore ? `, page ${page}` : '';
  return formatter.label(`Waiting for your decision: ${total}${which}`);
}

/** Tells an approval in two lines: what it is, then since when it waits, who asked and where its card is. */
export function approvalRowLines(
  { card, channel }: ApprovalRow,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { approval, rule } = card;
  const [chief] = approval.instance.facts.requesters;
  const parts = [
    `since ${formatter.moment(approval.waitingSinceMs)}`,
    ...(chief === undefined ? [] : [`requested by ${formatter.exact(chief, 80)}`]),
    ...(rule && rule.quorum > 1 ? [countText(card, rule.quorum)] : []),
    systemOf(approval, renderContext),
    ...(channel === undefined ? [] : [`card in ${formatter.channel(channel)}`]),
  ];
  return [
    `${formatter.exact(approval.code, 24)} 🔐 ${titled(workOf(approval, formatter))} ${formatter.exact(subjectOf(approval), 150)}`,
    parts.join(' · '),
  ];
}

/** Counts the votes; votes for different choices do not add up. */
function countText({ approval, votes }: ApprovalRow['card'], quorum: number): string {
  if (!approval.inbound) return `${votes.length} of ${quorum} have approved`;
  return `${votes.length} ${votes.length === 1 ? 'has' : 'have'} chosen; ${quorum} must choose the same`;
}

/** Says what is not in the list, and where to look for what becomes of a decision. */
export function approvalsFoot({ rows, voted }: ApprovalList): readonly string[] {
  return [
    ...(voted > 0
      ? [`You have voted on ${voted} more, which ${voted === 1 ? 'is' : 'are'} waiting for others.`]
      : []),
    ...(rows.length > 0 ? ['The result of a decision is shown on its card.'] : []),
  ];
}

/** Shows what a receipt stands for. */
function receiptLines(
  { receipt, approval, comment, isRepudiated, lost }: Extract<QueryReply, { kind: 'receipt' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { vote, shown, code } = receipt;
  const facts = Object.entries({ ...shown, details: '' }).flatMap(([name, value]) =>
    value === '' ? [] : [`${factNames[name] ?? name} ${formatter.exact(value, 150)}`],
  );
  return [
    `🧾 ${formatter.label(`Receipt ${formatter.text(code, 20)}`)} ${formatter.text(vote.name, 80)} (${formatter.person(vote.person)}) ${didOf(vote, formatter)} ${formatter.moment(vote.atMs)}: ${requestName(approval, formatter)}`,
    `${formatter.label('What they saw')} ${facts.join(' · ')}`,
    ...(vote.comment ? [`${formatter.label('They wrote')} ${formatter.text(vote.comment, 300)}`] : []),
    ...(lost === undefined ? [] : [lostText[lost]]),
    ...sentLines({ approval, vote, comment, lost }, formatter),
    `${formatter.label('Now')} ${stateSentence(approval, renderContext)}`,
    ...(isRepudiated
      ? [`⚠️ ${formatter.text(vote.name, 80)} reported that this was not them; their rights are suspended.`]
      : []),
  ];
}

/** Says what a decision sends, once it is known that the vote is part of one or no longer counts. */
function sentLines(
  {
    approval,
    vote,
    comment,
    lost,
  }: Pick<ReceiptReply, 'approval'> & {
    readonly vote: ReceiptReply['receipt']['vote'];
    readonly comment: string | undefined;
    readonly lost: ReceiptReply['lost'] | undefined;
  },
  formatter: Formatter,
): readonly string[] {
  if (comment === undefined && lost === undefined) return [];
  const { output } = vote;
  // Of a choice among a workflow's own outputs nothing else is sent.
  const sent =
    output === undefined ? formatter.exact(comment ?? '', 500) : `choice ${quoted(output, formatter)}`;
  return [
    `${formatter.label(hasLeftUs(approval) ? 'Sent' : 'To be sent')} ${comment === undefined ? 'nothing' : sent}`,
  ];
}

type ReceiptReply = Extract<QueryReply, { kind: 'receipt' }>;

const lostText = {
  withdrawn: '↩️ It was withdrawn and did not count.',
  void: '⚠️ It does not count: it became void before it was sent.',
} as const;

const factNames: Readonly<Record<string, string>> = {
  requester: 'requested by',
  subject: 'subject',
  names: 'SANs',
  key: 'key',
  template: 'template',
  authority: 'CA',
  validity: 'validity',
  revocationReason: 'reason',
  serialNumber: 'serial number',
  effectiveDate: 'effective date',
  revocationComment: 'comment',
  replaced: 'replaces',
  attributes: 'attributes',
  hidden: 'hash of values not shown',
  definitionVersion: 'workflow',
  digest: 'signing request',
};
