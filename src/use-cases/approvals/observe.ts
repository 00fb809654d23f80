import type { Signal } from '../../domain/approval.js';
import { type Approval, decisionFactsOf, factChanges, type Requirement } from '../../domain/approval.js';
import {
  hasSignalUnderWay,
  isFoundAgain,
  openedApproval,
  type Snapshot,
  type StoppedBy,
} from '../../domain/approval-lifecycle.js';
import { planFor } from '../../domain/automatic.js';
import { requesterOf } from '../../domain/card.js';
import {
  isDecided,
  matchInbound,
  suggestedPeople,
  usualOutputs,
  withDetails,
  withNews,
} from '../../domain/inbound.js';
import { type Instance, refKey } from '../../domain/instance.js';
import { priorities } from '../../domain/notification.js';
import { isSamePerson, namesNobody, type Person, type PersonId, personKey } from '../../domain/person.js';
import { approverRuleFor, targetsFor } from '../../domain/policy.js';
import { keysOfRequest } from '../../domain/retention.js';
import type { Observation, WorkflowBackend } from '../../ports/backend.js';
import type { InboundRequest, InboundResult } from '../../ports/chat.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Tracked, Transaction } from '../../ports/store.js';
import { endedBy, endSignal } from '../../shared/async.js';
import { asError } from '../../shared/language.js';
import { noteChanges, sinceLastPoll } from '../alerts/track-failures.js';
import { type Context, isCarriedOver, recallPerson, unusedCode } from '../context.js';
import { LeaseLost } from '../leases.js';
import { recordInbound } from '../ledger/record.js';
import { noteResponse, noteSilence } from '../monitoring.js';
import { notifyOperators, notifyPerson } from '../notifications/notify.js';
import { noteMissed, noteShadow } from '../shadow.js';
import { findRoleGap, learnPeople } from '../show-card.js';
import { advance } from './advance.js';
import { type Doubts, doubtsAbout, isGone, keepDoubts, settleSignals } from './send-signal.js';

/** How an observation of one system went. */
export type ObserveOutcome =
  /** `isWhole` unless it was ended before it had taken everything in. */
  | { readonly kind: 'observed'; readonly snapshots: number; readonly isWhole: boolean }
  | { readonly kind: 'unreachable'; readonly error: BackendError | ContractError };

/**
 * So many new approvals share a commit, none waits for others longer than this, and no commit keeps a click waiting
 * longer.
 */
const together = { most: 20, waitMs: 250, workMs: 15 };

/** A look that takes longer ends once it has taken in so much; the next one finds the rest. */
const enough = { ms: 20_000, snapshots: 20 };

/**
 * Observes one system: puts new approvals to people, follows those that are open, and settles what crashed or
 * timed out.
 *
 * When the system cannot be looked at, nothing is forgotten and nothing is said; decisions that wait for it
 * are still given up in time. An extra poll, which was not due, does not count as one without an answer.
 */
export async function observeWorkflows(
  context: Context,
  backend: WorkflowBackend,
  { isExtra = false }: { readonly isExtra?: boolean } = {},
): Promise<ObserveOutcome> {
  const open = [...(await context.store.listTracked(backend.system))];
  try {
    return await pollSystem(context, backend, { open, isExtra });
  } finally {
    // A decision that was begun is seen through, whatever ends the look.
    if (!endSignal()?.aborted) await endedBy(undefined, () => settleSignals(context, backend));
    context.scheduleDelivery();
  }
}

async function pollSystem(
  context: Context,
  backend: WorkflowBackend,
  { open, isExtra }: { readonly open: readonly Tracked[]; readonly isExtra: boolean },
): Promise<ObserveOutcome> {
  const since = await sinceLastPoll(context, backend.system);
  let observation: Observation;
  try {
    const older = await findOlder(context, backend.system);
    const remembered = latestOfEach(open).map((one) =>
      older.has(one.id) ? { ...one, fingerprint: '' } : one,
    );
    observation = await backend.observe(remembered, since);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    if (endSignal()?.aborted) return { kind: 'unreachable', error };
    context.log.warn({ system: backend.system, err: error }, 'A poll failed; nothing was concluded from it');
    if (!isExtra) await noteSilence(context, backend.system, error);
    return { kind: 'unreachable', error };
  }
  await noteResponse(context, backend.system);
  let snapshots = 0;
  const untilMs = context.now() + enough.ms;
  let openByInstance: ReadonlyMap<string, readonly Tracked[]> | undefined;
  const doubts = await doubtsAbout(context, backend.system);
  const unseen = new Map<string, Extract<Snapshot, { kind: 'not-visible' }>>();
  const unlisted = new Set<string>();
  const opening: (NewApproval & { readonly foundAtMs: number })[] = [];
  let isEnough = false;
  let isAnySeen = false;
  for await (const snapshot of observation.snapshots) {
    snapshots += 1;
    const id = snapshot.kind === 'seen' ? snapshot.instance.ref.id : snapshot.ref.id;
    // Most looks see nothing new.
    openByInstance ??= byInstance(open);
    const befores = openByInstance.get(id) ?? [];
    if (snapshot.kind === 'not-visible') {
      unseen.set(id, snapshot);
      continue;
    }
    isAnySeen = true;
    const isUnlisted = !snapshot.isAssigned && befores.some((before) => before.isAssigned);
    if (isUnlisted) unlisted.add(id);
    const isBelieved = !isUnlisted || isGone(doubts, id, context.now());
    try {
      for (const before of befores)
        await followRun(context, {
          backend,
          before,
          snapshot: isBelieved ? snapshot : { ...snapshot, isAssigned: before.isAssigned },
        });
      if (snapshot.kind === 'seen') {
        const fresh = await findNew(context, backend, snapshot, befores);
        if (fresh) opening.push({ ...fresh, foundAtMs: context.now() });
      }
      const [first] = opening;
      const isWaiting = first !== undefined && context.now() - first.foundAtMs >= together.waitMs;
      if (isWaiting || opening.length >= together.most) await openTogether(context, opening.splice(0));
    } catch (error) {
      logUnfollowed(context, snapshot, error);
    }
    // Decisions that wait to be settled do not wait for all that is new.
    isEnough = snapshots >= enough.snapshots && context.now() >= untilMs;
    if (isEnough) break;
  }
  await openTogether(context, opening);
  await followUnseen(context, backend, { open, unseen, unlisted, doubts, isEnough, isAnySeen });
  const { changes } = observation;
  if (since && changes) {
    if (since.mark !== undefined) await noteMissed(context, backend, changes);
    await noteChanges(context, backend, { since, changes });
  }
  return { kind: 'observed', snapshots, isWhole: !isEnough };
}

/**
 * Finds approvals whose facts an older version stored, which read less of a request: each is read anew, once.
 *
 * The migration that came with reading more says whether there are any.
 */
async function findOlder({ store }: Context, system: string): Promise<ReadonlySet<string>> {
  const key = `older-facts/${system}`;
  if ((await store.getNote(key)) !== 'open') return new Set();
  const waiting = await store.listOpenApprovals(system, 'waiting');
  const older = waiting.filter(
    ({ inbound, instance }) => !inbound && !instance.isPartial && instance.facts.reading === undefined,
  );
  if (older.length === 0) await store.putNote(key, 'done');
  return new Set(older.map(({ id }) => id));
}

/** How a poll went for runs that could not be read, or that were not in the list any more. */
interface Unseen {
  readonly open: readonly Tracked[];
  readonly unseen: ReadonlyMap<string, Extract<Snapshot, { kind: 'not-visible' }>>;
  readonly unlisted: ReadonlySet<string>;
  /** As they were before this poll. */
  readonly doubts: Doubts;
  /** Whether the poll ended before its end. */
  readonly isEnough: boolean;
  /** Whether it showed any run at all. */
  readonly isAnySeen: boolean;
}

/**
 * Concludes that a run is gone once two polls, far enough apart, could not read it.
 *
 * While nothing at all can be read it may be the account that cannot read, and nothing is concluded: the operators are
 * told, once. Of what was sent only that is said, so that it is not among them.
 */
async function followUnseen(
  context: Context,
  backend: WorkflowBackend,
  { open, unseen, unlisted, doubts, isEnough, isAnySeen }: Unseen,
): Promise<void> {
  const { system } = backend;
  const runs = byInstance(open);
  const isNothingSeen =
    !isEnough && !isAnySeen && unseen.size > 0 && [...runs.keys()].every((id) => unseen.has(id));
  const approvals = isNothingSeen ? await countUndecided(context, system) : 0;
  const isBlind = approvals > 0;
  const sinceMs: Record<string, number> = isEnough ? { ...doubts.sinceMs } : {};
  for (const id of [...unseen.keys(), ...unlisted]) sinceMs[id] = doubts.sinceMs[id] ?? context.now();
  if (Object.keys(sinceMs).length > 0 || Object.keys(doubts.sinceMs).length > 0)
    await keepDoubts(context, system, { sinceMs, ...(isBlind ? { isBlind } : {}) });
  if (isBlind) {
    const key = `nothing-visible:${system}:${Math.min(...Object.values(sinceMs))}`;
    const event = { kind: 'nothing-visible', system, approvals } as const;
    await context.store.inTransaction((transaction) => notifyOperators(context, transaction, key, event));
    return;
  }
  for (const [id, snapshot] of unseen) {
    if (!isGone({ sinceMs }, id, context.now())) continue;
    for (const before of runs.get(id) ?? []) await followRun(context, { backend, before, snapshot });
  }
}

/** Counts open approvals but those whose decision is on its way or was sent: what became of that is all there is to say. */
async function countUndecided({ store }: Context, system: string): Promise<number> {
  const open = await store.listOpenApprovals(system);
  return open.filter(({ state }) => state.kind !== 'checking' && state.kind !== 'deciding').length;
}

/** What was seen last of each run. */
function latestOfEach(open: readonly Tracked[]): readonly Tracked[] {
  return [...new Map(open.map((approval) => [approval.ref.id, approval])).values()];
}

/** A run whose branches ask at the same time has several. */
function byInstance(open: readonly Tracked[]): ReadonlyMap<string, readonly Tracked[]> {
  const grouped = new Map<string, Tracked[]>();
  for (const approval of open) {
    const { id } = approval.ref;
    const alike = grouped.get(id);
    if (alike) alike.push(approval);
    else grouped.set(id, [approval]);
  }
  return grouped;
}

/** One run must not keep all others from being followed. */
function logUnfollowed({ log }: Context, snapshot: Snapshot, error: unknown): void {
  if (error instanceof LeaseLost || endSignal()?.aborted) throw error;
  const { system, id } = snapshot.kind === 'seen' ? snapshot.instance.ref : snapshot.ref;
  log.error({ system, instance: id, err: asError(error) }, 'One run could not be followed; the others were');
}

/** A step that waits for people and has no approval yet, with what it needs. */
interface NewApproval {
  readonly snapshot: Extract<Snapshot, { kind: 'seen' }>;
  readonly requirement: Requirement;
}

/**
 * A run that has come to wait is a new approval, unless it was open at this step when the look began: then it
 * either still is, or was decided meanwhile and what was seen is old.
 */
async function findNew(
  context: Context,
  backend: WorkflowBackend,
  snapshot: Extract<Snapshot, { kind: 'seen' }>,
  befores: readonly Tracked[],
): Promise<NewApproval | undefined> {
  const { instance, isAssigned } = snapshot;
  const step = instance.step?.uniqueName;
  if (isAssigned && step === undefined && instance.status.kind === 'suspended') {
    await reportNoStep(context, instance);
    return undefined;
  }
  if (!isAssigned || !instance.awaitsApproval || step === undefined) return undefined;
  if (befores.some((before) => before.step === step)) return undefined;
  const requirement = await requirementOf(context, backend, instance);
  await learnPeople(context, instance);
  return { snapshot, requirement };
}

/**
 * Opens new approvals, each whole or not at all, several in one commit; where that fails, each by itself, so that one
 * keeps none of the others back.
 */
async function openTogether(context: Context, found: readonly NewApproval[]): Promise<void> {
  let left = found;
  while (left.length > 0) {
    const [first, ...others] = left;
    try {
      left = left.slice(await openSome(context, left));
    } catch (error) {
      if (!first || error instanceof LeaseLost || endSignal()?.aborted) throw error;
      await openSome(context, [first]).catch((again) => logUnfollowed(context, first.snapshot, again));
      left = others;
    }
  }
}

/** Opens the first of some new approvals in one transaction, as many as keep it short; says how many. */
async function openSome(context: Context, found: readonly NewApproval[]): Promise<number> {
  const opened = await context.store.inTransaction(async (transaction) => {
    const startedAtMs = context.now();
    const approvals: (Approval | undefined)[] = [];
    const recall = recallOnce(transaction);
    for (const { snapshot, requirement } of found) {
      const { instance } = snapshot;
      approvals.push(await openApproval(context, transaction, { instance, requirement, recall }));
      if (context.now() - startedAtMs >= together.workMs) break;
    }
    return approvals;
  });
  for (const approval of opened) {
    if (!approval) continue;
    const { code, step, instance } = approval;
    const { system, id } = instance.ref;
    context.log.info({ system, instance: id, step, code }, 'Opened an approval');
  }
  return opened.length;
}

/** Recalls each person once in a transaction: approvals that come together mostly wait for the same people. */
function recallOnce(transaction: Transaction): Recall {
  const recalled = new Map<string, Person | undefined>();
  return async (id) => {
    const key = personKey(id);
    if (!recalled.has(key)) recalled.set(key, await recallPerson(transaction, id));
    return recalled.get(key);
  };
}

/** Gives somebody as last looked up. */
type Recall = (id: PersonId) => Promise<Person | undefined>;

/** A run that gets no card must not wait in silence; the operators are told once. */
async function reportNoStep(context: Context, { ref, title }: Instance): Promise<void> {
  const event = { kind: 'no-step', system: ref.system, name: title, run: ref.id } as const;
  await context.store.inTransaction((transaction) =>
    notifyOperators(context, transaction, `no-step:${refKey(ref)}`, event),
  );
  context.scheduleDelivery();
}

/**
 * Ends approvals of systems that were taken out of the settings: nobody looks there any more, so no button may
 * promise anything.
 *
 * A decision that was on its way is not sent, and those who made it are told. If the system comes back under
 * its name, what still waits there is put to people anew.
 */
export async function retireApprovals(context: Context): Promise<void> {
  const { store, backends, log } = context;
  const removed = (await store.listOpenSystems()).filter((system) => !backends.has(system));
  const strangers = (await Promise.all(removed.map((system) => store.listOpenApprovals(system)))).flat();
  for (const { id } of strangers) {
    await store.inTransaction(async (transaction) => {
      const approval = await transaction.findApproval(id);
      if (!approval) return;
      const signal = await liveSignalOf(transaction, approval);
      await advance(context, { transaction, approval, signal }, { kind: 'unwatched' });
    });
  }
  if (strangers.length > 0) {
    log.warn(
      { approvals: strangers.length },
      'Approvals of systems that are no longer in the settings were ended',
    );
  }
}

/**
 * Takes a workflow's own word that one of its steps waits for people, and puts it to them.
 *
 * Saying the same again changes nothing; saying later which activity waits makes the card one that can be
 * answered; saying something else makes earlier votes void, and calls off a decision that was not sent yet. Who
 * may decide is what the rules say, whomever the workflow suggests.
 */
export async function takeInboundApproval(context: Context, request: InboundRequest): Promise<InboundResult> {
  await learnPeople(context, request.instance);
  const result = await context.store.inTransaction(async (transaction) => {
    const taken = await takeIn(context, transaction, request);
    await recordInbound(context, transaction, { asked: request, answer: taken });
    return taken;
  });
  const { ref } = request.instance;
  context.log.info(
    { system: ref.system, instance: ref.id, answer: result.kind },
    'A workflow requested a decision',
  );
  context.scheduleDelivery();
  return context.policy.shadow ? { ...result, isShadow: true } : result;
}

async function takeIn(
  context: Context,
  transaction: Transaction,
  request: InboundRequest,
): Promise<InboundResult> {
  const { instance, key, activityId, activity } = request;
  const step = instance.step?.uniqueName ?? '';
  const known = await transaction.listApprovalsOf(instance.ref);
  const match = matchInbound(known, { step, hasKey: key !== undefined, activityId, activity });
  if (match.kind === 'several') return { kind: 'ambiguous', codes: match.approvals.map(({ code }) => code) };
  if (match.kind === 'none') {
    // What retention has removed was decided, whoever asks for it again.
    for (const used of keysOfRequest(instance.ref, step, activityId)) {
      if ((await transaction.findRemoval('inbound', used)) === undefined) continue;
      return { kind: 'over', code: (await transaction.codeOf(instance.ref)) ?? '' };
    }
    return open(context, transaction, request);
  }
  const { approval } = match;
  const other = approval.inbound?.activityId;
  if (activityId === undefined || other === undefined || other === activityId)
    return refresh(context, transaction, approval, request);
  // The key came back with another activity: the workflow has come to this step once more.
  if (isDecided(approval.state)) return open(context, transaction, request);
  return { kind: 'key-taken', code: approval.code };
}

async function open(
  context: Context,
  transaction: Transaction,
  request: InboundRequest,
): Promise<InboundResult> {
  const approval = await openApprovalIn(context, transaction, {
    instance: request.instance,
    requirement: { roles: [] },
    inbound: withDetails({ outputs: usualOutputs, suggested: [] }, request),
  });
  await showToSuggested(context, transaction, approval);
  return { kind: 'put', code: approval.code };
}

async function showToSuggested(
  context: Context,
  transaction: Transaction,
  approval: Approval,
): Promise<void> {
  if (context.policy.shadow) return;
  for (const person of suggestedPeople(approval, context.policy)) {
    await transaction.addCard(approval.id, { kind: 'person', person }, priorities.newCard, context.now());
  }
}

/** Nothing may differ from what people see, and a decision nobody has sent yet was not made about what is new. */
async function refresh(
  context: Context,
  transaction: Transaction,
  approval: Approval,
  request: InboundRequest,
): Promise<InboundResult> {
  const { code, inbound: before } = approval;
  const signal = approval.state.kind === 'held' ? await liveSignalOf(transaction, approval) : undefined;
  const isHeld = signal?.phase === 'claimed';
  if ((approval.state.kind !== 'waiting' && !isHeld) || !before) return { kind: 'over', code };
  const inbound = withDetails(before, request);
  const instance = withNews(approval.instance, request.instance);
  const changes = factChanges(decisionFactsOf(approval.instance), decisionFactsOf(instance));
  const isOther = changes.length > 0 || JSON.stringify(inbound.outputs) !== JSON.stringify(before.outputs);
  if (!isOther && isHeld) return { kind: 'over', code };
  if (!isOther && JSON.stringify(inbound) === JSON.stringify(before)) return { kind: 'repeated', code };
  const changed = await advance(
    context,
    { transaction, approval, signal },
    isOther
      ? { kind: 'details-changed', instance, inbound, changes }
      : { kind: 'details-completed', inbound },
  );
  if (!changed) return { kind: 'over', code };
  // Its date may be another one.
  await transaction.renewReminders(approval.id);
  await showToSuggested(context, transaction, changed.approval);
  if (isOther) return { kind: 'changed', code };
  return { kind: inbound.activityId === before.activityId ? 'repeated' : 'completed', code };
}

/** Gives the signal of an approval that is not settled. */
export async function liveSignalOf(
  transaction: Transaction,
  { id, instance }: Approval,
): Promise<Signal | undefined> {
  const unsettled = await transaction.listUnsettledSignals(instance.ref.system);
  return unsettled.find(({ approvalId }) => approvalId === id);
}

/**
 * Takes in how the run of an open approval was found: its card is kept true, votes on other facts are void, and those
 * concerned are told.
 *
 * Nothing is concluded where somebody has acted since the look began.
 */
async function followRun(
  context: Context,
  found: {
    readonly backend: WorkflowBackend;
    readonly before: Tracked;
    readonly snapshot: Snapshot;
  },
): Promise<void> {
  const { before, snapshot, backend } = found;
  const requirement = await missingRequirement(context, backend, before, snapshot);
  await context.store.inTransaction(async (transaction) => {
    const current = await transaction.findApproval(before.id);
    // Somebody acted while the observation was looking: what it saw may be older than what is known.
    if (!current || current.version !== before.version) return;
    const stoppedBy = await whoStopped(context, transaction, snapshot);
    const signal = hasSignalUnderWay(current.state) ? await liveSignalOf(transaction, current) : undefined;
    const followed = await advance(
      context,
      { transaction, approval: current, signal },
      { kind: 'snapshot', snapshot, requirement, stoppedBy },
    );
    // What could not be read whole before may be by now.
    if (followed && current.instance.isPartial && !followed.approval.instance.isPartial)
      await noteShadow(context, transaction, followed.approval);
    if (followed?.approval.state.kind !== 'ended') return;
    const { instance, code, state } = followed.approval;
    context.log.info(
      { system: backend.system, instance: instance.ref.id, code, ending: state.ending.kind },
      'An approval ended',
    );
  });
}

/** Names who had a run stopped from here; absent for any other. */
async function whoStopped(
  { policy }: Context,
  transaction: Transaction,
  snapshot: Snapshot,
): Promise<StoppedBy | undefined> {
  if (snapshot.kind !== 'seen') return undefined;
  const { kind } = snapshot.instance.status;
  if (kind !== 'rejected' && kind !== 'aborted') return undefined;
  const changes = await transaction.listChangesOn(snapshot.instance.ref);
  const stop = changes.find(
    ({ change, phase, outcome }) =>
      (change.kind === 'stop' || change.kind === 'cancel') &&
      (phase === 'following' || (phase === 'over' && outcome?.kind === 'done')),
  );
  if (!stop) return undefined;
  const mapped = policy.people.find(({ id }) => isSamePerson(id, stop.person));
  const stoppedBy = mapped?.name ?? (await transaction.recallPerson(stop.person))?.name ?? stop.person.userId;
  return { stoppedBy, ...(stop.change.kind === 'cancel' ? { isCanceled: true } : {}) };
}

/** Asks again what a step needs when it could not be told before; undefined when there is nothing new. */
async function missingRequirement(
  context: Context,
  backend: WorkflowBackend,
  { id }: Tracked,
  snapshot: Snapshot,
): Promise<Requirement | undefined> {
  if (snapshot.kind !== 'seen') return undefined;
  const approval = await context.store.findApproval(id);
  if (!approval || approval.requirement.needed !== undefined) return undefined;
  const requirement = await requirementOf(context, backend, snapshot.instance);
  return requirement.needed === undefined ? undefined : requirement;
}

/**
 * Puts a waiting step to people: remembers the approval and makes its cards wanted.
 *
 * Does nothing while an approval of this instance is open.
 */
async function openApproval(
  context: Context,
  transaction: Transaction,
  {
    instance,
    requirement,
    recall,
  }: { readonly instance: Instance; readonly requirement: Requirement; readonly recall: Recall },
): Promise<Approval | undefined> {
  const latest = await transaction.latestApprovalOf(instance.ref);
  if (latest && latest.state.kind !== 'ended') return undefined;
  if (latest && isFoundAgain(latest, instance)) {
    await advance(context, { transaction, approval: latest }, { kind: 'found-again', instance });
    return undefined;
  }
  return openApprovalIn(context, transaction, {
    instance,
    requirement,
    recall,
    isFirst: latest === undefined,
  });
}

/** Puts a waiting step to people inside a transaction whose reading has shown that it is new. */
export async function openApprovalIn(
  context: Context,
  transaction: Transaction,
  {
    recall,
    isFirst = false,
    ...found
  }: Pick<Approval, 'instance' | 'requirement' | 'inbound'> & {
    readonly recall?: Recall;
    /** Whether the run is known to have had no approval yet. */
    readonly isFirst?: boolean;
  },
): Promise<Approval> {
  const { instance } = found;
  const step = instance.step?.uniqueName ?? '';
  const nowMs = context.now();
  const code = await unusedCode(transaction, context);
  const attempt = isFirst ? 1 : (await transaction.lastAttempt(instance.ref, step)) + 1;
  const opened = openedApproval({ ...found, id: context.newId(), code, step, attempt }, nowMs);
  const plan = planFor(opened, context.policy, nowMs);
  const approval = plan ? { ...opened, plan } : opened;
  if (!(await transaction.addApproval(approval)))
    throw new Error('An approval of this attempt is there already');
  for (const target of targetsFor(instance, context.policy)) {
    await transaction.addCard(approval.id, target, priorities.newCard, nowMs);
  }
  // A system that lists nothing is asked about this run from now on.
  if (found.inbound) await transaction.watchRun(instance.ref, nowMs);
  await notifyGap(context, transaction, approval, recall);
  await noteShadow(context, transaction, approval);
  const requester = requesterOf(approval, context.policy);
  const isReportedAtStart = approverRuleFor(instance, context.policy)?.notifyRequester === 'start';
  if (requester && isReportedAtStart && !isCarriedOver(context, approval))
    await notifyPerson(context, transaction, requester, `opened:${approval.id}`, {
      kind: 'opened',
      approval,
    });
  return approval;
}

/** Tells operators when nobody, or too few, can act. */
async function notifyGap(
  context: Context,
  transaction: Transaction,
  approval: Approval,
  recall?: Recall,
): Promise<void> {
  const rule = approverRuleFor(approval.instance, context.policy);
  const key = `undecidable:${approval.id}`;
  if (!rule || namesNobody(rule))
    return notifyOperators(context, transaction, key, { kind: 'undecidable', approval });
  const gap = await findRoleGap(context, transaction, approval, recall);
  if (gap) await notifyOperators(context, transaction, key, { kind: 'too-few', approval, gap });
}

/** Reads what a step needs; where nobody can say it, a card is posted all the same, and says so. */
async function requirementOf(
  context: Context,
  backend: WorkflowBackend,
  instance: Instance,
): Promise<Requirement> {
  try {
    return await backend.requirementOf(instance);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    if (!endSignal()?.aborted)
      context.log.warn(
        { system: backend.system, instance: instance.ref.id, err: error },
        'Could not read what the step needs',
      );
    return { roles: [] };
  }
}
