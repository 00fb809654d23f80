import { isAbout } from '../../domain/absence.js';
import { type Approval, decisionOf, signalComment, type Vote } from '../../domain/approval.js';
import { isAllowed, mayRun, startableNamed } from '../../domain/change.js';
import {
  type CommandLine,
  type ListState,
  listStates,
  missingIn,
  type Verb,
  verbSpec,
} from '../../domain/commands.js';
import { type Instance, type InstanceRef, refKey } from '../../domain/instance.js';
import { entryOf, type LedgerEntry } from '../../domain/ledger.js';
import type { Delivery } from '../../domain/notification.js';
import { isSamePerson, type Person, type PersonId, personKey } from '../../domain/person.js';
import {
  type ApproverRule,
  approverRuleFor,
  identitiesOf,
  isRequestedBy,
  mayDecide,
  routeFor,
  targetKey,
  targetsFor,
} from '../../domain/policy.js';
import {
  type ApprovalRow,
  type CommonReply,
  type DefinitionRow,
  type Row,
  type RunEvent,
  runHistory,
  type StatusReport,
  type WhyReport,
} from '../../domain/reply.js';
import { isReceiptOf, type MessageRef, type Receipt, votesOn } from '../../domain/voting.js';
import type { InstanceFilter, WorkflowBackend } from '../../ports/backend.js';
import type { Asker } from '../../ports/chat.js';
import { ChatError } from '../../ports/errors.js';
import type { Transaction } from '../../ports/store.js';
import { mapAtMost } from '../../shared/async.js';
import { defined } from '../../shared/language.js';
import { nearMatch } from '../../shared/text.js';
import { explainAlerts } from '../alerts/track-failures.js';
import {
  type CommandWork,
  type Context,
  lookUpPerson,
  namedPeople,
  recallPerson,
  whoIsAway,
} from '../context.js';
import { isBulkOffered, openApprovalsOf, ownLists } from '../home.js';
import { composeEvidence, evidenceJson, evidencePage } from '../ledger/evidence.js';
import { recordCommand } from '../ledger/record.js';
import { showCard, whoCanDecide } from '../show-card.js';
import {
  askSystems,
  findRun,
  listKnown,
  maySee,
  rowOf,
  rowsOf,
  targetOf,
  type VerbRuns,
  withApprovalFacts,
} from './find-run.js';

/** What the verbs of this file show. */
export type QueryReply =
  | { readonly kind: 'status'; readonly status: StatusReport }
  | {
      readonly kind: 'list';
      readonly state: ListState;
      readonly text?: string;
      readonly page: number;
      readonly rows: readonly Row[];
      readonly hasMore: boolean;
      /** Systems that could not be asked, by label. */
      readonly silent: readonly string[];
      /** Systems of which only the newest runs were looked through, by label. */
      readonly cut?: readonly string[];
      /** Systems that show only what waits for the bot's account or was started by it, and the access they miss. */
      readonly partial?: readonly { readonly label: string; readonly permission: string }[];
      /** Systems that list nothing, so that only what the bot knows of them is here, by label. */
      readonly known?: readonly string[];
      /** The state that was nearly typed, where nothing has the words. */
      readonly near?: string;
    }
  | {
      readonly kind: 'value';
      readonly title: string;
      readonly name: string;
      readonly text?: string;
      readonly said?: string;
    }
  | {
      readonly kind: 'definitions';
      readonly rows: readonly DefinitionRow[];
      readonly silent: readonly string[];
    }
  | {
      readonly kind: 'approvals';
      readonly page: number;
      readonly rows: readonly ApprovalRow[];
      readonly hasMore: boolean;
      /** How many there are on all pages. */
      readonly total: number;
      /** How many more wait for others, since the asker has voted. */
      readonly voted: number;
      /** Whether several on this page could be approved together. */
      readonly isBulkOffered?: boolean;
    }
  | { readonly kind: 'why'; readonly why: WhyReport }
  /** What the ledger holds about a run, the latest first. */
  | ({
      readonly kind: 'history';
      readonly page: number;
      readonly entries: readonly LedgerEntry[];
      /** How often somebody only looked, on all pages; that is not among the entries. */
      readonly reads?: number;
      readonly hasMore: boolean;
    } & Row)
  | ({
      readonly kind: 'evidence';
      readonly records: number;
      /** How many votes and decisions there are, and of how many of them the text that was shown is kept. */
      readonly decisions: number;
      readonly kept: number;
      /** Whether a button may have the files sent, and what became of it where it was pressed. */
      readonly sending?: 'possible' | 'done' | 'too-large' | 'not-known' | { readonly failed: string };
    } & Row)
  | {
      readonly kind: 'receipt';
      readonly receipt: Receipt;
      /** The approval as it stands now. */
      readonly approval: Approval;
      /** Whether its person has said that it was not them, and their rights are still suspended for it. */
      readonly isRepudiated: boolean;
      /** Set where it does not count: its person took it back, or it became void. */
      readonly lost?: 'withdrawn' | 'void';
      /** In which words it is told to the system; absent if the decision was not taken or is given up. */
      readonly comment?: string;
    }
  | { readonly kind: 'no-receipt'; readonly typed: string };

type Reply = QueryReply | CommonReply;

/** The verbs that show something about workflows: each is run by the line in its name. */
export const queries = {
  status: (work, line) => showStatus(work, line.ref ?? ''),
  why: (work, line) => explainWhy(work, line.ref ?? ''),
  history: showHistory,
  evidence: explainEvidence,
  list: listRuns,
  definitions: (work, line) => listDefinitions(work, line.text ?? ''),
  last: (work, line) => showLast(work, line.workflow ?? ''),
  output: showValue,
  variable: showValue,
  approvals: (work, line) => showApprovals(work, line.page),
  receipt: (work, line) => showReceipt(work, line.code),
} satisfies VerbRuns<Reply>;

const pageSize = 10;

/** Shows what waits for the asker's decision, the most pressing first; what they have voted on waits for others. */
async function showApprovals(work: CommandWork, page: number): Promise<Reply> {
  const { store } = work.context;
  const { waiting, voted } = await openApprovalsOf(work, await ownLists(work));
  const end = page * pageSize;
  const rows: ApprovalRow[] = [];
  for (const { approvalId } of waiting.slice(end - pageSize, end)) {
    const approval = await store.findApproval(approvalId);
    if (approval) rows.push(await approvalRowOf(work, approval));
  }
  return {
    kind: 'approvals',
    page,
    rows,
    total: waiting.length,
    hasMore: waiting.length > end,
    voted,
    isBulkOffered: isBulkOffered(rows, work.context),
  };
}

async function approvalRowOf({ context, asker }: CommandWork, approval: Approval): Promise<ApprovalRow> {
  const card = await showCard(context, approval);
  const copy = await findCopy(context, approval.id, asker);
  return { card, ...(copy?.channel === undefined ? {} : { channel: copy.channel }) };
}

/**
 * Shows what a receipt stands for: who decided what and when, what they saw, what was sent and what came back.
 *
 * People see their own; others only what a rule lets them see.
 */
async function showReceipt({ context, person }: CommandWork, typed: string): Promise<Reply> {
  const { store, policy } = context;
  const receipt = await store.findReceipt(typed.trim().toUpperCase());
  const approval = receipt && (await store.findApproval(receipt.approvalId));
  if (!receipt || !approval) {
    const removedAtMs = await store.findRemoval('receipt', typed.trim().toUpperCase());
    return removedAtMs === undefined
      ? { kind: 'no-receipt', typed }
      : { kind: 'removed', what: 'receipt', removedAtMs };
  }
  if (!isReceiptOf(receipt, person.id)) {
    const may = mayRun(person, 'receipt', targetOf(approval.instance), policy.operators);
    if (may.kind !== 'yes') return { kind: 'not-allowed', verb: 'receipt', why: may };
  }
  const decision = decisionOf(approval.state);
  const isPart = decision?.votes.some(({ atMs }) => atMs === receipt.vote.atMs) ?? false;
  const suspension = await store.findSuspension(receipt.vote.person);
  const isRepudiated = suspension?.receipt === receipt.code;
  const lost = isPart ? undefined : await whyLost(context, receipt, approval);
  return {
    kind: 'receipt',
    receipt,
    approval,
    isRepudiated,
    ...defined({ lost }),
    ...(decision && isPart ? { comment: signalComment(decision, approval.questions) } : {}),
  };
}

/** Says why a decision does not count, if it does not: it is among no votes any more. */
async function whyLost(
  { store }: CommandWork['context'],
  { vote }: Receipt,
  { id, code, instance, counted = [] }: Approval,
): Promise<'withdrawn' | 'void' | undefined> {
  const isSame = (one: Vote) => isSamePerson(one.person, vote.person) && one.atMs === vote.atMs;
  if ([...counted, ...(await store.listVotes(id))].some(isSame)) return undefined;
  const records = await store.listLedgerOf(instance.ref, { offset: 0, limit: 200 });
  const isWithdrawn = records
    .map(entryOf)
    .some(
      (entry) =>
        (entry.kind === 'withdrawal' || entry.kind === 'taken-back') &&
        entry.code === code &&
        entry.atMs >= vote.atMs &&
        entry.person !== undefined &&
        isSamePerson(entry.person, vote.person),
    );
  return isWithdrawn ? 'withdrawn' : 'void';
}

/** Explains which rules routed a run, who may decide about it, who may not and why, and where failures are told. */
async function explainWhy(work: CommandWork, typed: string): Promise<Reply> {
  const found = await findRun(work, 'why', typed);
  if (found.kind === 'reply') return found.reply;
  const { context, person } = work;
  const { policy } = context;
  const instance = await withApprovalFacts(context, found.instance);
  const rule = approverRuleFor(instance, policy);
  const route = routeFor(instance, policy);
  const approvers = rule ? await namedPeople(context, rule) : [];
  const { delegates } = rule ? await awayFor(context, rule) : { delegates: [] };
  const ids = new Map([...approvers, ...delegates].map((id) => [personKey(id), id]));
  const named = await lookUpSome(context, [...ids.values()]);
  const { delegations, absences } = rule ? await awayFor(context, rule) : { delegations: [], absences: [] };
  const failures = await explainAlerts(context, instance);
  const row = await rowOf(context, instance);
  const isKept = (await context.store.latestApprovalOf(instance.ref)) !== undefined;
  const removedAtMs = isKept ? undefined : await context.store.findRemoval('code', row.code);
  return {
    kind: 'why',
    why: {
      ...row,
      ...defined({ routeName: route?.name, removedAtMs }),
      targets: targetsFor(instance, policy).map(targetKey),
      ...defined({ rule }),
      people: named.map((one: Person) => ({
        person: one,
        may: mayDecide(one, instance, policy, delegations),
        ...defined({
          awayUntilMs: absences.find((absence) => isSamePerson(absence.person, one.id))?.untilMs,
        }),
      })),
      asker: mayDecide(person, instance, policy, delegations),
      ...defined({ failures }),
    },
  };
}

/** Tells of everybody: of the first ones afresh, a few at a time, of all others as last known. */
async function lookUpSome(context: Context, ids: readonly PersonId[]): Promise<readonly Person[]> {
  const fresh = await mapAtMost(lookUpsAtOnce, ids.slice(0, mostLookedUp), async (id) => {
    const person = await lookUp(context, id);
    if (!person)
      throw new ChatError('Nothing is known of an approver', { code: 'unavailable', retryable: true });
    return person;
  });
  const others: Person[] = [];
  for (const id of ids.slice(mostLookedUp)) {
    others.push((await recallPerson(context.store, id)) ?? { id, name: id.userId, membership: 'member' });
  }
  return [...fresh, ...others];
}

/** Gives who is away as far as a rule is concerned, and who decides in their place. */
async function awayFor(context: Context, rule: ApproverRule) {
  const { absences, delegations } = await whoIsAway(context, context.store);
  const about = absences.filter((absence) => isAbout(absence, rule));
  return { delegations, absences: about, delegates: about.flatMap(({ delegate }) => delegate ?? []) };
}

/** How many runs of a system are looked through at most; whoever wants older ones gives words. */
const mostScanned = 300;

type ListLine = Extract<CommandLine, { verb: 'list' }>;

/**
 * Lists runs the asker may see, newest first; `mine` are those the asker started, by the name the system knows.
 *
 * A page is cut out of everything newer, of all systems together: so no run is left out or told twice because
 * one system has many and another has few.
 */
async function listRuns(work: CommandWork, line: ListLine): Promise<Reply> {
  const { context } = work;
  const end = line.page * pageSize;
  const { results, silent } = await askSystems(context, (backend) => readSystem(work, backend, line));
  const newest = newestOf(results.flatMap(({ visible }) => visible));
  const cut = results.filter(({ isCut }) => isCut).map(({ label }) => label);
  const known = results.filter(({ isKnownOnly }) => isKnownOnly).map(({ label }) => label);
  const [word = ''] = line.text?.split(' ') ?? [];
  const near = newest.length === 0 && line.state === 'any' ? nearMatch(word, listStates) : undefined;
  return {
    kind: 'list',
    state: line.state,
    ...defined({ text: line.text }),
    page: line.page,
    rows: await rowsOf(context, newest.slice(end - pageSize, end)),
    hasMore: newest.length > end,
    silent,
    ...(cut.length === 0 ? {} : { cut }),
    ...(known.length === 0 ? {} : { known }),
    partial: results.flatMap(({ label, missingPermission: permission }) =>
      permission === undefined ? [] : [{ label, permission }],
    ),
    ...defined({ near }),
  };
}

/** What the asker may see of a system: enough to fill all pages up to the wanted one. */
interface Visible {
  readonly label: string;
  readonly visible: readonly Instance[];
  /** Whether there are more that were not looked through. */
  readonly isCut: boolean;
  /** The access without which the system shows only part of its runs. */
  readonly missingPermission?: string;
  /** Whether the system lists nothing, so that only what the bot knows is here. */
  readonly isKnownOnly?: boolean;
}

function readSystem(
  work: CommandWork,
  backend: WorkflowBackend,
  line: ListLine,
): Promise<Visible> | undefined {
  const { label, system, operations } = backend;
  if (!operations.list) return readKnown(work, backend, line);
  const { state, text } = line;
  const filter = {
    state: state === 'mine' ? 'any' : state,
    ...defined({ text }),
  } as const;
  if (state !== 'mine') return readFar(work, backend, { ...filter, wanted: line.page * pageSize + 1 });
  if (work.person.linkedAs?.[system] !== undefined) return readOwn(work, backend, line);
  // Somebody may have several names in a system; without any, nothing is theirs.
  const names = identitiesOf(work.person, system, work.context.policy);
  const wanted = line.page * pageSize + 1;
  return Promise.all(names.map((initiator) => readFar(work, backend, { ...filter, initiator, wanted }))).then(
    (readings) => ({
      label,
      visible: readings.flatMap(({ visible }) => visible),
      isCut: readings.some(({ isCut }) => isCut),
      ...defined({ missingPermission: readings[0]?.missingPermission }),
    }),
  );
}

/** Reads as far back as it takes to see so many runs; each reading starts anew, since runs may move meanwhile. */
async function readFar(
  work: CommandWork,
  { label, operations }: WorkflowBackend,
  { wanted, ...filter }: Omit<InstanceFilter, 'page' | 'pageSize'> & { readonly wanted: number },
): Promise<Visible> {
  let size = Math.min(wanted, mostScanned);
  for (;;) {
    const page = await operations.list?.({ ...filter, page: 1, pageSize: size });
    const visible = await visibleIn(work, page?.instances ?? []);
    const isEnough = visible.length >= wanted || !page?.hasMore;
    if (isEnough || size >= mostScanned) {
      const { missingPermission } = page ?? {};
      return { label, visible, isCut: !isEnough, ...defined({ missingPermission }) };
    }
    size = Math.min(size * 3, mostScanned);
  }
}

/** Reads what somebody started in a system where they have linked an account, in their own name. */
async function readOwn(
  work: CommandWork,
  backend: WorkflowBackend,
  { text, page }: ListLine,
): Promise<Visible> {
  const { system, label, operations } = backend;
  const reply = await work.context.linking?.accessOf(system, work.person.id);
  if (reply?.kind !== 'access') return { label, visible: [], isCut: false };
  const filter = { state: 'any', ...defined({ text }), page: 1, pageSize: page * pageSize + 1 } as const;
  const own = await operations.list?.({ ...filter, as: reply.access });
  return { label, visible: own?.instances ?? [], isCut: false };
}

/** Reads what the bot knows of a system that lists nothing; who started a run, such a system does not tell. */
async function readKnown(
  work: CommandWork,
  backend: WorkflowBackend,
  { state, text = '' }: ListLine,
): Promise<Visible> {
  const { label } = backend;
  const known = state === 'mine' ? [] : await listKnown(work.context, backend);
  const fitting = known.filter(
    ({ status, title }) =>
      (state === 'any' || status.kind === knownStates[state]) &&
      title.toLowerCase().includes(text.toLowerCase()),
  );
  return { label, visible: await visibleIn(work, fitting), isCut: false, isKnownOnly: true };
}

const knownStates = { waiting: 'suspended', failed: 'failed', running: 'running', mine: 'unknown' } as const;

async function visibleIn(work: CommandWork, instances: readonly Instance[]): Promise<readonly Instance[]> {
  const may = await Promise.all(instances.map((one) => maySee(work, 'list', one)));
  return instances.filter((_, index) => may[index]);
}

/** Puts runs of several systems into one order that is the same at every look. */
function newestOf(instances: readonly Instance[]): readonly Instance[] {
  const distinct = [...new Map(instances.map((one) => [refKey(one.ref), one])).values()];
  return distinct.sort(
    (a, b) =>
      (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0) ||
      Number(b.referenceId ?? 0) - Number(a.referenceId ?? 0) ||
      (refKey(a.ref) < refKey(b.ref) ? -1 : 1),
  );
}

/** Shows what is on record about a run, a page at a time; whoever may see its status may see this. */
async function showHistory(
  work: CommandWork,
  { ref = '', page }: { readonly ref?: string; readonly page: number },
): Promise<Reply> {
  const found = await findRun(work, 'history', ref);
  if (found.kind === 'reply') return found.reply;
  const { context } = work;
  const records = await context.store.listLedgerOf(found.instance.ref, { offset: 0, limit: mostRecords });
  const all = records.map(entryOf);
  const entries = all.filter((entry) => !isRead(entry));
  const end = page * pageSize;
  return {
    kind: 'history',
    ...(await rowOf(context, found.instance)),
    page,
    entries: entries.slice(end - pageSize, end),
    reads: all.length - entries.length,
    hasMore: entries.length > end,
  };
}

/** Says what evidence there is of a run, and sends it to whoever asked, where the settings allow that and they want it. */
async function explainEvidence(
  work: CommandWork,
  { ref = '', isSent }: Extract<CommandLine, { verb: 'evidence' }>,
): Promise<Reply> {
  const found = await findRun(work, 'evidence', ref);
  if (found.kind === 'reply') return found.reply;
  const { store, evidence } = work.context;
  const records = await store.listLedgerOf(found.instance.ref, { offset: 0, limit: mostRecords });
  const decisions = records.map(entryOf).filter(({ kind }) => kind === 'vote' || kind === 'decision');
  let kept = 0;
  for (const { shown } of decisions) {
    if (shown?.evidence !== undefined && (await store.findEvidence(shown.evidence)) !== undefined) kept += 1;
  }
  const row = await rowOf(work.context, found.instance);
  const sending = evidence && (isSent ? await sendEvidence(work, { ...row, ...evidence }) : 'possible');
  return {
    kind: 'evidence',
    ...row,
    records: records.length,
    decisions: decisions.length,
    kept,
    ...defined({ sending }),
  };
}

/** A file that is longer is written on the host only. */
const longestFileBytes = 5_000_000;

/** Sends evidence to whoever asked, in their direct messages and nowhere else; that it leaves is on record before it does. */
async function sendEvidence(
  { context, asker }: CommandWork,
  { instance, code, signerOf, readAnchors }: Row & NonNullable<Context['evidence']>,
): Promise<Extract<Reply, { kind: 'evidence' }>['sending']> {
  const { store, chat, signer, now, log } = context;
  const { system, id } = instance.ref;
  const options = { nowMs: now(), anchors: await readAnchors(), signerOf };
  const pack = await composeEvidence(store, instance.ref, options);
  const files = [
    { name: `evidence-${code}.html`, text: evidencePage(pack) },
    { name: `evidence-${code}.json`, text: evidenceJson(pack) },
  ];
  if (files.some(({ text }) => Buffer.byteLength(text) > longestFileBytes)) return 'too-large';
  const hashes = files.map(({ name, text }) => ({ name, sha256: signer.hash(text) }));
  await recordCommand(context, {
    system,
    instance: id,
    code,
    line: { verb: 'evidence', ref: code, isSent: true },
    asker,
    answered: { kind: 'sending', files: hashes },
  });
  try {
    await chat.sendFiles(asker.person, files, `Evidence ${code}, ${pack.madeAt}`);
    return 'done';
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    log.warn({ system, instance: id, err: error }, 'Evidence could not be sent');
    return error.code === 'outcome-unknown' ? 'not-known' : { failed: error.message };
  }
}

/** Of a run with more on record than this, only the latest are told; `audit export` has all. */
const mostRecords = 1_000;

/** Tells whether a record says no more than that somebody looked. */
function isRead({ kind, sent = {} }: LedgerEntry): boolean {
  return kind === 'command' && verbSpec(String(sent.verb))?.changes !== true;
}

/** Shows what an activity of a run has put out, or the value of a variable. */
async function showValue(
  work: CommandWork,
  line: Extract<CommandLine, { verb: 'output' | 'variable' }>,
): Promise<Reply> {
  const { verb, ref = '', name } = line;
  if (name === undefined)
    return { kind: 'usage', verb, problem: { kind: 'missing', what: missingIn(line).join(', ') } };
  const found = await findRun(work, verb, ref);
  if (found.kind === 'reply') return found.reply;
  const { instance } = found;
  const backend = work.context.backends.get(instance.ref.system);
  const read = verb === 'output' ? backend?.operations.output : backend?.operations.variable;
  if (!backend || !read) return unsupported(backend, verb, instance.ref.system);
  const reading = await read(instance.ref, name);
  return {
    kind: 'value',
    title: instance.title,
    name,
    ...(reading.kind === 'value' ? { text: reading.text } : {}),
    ...(reading.kind === 'not-found' && reading.said !== undefined ? { said: reading.said } : {}),
  };
}

/** Shows the latest run of a workflow, whoever started it. */
async function showLast(work: CommandWork, workflow: string): Promise<Reply> {
  const { context, person } = work;
  if (workflow.trim() === '')
    return { kind: 'usage', verb: 'last', problem: { kind: 'missing', what: 'workflow' } };
  const { results, silent } = await askSystems(context, (backend) => {
    // People call a workflow by its title, as they do to start it.
    const ours = context.policy.startables.filter(({ system }) => system === backend.system);
    const named = startableNamed(ours, { workflow });
    return backend.operations.last?.(named.kind === 'one' ? named.startable.definition : workflow.trim());
  });
  const found = results.filter((instance) => instance !== undefined);
  const may = (instance: Instance) => mayRun(person, 'last', targetOf(instance), context.policy.operators);
  const runs = found.filter((instance) => may(instance).kind === 'yes');
  const [only] = runs;
  if (runs.length > 1) return { kind: 'ambiguous', typed: workflow, rows: await rowsOf(context, runs) };
  if (only) return { kind: 'status', status: await reportOn(work, only) };
  const [hidden] = found;
  const why = hidden && may(hidden);
  if (why && why.kind !== 'yes') return { kind: 'not-allowed', verb: 'last', why };
  const near = silent.length === 0 ? await nameNear(work, workflow) : undefined;
  return near === undefined
    ? { kind: 'not-found', typed: workflow, silent }
    : { kind: 'usage', verb: 'last', problem: { kind: 'unknown-word', typed: workflow, near } };
}

/** Finds the workflow that was nearly typed, among those the asker may know of. */
async function nameNear(work: CommandWork, typed: string): Promise<string | undefined> {
  const known = await listDefinitions(work, '');
  if (known.kind !== 'definitions') return undefined;
  const name = nearMatch(
    typed.trim(),
    known.rows.map(({ definition }) => definition.name),
  );
  return name?.toLowerCase() === typed.trim().toLowerCase() ? undefined : name;
}

/** Says what a system offers instead of a verb it does not know. */
export function unsupported(backend: WorkflowBackend | undefined, verb: Verb, system: string): CommonReply {
  const { operations } = backend ?? {};
  const offers: Verb[] = operations
    ? [
        'status',
        ...(operations.list ? (['list'] as const) : []),
        ...(operations.output ? (['output'] as const) : []),
        ...(operations.variable ? (['variable'] as const) : []),
        ...(operations.last ? (['last'] as const) : []),
        ...operations.changes,
      ]
    : [];
  return { kind: 'unsupported', verb, label: backend?.label ?? system, offers };
}

/** A message that shows an approval's card; its channel is named unless it is somebody's direct messages. */
interface Copy {
  readonly message: MessageRef;
  readonly channel?: string;
}

/**
 * Finds the copy of a card that is nearest to whoever asks: where they are, else in their direct messages, else
 * in a channel. Absent while none was posted.
 *
 * What is decided from a list is decided at such a copy, so that it takes the very same way as on the card.
 */
export async function findCopy(
  { store }: { readonly store: Transaction },
  approvalId: string,
  asker: Asker,
): Promise<Copy | undefined> {
  const [nearest] = (await store.listCards(approvalId))
    .flatMap((card) => (card.message ? [{ card, message: card.message }] : []))
    .sort((a, b) => distanceTo(asker, a.card) - distanceTo(asker, b.card));
  if (!nearest) return digestOf(store, approvalId);
  const { card, message } = nearest;
  return { message, ...(card.target.kind === 'channel' ? { channel: card.target.channel } : {}) };
}

/** While many cards wait for their turn, the message that stands for them all has to do. */
async function digestOf(store: Transaction, approvalId: string): Promise<Copy | undefined> {
  const message = await store.findDigestFor(approvalId);
  return message && { message };
}

function distanceTo({ channel, person }: Asker, { target }: Delivery): number {
  if (target.kind === 'channel') return target.channel === channel ? 0 : 2;
  return isSamePerson(target.person, person) ? 1 : 3;
}

/** Lists recipes whose name contains the words and which the asker may know of. */
async function listDefinitions({ context, person }: CommandWork, text: string): Promise<Reply> {
  const { results, silent } = await askSystems(context, (backend) =>
    backend.operations
      .definitions?.(text)
      .then((found) =>
        found.map((definition) => ({ definition, label: backend.label, system: backend.system })),
      ),
  );
  const rows = results
    .flat()
    .filter(
      ({ definition, system }) =>
        mayRun(person, 'definitions', { system, definition: definition.name }, context.policy.operators)
          .kind === 'yes',
    )
    .sort((a, b) => a.definition.name.localeCompare(b.definition.name));
  return { kind: 'definitions', rows, silent };
}

/** Shows where a run stands, what is known of its approval, and what can be done next. */
async function showStatus(work: CommandWork, typed: string): Promise<Reply> {
  const found = await findRun(work, 'status', typed);
  return found.kind === 'reply'
    ? found.reply
    : { kind: 'status', status: await reportOn(work, found.instance) };
}

/** Puts together what is known of a run. */
async function reportOn({ context, person }: CommandWork, instance: Instance): Promise<StatusReport> {
  const backend = context.backends.get(instance.ref.system);
  const approval = await context.store.latestApprovalOf(instance.ref);
  const requested = await withApprovalFacts(context, instance);
  const link = backend?.linkTo(instance);
  const canAct = approval && (await whoCanAct(context, approval));
  const requirement = instance.awaitsApproval ? await backend?.requirementOf(instance) : undefined;
  return {
    ...(await rowOf(context, instance)),
    allowed: (backend?.operations.changes ?? []).filter(
      (kind) =>
        kind !== 'execute' &&
        isAllowed(kind, instance) &&
        (kind !== 'cancel' || isRequestedBy(person, requested, context.policy)) &&
        mayRun(person, kind, targetOf(instance), context.policy.operators).kind === 'yes',
    ),
    ...defined({ link, approval, requirement, canAct }),
    history: await reportHistory(context, instance.ref),
  };
}

/** Tells what is remembered of a run: its approvals, the votes on them, how they ended, and what people changed. */
async function reportHistory({ store }: Context, ref: InstanceRef): Promise<readonly RunEvent[]> {
  const approvals = [];
  for (const approval of await store.listApprovalsOf(ref)) {
    approvals.push({ approval, votes: await store.listVotes(approval.id) });
  }
  return runHistory(approvals, await store.listChangesOn(ref));
}

const lookUpsAtOnce = 5;

/** A rule may name a whole department; nobody reads that many names. */
const mostLookedUp = 30;

/** Lists who may still decide an approval, as its card does, after the chat was asked about them. */
async function whoCanAct(context: Context, approval: Approval): Promise<readonly PersonId[] | undefined> {
  const { store, policy } = context;
  if (approval.state.kind !== 'waiting') return undefined;
  const votes = votesOn(await store.listVotes(approval.id), approval.revision);
  const rule = approverRuleFor(approval.instance, policy);
  const named = rule ? await peopleOf(context, rule) : [];
  await mapAtMost(lookUpsAtOnce, named.slice(0, mostLookedUp), (id) => lookUp(context, id));
  const deciders = await whoCanDecide(context, store, approval, votes);
  return deciders?.people.map(({ id }) => id) ?? [];
}

/** Without the members of its groups, if the chat does not tell them now. */
async function peopleOf(context: Context, rule: ApproverRule): Promise<readonly PersonId[]> {
  try {
    return await namedPeople(context, rule);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ rule: rule.name, err: error }, 'A group could not be looked up for a status');
    return rule.people;
  }
}

/** As the chat last told of them, if it does not now. */
async function lookUp(context: Context, id: PersonId): Promise<Person | undefined> {
  try {
    return await lookUpPerson(context, id);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    context.log.warn({ person: id.userId, err: error }, 'An approver could not be looked up for an answer');
    return recallPerson(context.store, id);
  }
}
