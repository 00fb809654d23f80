import { type Approval, type CountedVote, decisionOf, subjectOf, type Vote } from '../../domain/approval.js';
import { type Card, namesOnCard } from '../../domain/card.js';
import { type Finding, markedName } from '../../domain/findings.js';
import type { Instance } from '../../domain/instance.js';
import { namesNobody } from '../../domain/person.js';
import type { ApproverRule } from '../../domain/policy.js';
import {
  describeDetail,
  describeKey,
  describeWholeKey,
  isShownWhole,
  type KeyFacts,
  type RequestFacts,
  type RevocationFacts,
  type SignatureFacts,
  shownOnCard,
} from '../../domain/request.js';
import { assertNever } from '../../shared/language.js';
import { listSome } from '../../shared/text.js';
import {
  commentsOf,
  didOf,
  type Formatter,
  fact,
  factAt,
  finished,
  namedIn,
  quoted,
  type RenderContext,
  seatText,
  systemOf,
  voterOf,
  wantedText,
  wholeLines,
} from '../format.js';
import { questionLines } from './answer.js';
import {
  commentsStay,
  headline,
  isLinkOnly,
  linkOnlySentence,
  noteLines,
  stateSentence,
} from './approval-state.js';

/** A titled group of lines in the details. */
export interface DetailGroup {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Tells everything there is to tell about a request, in groups; nothing is cut, and empty groups are left out. */
export function detailGroups(card: Card, renderContext: RenderContext): readonly DetailGroup[] {
  return [
    { title: headline(card.approval, renderContext), lines: stateText(card, renderContext) },
    { title: 'Check', lines: wholeFindings(card, renderContext) },
    { title: 'Request', lines: request(card, renderContext) },
    { title: `SANs (${card.approval.instance.facts.names.length})`, lines: names(card, renderContext) },
    { title: 'Replaces', lines: replaced(card, renderContext) },
    { title: 'Questions', lines: questionLines(card.approval, renderContext.formatter) },
    { title: 'Who decides', lines: approvals(card, renderContext) },
    { title: 'Workflow', lines: workflow(card, renderContext) },
    { title: 'More', lines: others(card, renderContext) },
  ].filter(({ lines }) => lines.length > 0);
}

function stateText({ approval }: Card, renderContext: RenderContext): readonly string[] {
  const note = approval.state.kind === 'waiting' ? approval.state.note : undefined;
  return [
    stateSentence(approval, renderContext),
    ...(note ? noteLines(approval, note, renderContext, { isWhole: true }) : []),
  ];
}

/** Writes a value whole under its name; nothing where it is not known. */
function whole(
  formatter: Formatter,
  name: string,
  [value, how]: readonly [string | undefined, 'text' | 'exact'],
): readonly string[] {
  return value === undefined ? [] : wholeLines(formatter, `${formatter.label(name)} `, [value, how]);
}

function request(card: Card, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { facts } = card.approval.instance;
  const [chief, ...others] = facts.requesters;
  const requesters = others.map((name) => formatter.exact(name, 300));
  return [
    ...whole(formatter, 'Subject', [subjectOf(card.approval), 'exact']),
    ...(chief === undefined
      ? [requesterText(card, renderContext)]
      : whole(formatter, 'Requested by', [chief, 'exact'])),
    ...packed(`${formatter.label('Also known as')} `, requesters),
    ...(facts.due === undefined
      ? []
      : [`${formatter.label('Due')} ${formatter.moment(Date.parse(facts.due))}`]),
    ...(facts.links ?? []).flatMap(({ url, title }) => [
      `${formatter.label('Link')} ${formatter.link(url, title)}`,
      ...wholeLines(formatter, '', [url, 'exact']),
    ]),
    ...whole(formatter, 'Template', [facts.template, 'text']),
    ...whole(formatter, 'Validity', [facts.validity, 'text']),
    ...whole(formatter, 'CA', [facts.authority, 'text']),
    ...(facts.key ? wholeKeyLines(facts.key, formatter) : keyLines(facts, formatter)),
    ...signatureLines(facts.signature, formatter),
    ...(facts.details ?? []).flatMap((detail) =>
      wholeLines(formatter, '• ', [describeDetail(detail), 'text']),
    ),
    ...wholeRevocation(facts, formatter),
    ...whole(formatter, "Signing request can't be read:", [facts.unreadableRequest, 'text']),
  ];
}

function wholeKeyLines(key: KeyFacts, formatter: Formatter): readonly string[] {
  return whole(formatter, 'Key', [describeWholeKey(key), 'text']);
}

/** Says how the request is signed; nothing is said of a key that the key's line does not say. */
function signatureLines(signature: SignatureFacts | undefined, formatter: Formatter): readonly string[] {
  if (!signature) return [];
  const fits = { yes: 'matches the key', no: "doesn't match the key", 'not-checked': 'not checked' }[
    signature.fits
  ];
  return [`${formatter.label('Signature')} ${formatter.text(signature.algorithm, 300)}, ${fits}`];
}

function wholeRevocation({ revocation }: RequestFacts, formatter: Formatter): readonly string[] {
  if (!revocation) return [];
  const { serialNumber, reason, effectiveAt, comment } = revocation;
  return [
    ...whole(formatter, 'Serial number', [serialNumber, 'exact']),
    ...whole(formatter, isRelease(revocation) ? 'Release from hold' : 'Reason', [reason, 'text']),
    ...whole(formatter, 'Effective', [effectiveAt, 'text']),
    ...whole(formatter, 'Comment', [comment, 'text']),
  ];
}

function names({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  return approval.instance.facts.names.flatMap((name) =>
    wholeLines(formatter, '', [markedName(name), 'exact']),
  );
}

function replaced({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const before = approval.instance.facts.replaces;
  if (!before) return [];
  const { subject, key, authority, signature, details = [], expiresAtMs } = before;
  const sans = before.names.map((name) => formatter.exact(markedName(name), 1_200));
  return [
    ...whole(formatter, 'Subject', [subject || undefined, 'exact']),
    ...packed(`${formatter.label('SANs')} `, sans),
    ...(key ? wholeKeyLines(key, formatter) : []),
    ...whole(formatter, 'Signature', [signature, 'text']),
    ...whole(formatter, 'CA', [authority || undefined, 'text']),
    ...details.flatMap((detail) => wholeLines(formatter, '• ', [describeDetail(detail), 'text'])),
    ...(expiresAtMs === undefined ? [] : [`${formatter.label('Expires')} ${formatter.day(expiresAtMs)}`]),
  ];
}

/** Writes every finding with every name it lists. */
function wholeFindings({ findings }: Card, { formatter }: RenderContext): readonly string[] {
  return findings.flatMap((finding) => {
    const text = `• ${findingText(finding, formatter, Number.POSITIVE_INFINITY)}`;
    if (text.length <= longestLine || !('names' in finding)) return [text];
    const names = finding.names.map((name) => formatter.exact(name, 1_200));
    return [`• ${findingText(finding, formatter, 3)}. All of them:`, ...packed('', names)];
  });
}

/** Longest line that fits a section with a title above it. */
const longestLine = 2_700;

/** Puts items on as few lines as hold them, separated by commas; none makes no line. */
function packed(before: string, items: readonly string[], maxLength = longestLine): readonly string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 2 <= maxLength) {
      lines[lines.length - 1] = `${last}, ${item}`;
    } else {
      lines.push(last === undefined ? `${before}${item}` : item);
    }
  }
  return lines;
}

function approvals(card: Card, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { approval, votes } = card;
  const { roles, nextStep } = approval.requirement;
  const decision = decisionOf(approval.state);
  return [
    progressLine(card, renderContext),
    ...packed(
      `${formatter.label('Suggested by the workflow')} `,
      (approval.inbound?.suggested ?? []).map((name) => formatter.exact(name, 300)),
    ),
    ...votes.flatMap((vote) => {
      const did = `• ${voterOf(vote, formatter)} ${didOf(vote, formatter)} ${formatter.moment(vote.atMs)}`;
      return vote.comment ? wholeLines(formatter, `${did}: `, [vote.comment, 'text']) : [did];
    }),
    ...(decision ? commentsOf(decision, formatter, 2_000).map((line) => `• ${line}`) : []),
    ...requirementLines(approval, renderContext),
    ...(approval.inbound ? [commentsStay(systemOf(approval, renderContext))] : []),
    ...packed(
      `${formatter.label(`Roles in ${systemOf(approval, renderContext)}`)} `,
      roles.map((role) => formatter.text(role, 300)),
    ),
    ...fact(formatter, 'After approval', [nextStep, 'text', 300]),
  ];
}

function workflow({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const { instance, step, attempt } = approval;
  const { definition, ref, referenceId, startedAtMs, modifiedAtMs } = instance;
  const at = instance.step?.name ?? step;
  return [
    ...wholeLines(formatter, '', [instance.title, 'text']),
    `${formatter.label('Workflow')} ${formatter.text(definition.name, 500)}${approval.inbound ? '' : `, version ${definition.version}`}, ${formatter.text(definition.type, 300)}`,
    `${formatter.label('Step')} ${formatter.text(at, 500)} (${formatter.exact(step, 500)})${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    // Of a run that told of the step itself nothing may have been read yet.
    ...(instance.status.raw === '' ? [] : statusLines(instance, formatter)),
    ...fact(formatter, 'Reference', [referenceId, 'exact', 300]),
    `${formatter.label('Run')} ${formatter.exact(ref.id, 500)} on ${formatter.text(ref.system, 300)}`,
    ...factAt(formatter, 'Started', startedAtMs),
    ...factAt(formatter, 'Last changed', modifiedAtMs),
  ];
}

function statusLines({ status, statusMessage }: Instance, formatter: Formatter): readonly string[] {
  const line = `${formatter.label('Status')} ${formatter.text(status.raw, 80)}`;
  return statusMessage ? wholeLines(formatter, `${line}: `, [statusMessage, 'text']) : [line];
}

function others({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const { facts } = approval.instance;
  return [
    ...facts.others.flatMap(({ label, value }) =>
      wholeLines(formatter, `• ${formatter.text(label, 200)}: `, [value, 'text']),
    ),
    ...notShownLines(facts),
  ];
}

function notShownLines({ notShown = 0 }: RequestFacts): readonly string[] {
  return notShown === 0 ? [] : [`${notShown} value${notShown === 1 ? '' : 's'} not shown`];
}

const mostPeople = 8;

/** Says how many approvals there are, whose they are, and who else may give one; or where else to decide. */
export function progressLine(card: Card, renderContext: RenderContext): string {
  const { approval, rule, votes } = card;
  const { formatter } = renderContext;
  if (isLinkOnly(approval) && approval.state.kind === 'waiting')
    return linkOnlySentence(approval, renderContext);
  const label = formatter.label(approval.inbound ? 'Decisions' : 'Approvals');
  const system = systemOf(approval, renderContext);
  if (!rule) return `${label} no rule in the settings says who may decide this, so nobody can decide it here`;
  const have = tallies(votes, formatter)
    .map(({ what, count, whose }) => `${what}${count} of ${card.wanted}${whose}`)
    .join(', ');
  const name = formatter.text(rule.name, 60);
  if (rule.approveWith === 'portal-only')
    return `${label} Decide this in ${system}: rule “${name}” requires it`;
  if (card.isBeyondOneAccount)
    return `${label} Approve this in ${system}: the step needs ${approval.requirement.needed ?? 2} approvers, and Countersign's service account counts as one`;
  const people = namesNobody(rule)
    ? 'this rule names nobody, so nobody can decide it here'
    : decidersText(card, rule, formatter);
  return [`${label} ${have} · ${name}: ${people}`, ...wantedText(rule), ...gapText(card)].join(' · ');
}

/** More people than these are only counted. */
const mostDeciders = 30;

/** Names who can decide, so that Slack notifies whom the rule wants notified. */
function decidersText({ deciders }: Card, rule: ApproverRule, formatter: Formatter): string {
  const isMentioned = rule.notify === undefined;
  if (!deciders) return isMentioned ? listSome(namedIn(rule, formatter), mostPeople) : 'those the rule names';
  const { people, groups } = deciders;
  if (people.length === 0 && groups.length === 0) return 'nobody else can decide it';
  const named = people.map(({ id, name, isAway, seat }) => {
    // Whoever is away is named, so that Slack leaves them alone.
    const who = isMentioned && !isAway ? formatter.person(id) : formatter.text(name, 60);
    return `${who}${isAway ? ' (away)' : ''}${seat === undefined ? '' : ` (for ${formatter.text(seat, 60)})`}`;
  });
  const others = groups.map((group) => (isMentioned ? formatter.group(group) : 'a user group'));
  const everybody = rule.notify === 'channel' ? [formatter.everybody()] : [];
  return [...everybody, listSome([...named, ...others], mostDeciders)].join(', ');
}

/** Warns that those who can act are too few. */
function gapText({ approval, gap }: Card): readonly string[] {
  if (!gap) return [];
  const able = gap.able === 0 ? 'nobody' : `only ${gap.able} ${gap.able === 1 ? 'person' : 'people'}`;
  const act = approval.inbound ? 'decide' : 'approve';
  return [
    `⚠️ ${gap.wanted} must ${act}, but ${able} named by the rule can, according to the settings and Slack; operators have been notified`,
  ];
}

/** Counts votes for each output by itself, since only those for the same one add up. */
function tallies(votes: readonly Vote[], formatter: Formatter) {
  const outputs = new Set(votes.map(({ output }) => output));
  if (outputs.size === 0) return [{ what: '', count: 0, whose: '' }];
  return [...outputs].map((output) => {
    const alike = votes.filter((vote) => vote.output === output);
    const names = alike.map(({ name, seat }) => `${formatter.text(name, 40)}${seatText(seat, formatter)}`);
    const what = output === undefined ? '' : `${quoted(output, formatter)} `;
    return { what, count: alike.length, whose: ` (${listSome(names, mostPeople)})` };
  });
}

/** Says what the system itself wants, as far as it is known; nothing when one identity is enough. */
export function requirementLines(approval: Approval, renderContext: RenderContext): readonly string[] {
  // What a workflow wants beside one answer is not known, and no account is asked.
  if (approval.inbound) return [];
  const system = systemOf(approval, renderContext);
  const { needed } = approval.requirement;
  const wants =
    needed === undefined
      ? [`How many approvers ${system} needs is not known.`]
      : needed > 1
        ? [`${system} needs ${needed} approvers.`]
        : [];
  const { counted = [] } = approval;
  const recorded =
    counted.length > 0 && approval.state.kind === 'waiting'
      ? [countedSentence(approval, counted, renderContext)]
      : [];
  const lost =
    approval.state.kind === 'waiting' && !approval.isAssigned
      ? [
          `${system} does not list this request for Countersign's service account, so it may refuse a decision sent from here.`,
        ]
      : [];
  return [...wants, ...recorded, ...lost];
}

/** Says whose approval the system has counted by their own account, and that it waits for others. */
function countedSentence(
  approval: Approval,
  counted: readonly CountedVote[],
  renderContext: RenderContext,
): string {
  const { formatter } = renderContext;
  const { needed } = approval.requirement;
  const who = listSome(
    counted.map(({ name }) => formatter.text(name, 40)),
    mostPeople,
  );
  const isInferred = counted.some((one) => one.isInferred === true);
  const hasRecorded = isInferred ? 'seems to have recorded' : 'has recorded';
  const part = needed === undefined || needed < 2 ? '' : ` as ${counted.length} of ${needed}`;
  return `${systemOf(approval, renderContext)} ${hasRecorded} approval by ${who}${part}; someone else has to approve too.`;
}

const mostFindings = 12;

/** Longest name that is shown whole on a card: a host name has at most 253 letters. */
const longestName = 300;

/** Says who asked and for what kind of thing, on one line. */
export function requestLine(card: Card, renderContext: RenderContext): string {
  const { approval } = card;
  const { facts } = approval.instance;
  const { formatter } = renderContext;
  const since =
    approval.state.kind === 'waiting' ? [`waiting since ${formatter.moment(approval.waitingSinceMs)}`] : [];
  const kinds = [facts.template, facts.validity, facts.authority].flatMap((value) =>
    value ? [formatter.text(value, shownOnCard.length)] : [],
  );
  return [requesterText(card, renderContext), ...since, ...dueText(facts, formatter), ...kinds].join(' · ');
}

/** Says until when a request is to be decided, where its workflow said so. */
function dueText({ due }: RequestFacts, formatter: Formatter): readonly string[] {
  return due === undefined ? [] : [`due ${formatter.moment(Date.parse(due))}`];
}

/** Lists the pages that tell more about a request. */
export function linksLines({ links = [] }: RequestFacts, formatter: Formatter): readonly string[] {
  return packed(
    `${formatter.label('Links')} `,
    links.map(({ url, title }) => formatter.link(url, title)),
  );
}

/** Nobody is mentioned here: whoever asked has nothing to decide. */
function requesterText({ approval, requesterName }: Card, { formatter }: RenderContext): string {
  const [chief, ...others] = approval.instance.facts.requesters;
  const inChat = requesterName === undefined ? '' : ` (${formatter.text(requesterName, 60)})`;
  if (chief === undefined) return `Requester not reported${inChat}`;
  const more = others.length > 0 ? ` +${others.length} more ${others.length === 1 ? 'name' : 'names'}` : '';
  return `Requested by ${formatter.exact(chief, 100)}${inChat}${more}`;
}

/** Names the system where there are several, the workflow and the step, and what an approval starts. */
export function placeLine({ approval, isOneOfSeveral }: Card, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const { instance, requirement, inbound } = approval;
  const { place, nextStep } = requirement;
  // A run that has gone on stands at a step that was never approved here.
  const isThere = instance.step === undefined || instance.step.uniqueName === approval.step;
  const step = inbound ? inbound.activity : isThere ? (instance.step?.name ?? approval.step) : undefined;
  const name = step === undefined ? undefined : formatter.text(step, 100);
  const at = place ? `step ${place.at} of ${place.of}: ${name}` : `step: ${name}`;
  const { name: workflow } = instance.definition;
  const isWaiting = approval.state.kind === 'waiting';
  return [
    ...(isOneOfSeveral ? [systemOf(approval, renderContext)] : []),
    // A workflow that told of itself is named in the heading.
    ...(workflow === '' || inbound ? [] : [formatter.text(workflow, 100)]),
    ...(name === undefined ? [] : [at]),
    ...(approval.attempt > 1 ? [`attempt ${approval.attempt}`] : []),
    ...(nextStep && isWaiting ? [`after approval: ${formatter.text(nextStep, 100)}`] : []),
  ].join(' · ');
}

/** How much of a request is written out. */
interface FactOptions {
  /** What stands out, so that no name it lists is folded. */
  readonly findings?: readonly Finding[];
  /** True where there is room for names that may be folded, and for values of any length. */
  readonly isWhole?: boolean;
  /** How many characters names may take. */
  readonly room?: number;
  /** What stands behind names when there are more. */
  readonly moreText?: (count: number) => string;
}

const inDetails = (count: number): string => `+${count} more in Details`;

/** Lists what is asked, one labelled line per fact that is known. */
export function factLines(
  facts: RequestFacts,
  { formatter }: RenderContext,
  options: FactOptions = {},
): readonly string[] {
  return [
    ...nameLines(facts, formatter, options).lines,
    ...keyLines(facts, formatter),
    ...detailLines(facts, formatter),
    ...revocationLines(facts, formatter),
  ];
}

/** Lists what is asked besides names, with every value whole. */
export function wholeFactLines(facts: RequestFacts, formatter: Formatter): readonly string[] {
  const { details = [], others } = facts;
  return [
    ...keyLines(facts, formatter),
    ...(details.length > 0 ? [formatter.label('Also requested')] : []),
    ...details.flatMap((detail) => wholeLines(formatter, '• ', [describeDetail(detail), 'text'])),
    ...others.flatMap(({ label, value }) =>
      whole(formatter, formatter.text(label, 200).replaceAll('*', ''), [value, 'text']),
    ),
    ...linksLines(facts, formatter),
    ...notShownLines(facts),
    ...wholeRevocation(facts, formatter),
  ];
}

/** Tells whether every value people sign for stands letter by letter in what is written, and all that stands out in them. */
export function showsAll({ approval, findings }: Card, formatter: Formatter, written: string): boolean {
  const { facts } = approval.instance;
  const { names, details = [], others, key, revocation = {}, requesters, subject } = facts;
  const { serialNumber, ...told } = revocation;
  const exact = [subject, requesters[0], serialNumber, ...names.map(markedName)];
  const texts = [
    ...[facts.template, facts.authority, facts.validity, key && describeKey(key), ...Object.values(told)],
    ...details.map(describeDetail),
    ...others.flatMap(({ label, value }) => [label, value]),
  ];
  const isThere = (how: 'exact' | 'text') => (value: string | undefined) =>
    !value || written.includes(finished(formatter[how](value, Number.POSITIVE_INFINITY)));
  return (
    isShownWhole(facts) &&
    exact.every(isThere('exact')) &&
    texts.every(isThere('text')) &&
    findings.every((finding) => written.includes(finished(wholeFinding(finding, formatter))))
  );
}

/** Lists names as far as there is room, and counts those that are left. */
export function nameLines(
  facts: RequestFacts,
  formatter: Formatter,
  { findings = [], isWhole = false, room = shownOnCard.nameRoom, moreText = inDetails }: FactOptions,
): { readonly lines: readonly string[]; readonly more: number } {
  const { names } = facts;
  if (names.length === 0) return { lines: [], more: 0 };
  const unfolded = isWhole ? names : namesOnCard(facts, findings).shown;
  const written: string[] = [];
  let length = 0;
  for (const name of unfolded) {
    const text = formatter.exact(markedName(name), isWhole ? 1_200 : longestName);
    length += text.length + 2;
    if (length > room) break;
    written.push(text);
  }
  const more = names.length - written.length;
  const rest = more > 0 ? moreText(more) : '';
  const label = formatter.label(names.length > written.length ? `SANs (${names.length})` : 'SANs');
  return { lines: packed(`${label} `, rest === '' ? written : [...written, rest]), more };
}

/** Lists the names a card folds away, as many as fit so many characters. */
export function foldedNames(
  { approval, findings }: Card,
  formatter: Formatter,
  room: number,
): { readonly lines: readonly string[]; readonly shown: number; readonly all: number } {
  const { folded } = namesOnCard(approval.instance.facts, findings);
  const written: string[] = [];
  let length = 0;
  for (const name of folded) {
    const text = formatter.exact(markedName(name), longestName);
    length += JSON.stringify(text).length;
    if (length > room) break;
    written.push(text);
  }
  return { lines: packed('', written), shown: written.length, all: folded.length };
}

/** Lists the other things the system told, the first few; for work whose facts have no names of their own. */
export function otherLines(facts: RequestFacts, { formatter }: RenderContext): readonly string[] {
  const lines = facts.others
    .slice(0, shownOnCard.others)
    .map(
      ({ label, value }) =>
        `${formatter.label(formatter.text(label, 40).replaceAll('*', ''))} ${formatter.text(value, 100)}`,
    );
  const more = facts.others.length - lines.length;
  return more > 0 ? [...lines, inDetails(more)] : lines;
}

/** Says what stands out, the gravest first; none when nothing does. */
export function findingLines(
  { findings }: Card,
  { formatter }: RenderContext,
  mostShown = mostFindings,
): readonly string[] {
  const texts = findings.slice(0, mostShown).map((finding) => fittingText(finding, formatter));
  const more = findings.length - texts.length;
  const [only] = texts;
  if (only === undefined) return [];
  const label = formatter.label('Check');
  if (texts.length === 1 && more === 0) return [`⚠️ ${label} ${only}`];
  return [`⚠️ ${label}`, ...texts.map((text) => `• ${text}`), ...(more > 0 ? [inDetails(more)] : [])];
}

/** As many of the names it lists as fit. */
function fittingText(finding: Finding, formatter: Formatter): string {
  for (const most of [1_000, 60, 20, 8]) {
    const text = wholeFinding(finding, formatter, most);
    if (text.length <= 1_800) return text;
  }
  return findingText(finding, formatter, 3);
}

/** Every name it lists; those that are asked for stand among the names as well, so that a few of them do. */
function wholeFinding(finding: Finding, formatter: Formatter, most = 1_000): string {
  return findingText(finding, formatter, finding.kind === 'removes-names' ? most : Math.min(most, 8));
}

function keyLines(
  { key, signature, unreadableRequest }: RequestFacts,
  formatter: Formatter,
): readonly string[] {
  // A signature without a hash that is known, and of another name than the key's, is named as it is.
  const isOther = signature && signature.hash === undefined && signature.algorithm !== key?.algorithm;
  const signed = isOther ? `, signed with ${formatter.text(signature.algorithm, 80)}` : '';
  if (key) return [`${formatter.label('Key')} ${formatter.text(describeKey(key), 100)}${signed}`];
  return unreadableRequest === undefined ? [] : [`${formatter.label('Key')} not known`];
}

/** Lists what else the signing request asks for, and how many values the system told that are not shown. */
function detailLines(facts: RequestFacts, formatter: Formatter): readonly string[] {
  const { details = [] } = facts;
  const texts = details.map((detail) => formatter.text(describeDetail(detail), 200));
  const shown = texts.slice(0, shownOnCard.details);
  const rest = texts.length > shown.length ? [`+${texts.length - shown.length} more in Details`] : [];
  return [
    ...(shown.length > 0 ? [[formatter.label('Also requested'), ...shown, ...rest].join('\n• ')] : []),
    ...notShownLines(facts),
  ];
}

function isRelease({ reason }: RevocationFacts): boolean {
  return reason === 'removeFromHold';
}

function revocationLines({ revocation }: RequestFacts, formatter: Formatter): readonly string[] {
  if (!revocation) return [];
  const { serialNumber, reason, effectiveAt, comment } = revocation;
  const parts = [
    ...(serialNumber ? [`serial ${formatter.exact(serialNumber, 80)}`] : []),
    ...(effectiveAt ? [`from ${formatter.text(effectiveAt, 60)}`] : []),
    ...(reason ? [`reason: ${formatter.text(reason, 80)}`] : []),
    ...(comment ? [`“${formatter.text(comment, 200)}”`] : []),
  ];
  const label = isRelease(revocation) ? 'Release from hold' : 'Revoke';
  return parts.length === 0 ? [] : [`${formatter.label(label)} ${parts.join(', ')}`];
}

/** Says what stands out, one phrase per finding. */
export function findingTexts(
  findings: readonly Finding[],
  formatter: Formatter,
  mostNames = 3,
): readonly string[] {
  return findings.map((finding) => findingText(finding, formatter, mostNames));
}

function findingText(finding: Finding, formatter: Formatter, mostNames: number): string {
  const list = (names: readonly string[]): string =>
    listSome(
      names.map((name) => formatter.exact(name, longestName)),
      mostNames,
    );
  switch (finding.kind) {
    case 'wildcard':
      return `${counted(finding.names, 'wildcard')}: ${list(finding.names)}`;
    case 'weak-key': {
      const key = formatter.text(describeKey(finding.key), 80);
      return finding.key.isBroken ? `broken key: ${key}` : `weak key: ${key}`;
    }
    case 'unknown-key':
      return `the strength of the key is unknown: ${formatter.text(describeKey(finding.key), 80)}`;
    case 'public-suffix-wildcard':
      return `${counted(finding.names, 'wildcard')} for a domain shared by many owners: ${list(finding.names)}`;
    case 'long-validity':
      return `valid for ${formatter.text(finding.validity, 80)}, longer than the ${finding.mostDays} days allowed`;
    case 'weak-hash':
      return `weak hash: ${formatter.text(finding.hash, 40)}`;
    case 'signature-mismatch':
      return "the request's signature doesn't match its key; a workflow step may have rewritten it";
    case 'login-identity':
      return `includes a sign-in name: ${list(finding.names)}`;
    case 'ca-certificate':
      return 'requests a CA certificate, which can issue others';
    case 'dangerous-usage':
      return `requests a dangerous usage: ${list(finding.usages)}`;
    case 'other-template': {
      const told = formatter.exact(finding.told, 120);
      // A number and a name may well be those of one template.
      const isNumber = finding.templates.every((template) => /^\d+(\.\d+)+/.test(template));
      return isNumber
        ? `the request names its template by OID ${list(finding.templates)}; whether that is ${told} isn't known`
        : `the request names the template ${list(finding.templates)}, not ${told}`;
    }
    case 'other-subject':
      return `a different subject is given outside the signing request: ${formatter.exact(finding.subject, 200)}`;
    case 'outside-zones':
      return `${counted(finding.names, 'name')} outside your domains: ${list(finding.names)}`;
    case 'mixed-script':
      return `${counted(finding.names, 'name')} with letters from another script: ${list(finding.names)}`;
    case 'odd-name':
      return `${counted(finding.names, 'name')} with characters not allowed in host names: ${list(finding.names)}`;
    case 'unreadable-name':
      return `${counted(finding.names, 'name')} that can't be read: ${list(finding.names)}`;
    case 'names-without-cn':
      return `the subject's common name is not among the SANs: ${list(finding.names)}`;
    case 'doubled-extension':
      return `requests an extension more than once: ${list(finding.extensions)}`;
    case 'unknown-critical-extension':
      return `requests a critical extension Countersign does not know: ${list(finding.extensions)}`;
    case 'unreadable-extension':
      return `requests an extension that can't be read: ${list(finding.extensions)}`;
    case 'unreadable-request':
      return `the signing request could not be read: ${formatter.text(finding.why, 150)}`;
    case 'unreadable-replaced':
      return `replaces a certificate that can't be read: ${formatter.text(finding.why, 300)}`;
    case 'replaces':
      if (finding.isExpiring && finding.expiresAtMs !== undefined)
        return `the certificate expires ${formatter.day(finding.expiresAtMs)}`;
      return finding.expiresAtMs === undefined
        ? 'replaces a certificate'
        : `replaces a certificate that expires ${formatter.day(finding.expiresAtMs)}`;
    case 'reuses-key':
      return 'reuses the key of the certificate it replaces';
    case 'adds-names':
      return `adds ${counted(finding.names, 'name')}: ${list(finding.names)}`;
    case 'removes-names':
      return `leaves out ${counted(finding.names, 'name')}: ${list(finding.names)}`;
    case 'changes':
      return `changes the ${finding.what === 'authority' ? 'CA' : finding.what}: ${formatter.exact(finding.from, 120)} → ${formatter.exact(finding.to, 120)}`;
    default:
      return assertNever(finding);
  }
}

function counted(names: readonly string[], noun: string): string {
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'}`;
}
