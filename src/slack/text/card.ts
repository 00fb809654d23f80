import { type Approval, type CountedVote, decisionOf, subjectOf, type Vote } from '../../domain/approval.js';
import type { Card } from '../../domain/card.js';
import { type Finding, markedName } from '../../domain/findings.js';
import type { Instance } from '../../domain/instance.js';
import { namesNobody } from '../../domain/person.js';
import {
  describeDetail,
  describeKey,
  type RequestFacts,
  readNameText,
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
  namedIn,
  quoted,
  type RenderContext,
  systemOf,
  wantedText,
} from '../format.js';
import {
  commentsStay,
  headline,
  isLinkOnly,
  linkOnlySentence,
  noteLines,
  stateSentence,
  suggestedLines,
} from './approval-state.js';

/** A titled group of lines in the details. */
export interface DetailGroup {
  readonly title: string;
  readonly lines: readonly string[];
}

const mostNames = 1000;

const mostOthers = 60;

/** Tells everything there is to tell about a request, in groups; empty ones are left out. */
export function detailGroups(card: Card, renderContext: RenderContext): readonly DetailGroup[] {
  return [
    { title: headline(card.approval, renderContext), lines: stateText(card, renderContext) },
    { title: 'Request', lines: request(card, renderContext) },
    { title: `SANs (${card.approval.instance.facts.names.length})`, lines: names(card, renderContext) },
    { title: 'Replaces', lines: replaced(card, renderContext) },
    {
      title: 'Look at',
      lines: findingTexts(card.findings, renderContext.formatter, 50).map((text) => `• ${text}`),
    },
    { title: 'Who decides', lines: approvals(card, renderContext) },
    { title: 'Workflow', lines: workflow(card, renderContext) },
    { title: 'More', lines: others(card, renderContext) },
  ].filter(({ lines }) => lines.length > 0);
}

function stateText({ approval }: Card, renderContext: RenderContext): readonly string[] {
  const note = approval.state.kind === 'waiting' ? approval.state.note : undefined;
  return [stateSentence(approval, renderContext), ...(note ? noteLines(approval, note, renderContext) : [])];
}

function request(card: Card, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { facts } = card.approval.instance;
  const requesters = facts.requesters.slice(1).map((name) => formatter.exact(name, 120));
  return [
    `${formatter.label('Subject')} ${formatter.exact(subjectOf(card.approval), 1000)}`,
    requestLine(card, renderContext),
    ...(requesters.length > 0
      ? [`${formatter.label('Also known as')} ${requesters.slice(0, 10).join(', ')}`]
      : []),
    ...factLines({ ...facts, names: [], details: [] }, renderContext),
    ...signatureLines(facts.signature, formatter),
    ...(facts.details ?? []).map((detail) => `• ${formatter.text(describeDetail(detail), longestDetail)}`),
    ...fact(formatter, 'Signing request', [facts.unreadableRequest, 'text', 300]),
  ];
}

/** A section holds little more. */
const longestDetail = 2_900;

/** Says how the request is signed; nothing is said of a key that the key's line does not say. */
function signatureLines(signature: SignatureFacts | undefined, formatter: Formatter): readonly string[] {
  if (!signature) return [];
  const fits = { yes: 'fits the key', no: "doesn't match the key", 'not-checked': 'not checked' }[
    signature.fits
  ];
  return [`${formatter.label('Signature')} ${formatter.text(signature.algorithm, 100)}, ${fits}`];
}

function names({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  return upTo(mostNames, approval.instance.facts.names, (name) =>
    formatter.exact(markedName(name), longestName),
  );
}

function replaced({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const before = approval.instance.facts.replaces;
  if (!before) return [];
  const { subject, key, authority, expiresAtMs } = before;
  const sans = before.names.map((name) => formatter.exact(markedName(name), longestName));
  return [
    ...fact(formatter, 'Subject', [subject || undefined, 'exact', 500]),
    ...(sans.length > 0 ? [`${formatter.label('SANs')} ${listSome(sans, 50)}`] : []),
    ...fact(formatter, 'Key', [key && describeKey(key), 'text', 100]),
    ...fact(formatter, 'CA', [authority || undefined, 'text', 120]),
    ...(expiresAtMs === undefined ? [] : [`${formatter.label('Expires')} ${formatter.day(expiresAtMs)}`]),
  ];
}

function approvals(card: Card, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { approval, votes } = card;
  const { roles, nextStep } = approval.requirement;
  const decision = decisionOf(approval.state);
  return [
    progressLine(card, renderContext),
    ...suggestedLines(approval, renderContext),
    ...votes.slice(0, 20).map((vote) => {
      const comment = vote.comment ? `: “${formatter.text(vote.comment, 500)}”` : '';
      return `• ${formatter.text(vote.name, 60)} ${didOf(vote, formatter)} ${formatter.moment(vote.atMs)}${comment}`;
    }),
    ...(decision ? commentsOf(decision, formatter, 500).map((line) => `• ${line}`) : []),
    ...requirementLines(approval, renderContext),
    ...(approval.inbound ? [commentsStay(systemOf(approval, renderContext))] : []),
    ...(roles.length > 0
      ? [`${formatter.label(`Roles in ${systemOf(approval, renderContext)}`)} ${namesIn(roles, formatter)}`]
      : []),
    ...fact(formatter, 'After an approval', [nextStep, 'text', 120]),
  ];
}

function namesIn(roles: readonly string[], formatter: Formatter): string {
  const shown = roles.slice(0, 20).map((role) => formatter.text(role, 80));
  return shown.join(', ');
}

function workflow({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const { instance, step, attempt } = approval;
  const { definition, ref, referenceId, startedAtMs, modifiedAtMs } = instance;
  const at = instance.step?.name ?? step;
  return [
    formatter.text(instance.title, 300),
    `${formatter.label('Workflow')} ${formatter.text(definition.name, 150)}${approval.inbound ? '' : `, version ${definition.version}`}, ${formatter.text(definition.type, 80)}`,
    `${formatter.label('Step')} ${formatter.text(at, 150)} (${formatter.exact(step, 150)})${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    // Of a run that told of the step itself nothing may have been read yet.
    ...(instance.status.raw === '' ? [] : [statusLine(instance, formatter)]),
    ...fact(formatter, 'Reference', [referenceId, 'exact', 80]),
    `${formatter.label('Run')} ${formatter.exact(ref.id, 120)} on ${formatter.text(ref.system, 80)}`,
    ...factAt(formatter, 'Started', startedAtMs),
    ...factAt(formatter, 'Last changed', modifiedAtMs),
  ];
}

function statusLine({ status, statusMessage }: Instance, formatter: Formatter): string {
  const why = statusMessage ? `: ${formatter.text(statusMessage, 500)}` : '';
  return `${formatter.label('Status')} ${formatter.text(status.raw, 80)}${why}`;
}

function others({ approval }: Card, { formatter }: RenderContext): readonly string[] {
  const { facts } = approval.instance;
  return [
    ...upTo(
      mostOthers,
      facts.others,
      ({ label, value }) => `• ${formatter.text(label, 80)}: ${formatter.text(value, 300)}`,
    ),
    ...notShownLines(facts),
  ];
}

function notShownLines({ notShown = 0 }: RequestFacts): readonly string[] {
  return notShown === 0 ? [] : [`${notShown} value${notShown === 1 ? '' : 's'} not shown`];
}

/** Writes the first of many, and how many more there are. */
function upTo<T>(most: number, all: readonly T[], write: (one: T) => string): readonly string[] {
  const lines = all.slice(0, most).map(write);
  return all.length > most ? [...lines, `+${all.length - most} more`] : lines;
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
    return `${label} in ${system} only, since “${name}” wants it so: please open it there`;
  if (card.isBeyondOneAccount)
    return `${label} in ${system} only: it wants ${approval.requirement.needed ?? 2} identities, and Countersign signals as one account for everybody. Please open it there`;
  const people = namesNobody(rule)
    ? 'this rule names nobody, so nobody can decide it here'
    : listSome(namedIn(rule, formatter), mostPeople);
  return [`${label} ${have} · ${name}: ${people}`, ...wantedText(rule), ...gapText(card)].join(' · ');
}

/** Warns that those who can act are too few. */
function gapText({ gap }: Card): readonly string[] {
  if (!gap) return [];
  const able = gap.able === 0 ? 'none of them' : `only ${gap.able} of them`;
  return [`⚠️ ${able} can act by what the settings and Slack say, and ${gap.wanted} must; the operators know`];
}

/** Counts votes for each output by itself, since only those for the same one add up. */
function tallies(votes: readonly Vote[], formatter: Formatter) {
  const outputs = new Set(votes.map(({ output }) => output));
  if (outputs.size === 0) return [{ what: '', count: 0, whose: '' }];
  return [...outputs].map((output) => {
    const alike = votes.filter((vote) => vote.output === output);
    const names = alike.map(({ name }) => formatter.text(name, 40));
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
      ? [`How many identities ${system} wants is not known.`]
      : needed > 1
        ? [`${system} wants ${needed} identities.`]
        : [];
  const { counted = [] } = approval;
  const recorded =
    counted.length > 0 && approval.state.kind === 'waiting'
      ? [countedSentence(approval, counted, renderContext)]
      : [];
  const lost =
    approval.state.kind === 'waiting' && !approval.isAssigned
      ? [
          `${system} does not list this for the account Countersign signals with; a decision from here may be refused.`,
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
  const are = isInferred ? 'seems to be' : 'is';
  const part = needed === undefined || needed < 2 ? '' : ` as ${counted.length} of ${needed}`;
  return `What ${who} approved ${are} recorded in ${systemOf(approval, renderContext)}${part}; somebody else has to approve too.`;
}

/** Names of other kinds than DNS are not left out, unless there are more than anybody reads. */
const mostKindsOnCard = 40;

const mostFindings = 12;

/** Longest name that is shown whole: a host name has at most 253 letters. */
const longestName = 300;

/** Says who asked and for what kind of thing, on one line. */
export function requestLine({ approval, requester }: Card, { formatter }: RenderContext): string {
  const { facts } = approval.instance;
  const [chief, ...others] = facts.requesters;
  const inChat = requester ? ` (${formatter.person(requester)})` : '';
  const requested =
    chief === undefined
      ? `Requester not told${inChat}`
      : `Requested by ${formatter.exact(chief, 100)}${inChat}${others.length > 0 ? ` +${others.length} more names` : ''}`;
  const since =
    approval.state.kind === 'waiting' ? [`waiting since ${formatter.moment(approval.waitingSinceMs)}`] : [];
  const kinds = [facts.template, facts.validity, facts.authority].flatMap((value) =>
    value ? [formatter.text(value, 80)] : [],
  );
  return [requested, ...since, ...kinds].join(' · ');
}

/** Lists what is asked, one labelled line per fact that is known. */
export function factLines(facts: RequestFacts, { formatter }: RenderContext): readonly string[] {
  return [
    ...nameLines(facts, formatter),
    ...keyLines(facts, formatter),
    ...detailLines(facts, formatter),
    ...revocationLines(facts, formatter),
  ];
}

/** Lists the other things the system told, the first few; for work whose facts have no names of their own. */
export function otherLines(
  facts: RequestFacts,
  { formatter }: RenderContext,
  most: number,
): readonly string[] {
  const lines = facts.others
    .slice(0, most)
    .map(
      ({ label, value }) =>
        `${formatter.label(formatter.text(label, 40).replaceAll('*', ''))} ${formatter.text(value, 100)}`,
    );
  const more = facts.others.length - lines.length;
  return more > 0 && facts.isInbound ? [...lines, `+${more} more in Details`] : lines;
}

/** Says what stands out, on one line; none when nothing does. */
export function findingLines({ findings }: Card, { formatter }: RenderContext): readonly string[] {
  if (findings.length === 0) return [];
  const texts = findingTexts(findings.slice(0, mostFindings), formatter, 8);
  const more = findings.length - texts.length;
  const rest = more > 0 ? [`${more} more in Details`] : [];
  return [`${formatter.label('Look at')} ⚠️ ${[...texts, ...rest].join('; ')}`];
}

function nameLines({ names }: RequestFacts, formatter: Formatter): readonly string[] {
  if (names.length === 0) return [];
  const isPlain = (name: string) => ['dns', 'ip'].includes(readNameText(name).kind);
  const chosen = names
    .filter((name, index) => index < shownOnCard.names || !isPlain(name))
    .slice(0, shownOnCard.names + mostKindsOnCard)
    .map((name) => formatter.exact(markedName(name), longestName));
  const more = names.length - chosen.length;
  const rest = more > 0 ? [`+${more} more in Details`] : [];
  return [`${formatter.label('SANs')} ${[...chosen, ...rest].join(', ')}`];
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
    ...(shown.length > 0 ? [[formatter.label('Also asks for'), ...shown, ...rest].join('\n• ')] : []),
    ...notShownLines(facts),
  ];
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
  const label = reason === 'removeFromHold' ? 'Release from hold' : 'Revoke';
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
      return `asks for ${counted(finding.names, 'wildcard')}: ${list(finding.names)}`;
    case 'weak-key': {
      const key = formatter.text(describeKey(finding.key), 80);
      return finding.key.isBroken ? `the key protects nothing: ${key}` : `weak key: ${key}`;
    }
    case 'unknown-key':
      return `how strong the key is can't be told: ${formatter.text(describeKey(finding.key), 80)}`;
    case 'public-suffix-wildcard':
      return `${counted(finding.names, 'wildcard')} for a domain that belongs to many owners: ${list(finding.names)}`;
    case 'long-validity':
      return `valid for ${formatter.text(finding.validity, 80)}, longer than the ${finding.mostDays} days allowed`;
    case 'weak-hash':
      return `weak hash: ${formatter.text(finding.hash, 40)}`;
    case 'signature-mismatch':
      return "the request's signature doesn't match its key; a workflow step may have rewritten it";
    case 'login-identity':
      return `asks for a login: ${list(finding.names)}`;
    case 'ca-certificate':
      return 'asks for a CA certificate, which can issue others';
    case 'dangerous-usage':
      return `asks for a dangerous usage: ${list(finding.usages)}`;
    case 'other-template': {
      const told = formatter.exact(finding.told, 120);
      // A number and a name may well be those of one template.
      const isNumber = finding.templates.every((template) => /^\d+(\.\d+)+/.test(template));
      return isNumber
        ? `the request names a template by its number ${list(finding.templates)}; whether that is ${told} isn't known`
        : `the request names the template ${list(finding.templates)}, not ${told}`;
    }
    case 'other-subject':
      return `another subject stands beside the request: ${formatter.exact(finding.subject, 200)}`;
    case 'outside-zones':
      return `${counted(finding.names, 'name')} outside your domains: ${list(finding.names)}`;
    case 'mixed-script':
      return `${counted(finding.names, 'name')} with letters of another script: ${list(finding.names)}`;
    case 'odd-name':
      return `${counted(finding.names, 'name')} with characters no host name has: ${list(finding.names)}`;
    case 'unreadable-name':
      return `${counted(finding.names, 'name')} that can't be read: ${list(finding.names)}`;
    case 'names-without-cn':
      return `the subject's common name is not among the SANs: ${list(finding.names)}`;
    case 'doubled-extension':
      return `asks for an extension more than once: ${list(finding.extensions)}`;
    case 'unknown-critical-extension':
      return `asks for a critical extension nobody here knows: ${list(finding.extensions)}`;
    case 'unreadable-extension':
      return `asks for an extension that can't be read: ${list(finding.extensions)}`;
    case 'unreadable-request':
      return `the signing request could not be read: ${formatter.text(finding.why, 150)}`;
    case 'unreadable-replaced':
      return `replaces a certificate that can't be read: ${formatter.text(finding.why, 300)}`;
    case 'replaces':
      return finding.expiresAtMs === undefined
        ? 'replaces a certificate'
        : `replaces a certificate that expires ${formatter.day(finding.expiresAtMs)}`;
    case 'reuses-key':
      return 'uses the key of the certificate it replaces again';
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
