import type { Signal } from '../../domain/approval.js';
import {
  type Approval,
  type Decision,
  decisionFactsOf,
  decisionOf,
  type Ending,
} from '../../domain/approval.js';
import { type Change, type ChangeOutcome, type ChangeRecord, systemOfChange } from '../../domain/change.js';
import type { CommandLine, Verb } from '../../domain/commands.js';
import type { AlertReply, Incident } from '../../domain/incident.js';
import type { InstanceRef } from '../../domain/instance.js';
import {
  canonical,
  type LedgerEntry,
  type LedgerHead,
  type LedgerKind,
  nextRecord,
  noKey,
  type Plain,
  type PlainGroup,
  takeOverNote,
} from '../../domain/ledger.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import { type ApproverRule, approverRuleFor, findingsIn, identitiesOf } from '../../domain/policy.js';
import { plainEntry } from '../../domain/report.js';
import type { Click, ClickReply } from '../../domain/voting.js';
import type { OutgoingSignal } from '../../ports/backend.js';
import type { Asker, InboundRequest, InboundResult } from '../../ports/chat.js';
import type { LedgerRepository, Transaction } from '../../ports/store.js';
import { defined } from '../../shared/language.js';
import { traceId } from '../../shared/trace.js';
import type { Context } from '../context.js';

/** What to record; the time is that of recording. */
type Recorded = Omit<LedgerEntry, 'atMs'>;

/**
 * Adds a record to the ledger, as part of the transaction of what it is about: both are remembered, or neither.
 *
 * A record is for good, so nothing secret belongs into one; what somebody typed as a value goes in by its seal.
 */
export async function record(
  context: Pick<Context, 'now' | 'signer'>,
  transaction: Transaction,
  entry: Recorded,
): Promise<void> {
  const whole = { ...entry, ...defined({ trace: traceId() }), atMs: context.now() };
  await transaction.appendLedger(entry.system, (head) => nextRecord(context.signer, whole, head));
}

/** Names a person for a record, as the settings do. */
export function recordedPerson(
  { policy }: Pick<Context, 'policy'>,
  { teamId, userId }: PersonId,
): NonNullable<LedgerEntry['person']> {
  const mapped = policy.people.find(({ id }) => isSamePerson(id, { teamId, userId }));
  return { teamId, userId, ...defined({ name: mapped?.name }) };
}

/** Stands for a value in a record: the same value under the same name is seen to be the same, and not which. */
function sealed({ signer }: Pick<Context, 'signer'>, name: string, value: string) {
  return { name, sealed: signer.sign(`value\n${name}\n${value}`) };
}

/**
 * Finishes a click and records what became of it; leaves one that was finished before as it is, and tells whether
 * this answer is the one that counts.
 */
export async function endClick(
  context: Context,
  transaction: Transaction,
  { click, answer: reply }: { readonly click: Click; readonly answer: ClickReply },
): Promise<boolean> {
  const stored = await transaction.findClick(click.id);
  if (!stored || stored.reply) return false;
  await transaction.finishClick(click.id, reply, context.now());
  const approval = await transaction.findApproval(click.approvalId);
  const person = await transaction.recallPerson(click.person);
  const system = approval?.instance.ref.system ?? '';
  const { verb, via, output, comment } = click;
  const from = click.bulk ? 'bulk' : click.from;
  await record(context, transaction, {
    system,
    kind: kindOf(reply),
    person: recordedPerson(context, click.person),
    ...(person && approval ? { identities: identitiesOf(person, system, context.policy) } : {}),
    ...(approval ? { instance: approval.instance.ref.id, code: approval.code } : {}),
    shown: await shownTo(context, transaction, { click, approval, reply }),
    answered: { kind: reply.kind, ...moreOf(reply) },
    messages: [{ channel: click.message.channel, ts: click.message.ts }],
    note: { click: click.id, verb, via, from, choice: output, comment, ...votersOf(reply) },
  });
  if (kindOf(reply) === 'refusal') {
    const name = reply.kind === 'refused' ? reply.why.kind : reply.kind;
    await transaction.putReportEntry(plainEntry('refusal', { id: click.id, atMs: context.now(), name }));
  }
  return true;
}

/** Records that a rule decided by itself, after which hold, and what stood on which copies of the card. */
export async function recordRuleDecision(
  context: Context,
  transaction: Transaction,
  { approval, signal }: { readonly approval: Approval; readonly signal: Signal },
): Promise<void> {
  const { instance, code, revision, plan } = approval;
  const facts = { ...decisionFactsOf(instance) };
  const cards = await transaction.listCards(approval.id);
  const messages = cards.flatMap(({ message }) =>
    message ? [{ channel: message.channel, ts: message.ts }] : [],
  );
  const held = { from: plan?.sinceMs, to: plan?.untilMs };
  const { rule, verdict, atMs } = signal.decision;
  const evidence = canonical({
    approval: approval.id,
    rule,
    atMs,
    held,
    text: null,
    revision,
    facts,
    messages,
  });
  const sha256 = context.signer.hash(evidence);
  await transaction.addEvidence(sha256, evidence);
  await record(context, transaction, {
    ...placeOfRun(instance.ref, code),
    kind: 'decision',
    ...defined({ rule }),
    shown: { revision, facts: context.signer.hash(canonical({ facts })), evidence: sha256 },
    answered: { kind: 'decided' },
    messages,
    note: { verb: verdict, verdict, signal: signal.id, held },
  });
}

function kindOf({ kind }: ClickReply): LedgerKind {
  if (kind === 'rule-stopped') return 'rule-stopped';
  if (kind === 'decided') return 'decision';
  if (kind === 'vote-counted') return 'vote';
  if (kind === 'vote-withdrawn') return 'withdrawal';
  return kind === 'taken-back' ? 'taken-back' : 'refusal';
}

/**
 * Tells what somebody was shown, and keeps it with what they decided.
 *
 * The facts of an older revision are not known any more, so only its number tells what was shown.
 */
async function shownTo(
  { signer, policy }: Context,
  transaction: Transaction,
  about: { readonly click: Click; readonly approval: Approval | undefined; readonly reply: ClickReply },
): Promise<NonNullable<LedgerEntry['shown']>> {
  const { click, approval, reply } = about;
  const { revision } = click;
  if (approval?.revision !== revision) return { revision };
  const outputs = approval.inbound?.outputs.map(({ name, verdict }) => ({ name, verdict }));
  const facts = { ...decisionFactsOf(approval.instance) };
  const shown = { revision, facts: signer.hash(canonical({ facts, outputs })) };
  const isDecision = kindOf(reply) === 'decision' || kindOf(reply) === 'vote';
  if (!isDecision) return shown;
  const { teamId, userId } = click.person;
  const rule = approverRuleFor(approval.instance, policy);
  const evidence = canonical({
    ...(rule ? { rule: ruleOf(rule) } : {}),
    named: rule ? await howNamed(transaction, rule, click.person) : null,
    findings: findingsIn(approval.instance, policy).map((finding) => ({ ...finding })) as Plain,
    approval: approval.id,
    person: { teamId, userId },
    atMs: click.atMs,
    click: click.id,
    on: click.via === 'modal' ? 'window' : 'message',
    // Where the chat did not tell what stood there, nothing of ours stands in for it.
    text: click.shown ?? null,
    revision,
    facts,
    outputs,
  });
  const sha256 = signer.hash(evidence);
  await transaction.addEvidence(sha256, evidence);
  return { ...shown, evidence: sha256 };
}

/** Writes what a rule wanted when somebody decided by it. */
function ruleOf({ name, quorum, approveWith, ownRequest, holdMs }: ApproverRule): PlainGroup {
  return { name, quorum, approveWith, ownRequest, holdMs };
}

/** Tells by what a rule lets somebody decide: their own name in it, or groups they are in. */
async function howNamed(
  transaction: Transaction,
  { people, groups = [] }: ApproverRule,
  id: PersonId,
): Promise<PlainGroup> {
  if (people.some((one) => isSamePerson(one, id))) return { by: 'person' };
  const person = await transaction.recallPerson(id);
  return { by: 'group', groups: groups.filter((group) => person?.groups?.includes(group)) };
}

/** A decision names everybody it stands on. */
function votersOf(reply: ClickReply) {
  const decision = reply.kind === 'decided' ? decisionOf(reply.approval.state) : undefined;
  if (!decision) return {};
  return { verdict: decision.verdict, output: decision.output, voters: namesOf(decision) };
}

function namesOf({ votes, rule }: Decision): readonly string[] {
  if (rule !== undefined) return [`rule ${rule}`];
  return votes.map(({ person, name, seat }) => {
    const who = `${name} (${person.userId})`;
    return seat ? `${who} for ${seat.name} (${seat.person.userId})` : who;
  });
}

function votersIn({ votes, rule }: Decision): readonly string[] {
  return rule === undefined ? votes.map(({ name }) => name) : [`rule ${rule}`];
}

/** A signal and its approval, as they are inside a transaction. */
interface SignalAndApproval {
  readonly transaction: Transaction;
  readonly signal: Signal;
  readonly approval: Approval;
}

/** Records that a decision leaves for its system, and in which words. */
export async function recordSignal(
  context: Context,
  work: SignalAndApproval,
  { verdict, comment, output, activityId, identity }: OutgoingSignal,
): Promise<void> {
  const { step, decision } = work.signal;
  await record(context, work.transaction, {
    ...placeOfRun(work.signal.instance, work.approval.code),
    kind: 'signal',
    sent: { step, verdict, comment, output, activityId, identity },
    note: { signal: work.signal.id, voters: namesOf(decision) },
  });
}

/** Records what has become known of a decision that left, or why it did not. */
export async function recordSignalResult(
  context: Context,
  work: SignalAndApproval,
  answered: PlainGroup & { readonly kind: string },
): Promise<void> {
  await record(context, work.transaction, {
    ...placeOfRun(work.signal.instance, work.approval.code),
    kind: 'signal-answer',
    answered,
    note: { signal: work.signal.id },
  });
}

/** Records that a waiting step is over, saying no more than was seen. */
export async function recordEnding(
  context: Context,
  transaction: Transaction,
  approval: Approval,
): Promise<void> {
  const { state, instance, code, step } = approval;
  if (state.kind !== 'ended') return;
  const decision = decisionOf(state);
  await record(context, transaction, {
    ...placeOfRun(instance.ref, code),
    kind: 'ending',
    answered: { kind: state.ending.kind, step, ...whereOf(state.ending) },
    ...(decision ? { note: { verdict: decision.verdict, voters: votersIn(decision) } } : {}),
  });
}

/** Records that a waiting step whose end was not seen waits as it did before. */
export async function recordFoundAgain(
  context: Context,
  transaction: Transaction,
  { instance, code, step, revision }: Approval,
): Promise<void> {
  await record(context, transaction, {
    ...placeOfRun(instance.ref, code),
    kind: 'found-again',
    note: { step, revision },
  });
}

function whereOf(ending: Ending) {
  if (ending.kind === 'restarted') return { successor: ending.successor?.id };
  if (!('now' in ending)) return {};
  return { status: ending.now.status.raw, at: ending.now.step?.uniqueName };
}

/** Records that a workflow asked for people; saying the same again is nothing new. */
export async function recordInbound(
  context: Context,
  transaction: Transaction,
  { asked: request, answer: reply }: { readonly asked: InboundRequest; readonly answer: InboundResult },
): Promise<void> {
  if (reply.kind === 'repeated') return;
  const { instance, key, activityId, activity } = request;
  await record(context, transaction, {
    system: instance.ref.system,
    instance: instance.ref.id,
    ...('code' in reply ? { code: reply.code } : {}),
    kind: 'told',
    answered: { kind: reply.kind },
    note: { key, activityId, activity, step: instance.step?.uniqueName, workflow: instance.definition.name },
  });
}

/** Records that a change has gone on to another phase. */
export async function recordChange(
  context: Context,
  transaction: Transaction,
  changed: ChangeRecord,
): Promise<void> {
  const { person, id, batch, change } = changed;
  const version = change.kind === 'restart' || change.kind === 'execute' ? change.version : undefined;
  await record(context, transaction, {
    ...placeOfChange(changed),
    person: recordedPerson(context, person),
    ...whatOf(context, changed),
    note: {
      change: id,
      verb: change.kind,
      ...defined({ version }),
      phase: changed.phase,
      override: changed.isOverride,
      batch: batch?.id,
    },
  });
}

function whatOf(
  context: Context,
  { phase, change, outcome, sameAs }: ChangeRecord,
): Pick<Recorded, 'kind' | 'sent' | 'answered'> {
  const sent = textOfChange(context, change);
  if (sameAs !== undefined) return { kind: 'change', sent, answered: { kind: 'repeated', sameAs } };
  if (phase === 'confirmed' || phase === 'sending') return { kind: 'change', sent };
  if (phase === 'following') return { kind: 'change-outcome', answered: { kind: 'taken' } };
  return { kind: 'change-outcome', answered: outcome ? groupOfOutcome(outcome) : { kind: 'over' } };
}

function textOfChange(context: Context, change: Change): PlainGroup {
  const { kind, ...more } = change;
  if (!('variables' in more)) return { verb: kind, ...defined({ ...more, instance: undefined }) };
  const { definition, variables, version } = more;
  const values = variables.map(({ name, value }) => sealed(context, name, value));
  return { verb: kind, definition, values, ...defined({ version }) };
}

function groupOfOutcome(outcome: ChangeOutcome): PlainGroup {
  switch (outcome.kind) {
    case 'done':
      return { kind: 'done', status: outcome.now?.status.raw, started: outcome.started?.id };
    case 'moved-meanwhile':
      return { kind: outcome.kind, status: outcome.now.status.raw };
    case 'not-allowed':
      return { kind: outcome.kind, reason: outcome.why.kind };
    case 'approval-open':
      return { kind: outcome.kind, approval: outcome.approval.code };
    case 'unknown':
      return { kind: outcome.kind, reason: outcome.refused?.reason, status: outcome.now?.status.raw };
    case 'refused':
      return { kind: outcome.kind, reason: outcome.reason };
    default:
      return { kind: outcome.kind };
  }
}

/** Records a command and how it was answered; values that were typed go in by their seals. */
export async function recordCommand(
  context: Context,
  {
    line,
    asker,
    answered,
    ...place
  }: { readonly line: CommandLine; readonly asker: Asker; readonly answered: PlainGroup } & Place,
): Promise<void> {
  await context.store.inTransaction((transaction) =>
    record(context, transaction, {
      ...place,
      kind: 'command',
      person: recordedPerson(context, asker.person),
      sent: textOf(context, line),
      answered,
    }),
  );
}

function textOf(context: Context, line: CommandLine): PlainGroup {
  if (line.verb !== 'execute') return { ...line };
  const { verb, workflow, system, values } = line;
  return { verb, workflow, system, values: values.map(({ name, text }) => sealed(context, name, text)) };
}

type Place = Pick<LedgerEntry, 'system' | 'instance' | 'code'>;

function placeOfRun({ system, id }: InstanceRef, code: string): Place {
  return { system, instance: id, code };
}

/** What was started has no run before the system took it. */
function placeOfChange({ change, code, started }: ChangeRecord): Place {
  const instance = change.kind === 'execute' ? started?.id : change.instance.id;
  return { system: systemOfChange(change), ...defined({ instance, code }) };
}

/** A person's press on an alert; one that is not known any more has no incident. */
interface ClickedAlert {
  readonly context: Context;
  readonly incident: Incident | undefined;
  readonly incidentId?: string;
  readonly verb: Verb;
  readonly asker: Asker;
}

/** Does what was pressed for and records what came of it, in one transaction. */
export async function recordAlertAction(
  clicked: ClickedAlert,
  work: (transaction: Transaction) => Promise<AlertReply>,
): Promise<AlertReply> {
  const { context, incident, incidentId = incident?.id, verb, asker } = clicked;
  return context.store.inTransaction(async (transaction) => {
    const reply = await work(transaction);
    await record(context, transaction, {
      system: incident?.system ?? '',
      kind: 'alert-action',
      ...defined({ code: incident?.code }),
      person: recordedPerson(context, asker.person),
      answered: { kind: reply.kind, ...moreOf(reply) },
      note: { incident: incidentId, verb },
    });
    return reply;
  });
}

/** What a record says of how somebody was answered, besides its kind. */
function moreOf(reply: AlertReply | ClickReply): PlainGroup {
  switch (reply.kind) {
    case 'muted':
      return { untilMs: reply.mute.untilMs };
    case 'proposal':
      return { way: reply.way, batch: reply.batchId, runs: reply.records.length };
    case 'vote-counted':
      return { have: reply.have, of: reply.of };
    case 'refused':
    case 'not-allowed':
      return { reason: reply.why.kind };
    case 'broke':
      return { ref: reply.ref };
    default:
      return {};
  }
}

const noteKey = 'ledger:settings';

/** Whether a start is on record, or must not go on before somebody has looked at the ledger. */
type StartRecord =
  /** `changed`: sections of the settings that are not as at the last start. */
  | { readonly kind: 'recorded'; readonly changed: readonly string[] }
  | { readonly kind: 'key-lost'; readonly chains: readonly LostKey[] };

/**
 * Records with which settings the bot starts: their hash, and which sections are not as at the last start.
 *
 * Chains that were sealed with another key, or have never been with any, are taken over by the key in use: from then
 * on whatever stands before cannot be changed unseen either. Nothing is recorded where a chain has lost its key.
 */
export async function recordStart(
  context: Context,
  /** Name of a section of the settings file → its text, without secrets. */
  sections: Readonly<Record<string, string>>,
): Promise<StartRecord> {
  const start = await context.store.inTransaction<StartRecord>(async (transaction) => {
    const chains = await findLostKeys(context, transaction);
    if (chains.length > 0) return { kind: 'key-lost', chains };
    for (const head of await transaction.listLedgerHeads()) {
      if (head.keyId !== context.signer.keyId) await recordTakeOver(context, transaction, head);
    }
    return { kind: 'recorded', changed: await recordSettings(context, transaction, sections) };
  });
  if (start.kind === 'recorded' && context.signer.keyId === noKey)
    context.log.warn({}, 'COUNTERSIGN_LEDGER_KEY is not set: records are kept but not sealed');
  return start;
}

/** Records which settings the bot goes by from now on, as hashes, and gives the sections that differ from before. */
export async function recordSettings(
  context: Pick<Context, 'now' | 'signer'>,
  transaction: Transaction,
  sections: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { signer } = context;
  const hashes: PlainGroup = Object.fromEntries(
    Object.entries(sections).map(([name, text]) => [name, signer.hash(text)]),
  );
  const before = await transaction.getNote(noteKey);
  await transaction.putNote(noteKey, canonical(hashes));
  const changed = before === undefined ? [] : changedSince(before, hashes);
  await record(context, transaction, {
    system: '',
    kind: 'settings',
    note: { hash: signer.hash(canonical(hashes)), ...(before === undefined ? { first: true } : { changed }) },
  });
  return changed;
}

function changedSince(before: string, now: PlainGroup): readonly string[] {
  const old: PlainGroup = JSON.parse(before);
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].filter((name) => old[name] !== now[name]).sort();
}

/** What became of accepting records without a seal: they stay from one record to another, by a third. */
export type Acceptance =
  | { readonly kind: 'accepted'; readonly from: number; readonly to: number; readonly by: number }
  | { readonly kind: 'nothing-to-accept' }
  | { readonly kind: 'no-key' }
  /** What is accepted is recorded in the bot's own chain too, which is not in order itself. */
  | { readonly kind: 'own-chain-first' };

/**
 * Seals a chain anew that has lost its key, on record, there and in the chain of the bot.
 *
 * Every check tells from then on which records stood without a seal.
 */
export async function acceptBreak(
  context: Pick<Context, 'store' | 'signer' | 'now'>,
  system: string,
): Promise<Acceptance> {
  if (context.signer.keyId === noKey) return { kind: 'no-key' };
  return context.store.inTransaction(async (transaction) => {
    const lost = await findLostKeys(context, transaction);
    const from = lost.find((one) => one.system === system)?.number;
    const head = (await transaction.listLedgerHeads()).find((one) => one.system === system);
    if (from === undefined || !head) return { kind: 'nothing-to-accept' };
    if (system !== '' && lost.some((one) => one.system === '')) return { kind: 'own-chain-first' };
    await recordTakeOver(context, transaction, head, from);
    return { kind: 'accepted', from, to: head.number, by: head.number + 1 };
  });
}

/** A chain that has been under a key and would go on without one. */
export interface LostKey {
  readonly system: string;
  /** `unsealed`: its first record without a seal. `no-key`: the last one with a seal. */
  readonly number: number;
  readonly why: 'unsealed' | 'no-key';
}

/**
 * Finds chains that have been under a key, and whose head has none, or which the bot has no key for.
 *
 * Once one chain is sealed all of them are, since a start takes all over together; so a chain without a seal beside a
 * sealed one was made again, or added to without the key.
 */
async function findLostKeys(
  { signer }: Pick<Context, 'signer'>,
  transaction: LedgerRepository,
): Promise<readonly LostKey[]> {
  const chains: { readonly head: LedgerHead; readonly lastSigned: number | undefined }[] = [];
  for (const head of await transaction.listLedgerHeads()) {
    const last = head.keyId === noKey ? await transaction.lastSigned(head.system) : head;
    chains.push({ head, lastSigned: last?.number });
  }
  if (chains.every(({ lastSigned }) => lastSigned === undefined)) return [];
  return chains.flatMap(({ head: { system, keyId }, lastSigned: number }): readonly LostKey[] => {
    if (signer.keyId === noKey) return number === undefined ? [] : [{ system, number, why: 'no-key' }];
    return keyId === noKey ? [{ system, number: (number ?? 0) + 1, why: 'unsealed' }] : [];
  });
}

/** Records that a chain goes on under the key in use, from which head on: in that chain and in that of the bot. */
async function recordTakeOver(
  context: Pick<Context, 'signer' | 'now'>,
  transaction: Transaction,
  head: LedgerHead,
  acceptedFrom?: number,
): Promise<void> {
  const { system } = head;
  const about = { head, now: context.signer.keyId, ...defined({ acceptedFrom }) };
  await record(context, transaction, { system, kind: 'key', note: takeOverNote(about) });
  if (system === '') return;
  const note = takeOverNote({ ...about, of: system });
  await record(context, transaction, { system: '', kind: 'key', note });
}
