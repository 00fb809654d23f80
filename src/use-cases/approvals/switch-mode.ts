import type { Approval } from '../../domain/approval.js';
import { activeMute, routeAlert } from '../../domain/incident.js';
import { refKey } from '../../domain/instance.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import { replicaPrefix, type Store, type Transaction } from '../../ports/store.js';
import type { Context, Settling } from '../context.js';
import { announceUnposted } from '../notifications/deliver.js';
import { notifyOperators } from '../notifications/notify.js';
import { readMode, writeMode } from '../shadow.js';
import { advance } from './advance.js';
import { liveSignalOf, openApprovalIn } from './observe.js';

/**
 * How the bot comes into its mode; `busy`: something is on its way to a system, so it cannot go into shadow mode;
 * `others`: another replica is at work in the other mode.
 */
export type SwitchResult =
  | { readonly kind: 'in-mode' }
  | { readonly kind: 'others' }
  | { readonly kind: 'busy'; readonly decisions: number; readonly changes: number };

/**
 * Brings the store into the mode of the settings: where it was in the other, every open approval ends with its votes.
 *
 * What waits is opened anew by the polls, and decided by nobody before one of its system was whole. What a workflow
 * told by itself nobody would find again, so it is opened anew at once. Runs before anybody is let in; repeated after
 * a crash it ends what is left.
 */
export async function switchMode(context: Context): Promise<SwitchResult> {
  const { store, policy, now } = context;
  const mode = policy.shadow ? 'shadow' : 'live';
  const before = (await readMode(store)) ?? { mode: 'live', sinceMs: now() };
  if (before.mode === mode) {
    await writeMode(store, before);
    await readSettling(context);
    return { kind: 'in-mode' };
  }
  if (await hasOthers(context)) return { kind: 'others' };
  if (mode === 'shadow') {
    const busy = await whatIsOnItsWay(store);
    if (busy) return busy;
  }
  const open = await store.listOpenApprovals();
  await writeSettling(context, mode, open);
  for (const { id } of open)
    await store.inTransaction((transaction) => switchOne(context, transaction, id, mode));
  await carryAlertsOver(context);
  for (const { person } of await store.listHomes()) await store.wantHome(person, { dueAtMs: now() });
  await store.inTransaction(async (transaction) => {
    await writeMode(transaction, { mode, sinceMs: now() });
    const event = { kind: 'mode-switched', switchedTo: mode, count: open.length } as const;
    await notifyOperators(context, transaction, `mode-switched:${now()}`, event);
  });
  await readSettling(context);
  context.log.warn({ mode, approvals: open.length }, 'The mode has changed; no vote given before counts');
  return { kind: 'in-mode' };
}

async function hasOthers({ store, replicaId, now }: Context): Promise<boolean> {
  if (!store.isShared) return false;
  return (await store.listLeaseReplicaIds(replicaPrefix, now())).some((other) => other !== replicaId);
}

/** Shows what stands failed where the mode in force shows it; nobody is called for it a second time. */
async function carryAlertsOver({ store, policy, backends, now }: Context): Promise<void> {
  if (!policy.alerts.isOn) return;
  for (const system of backends.keys()) {
    for (const incident of await store.listOpenIncidents(system)) {
      if (activeMute(await store.findMute(incident.key), now())) continue;
      for (const channel of routeAlert(incident, policy.alerts, now()).channels)
        await store.addAlert(incident.id, { kind: 'channel', channel }, now());
    }
  }
}

async function whatIsOnItsWay(store: Store): Promise<Extract<SwitchResult, { kind: 'busy' }> | undefined> {
  const signals = await store.listUnsettledSignals();
  const decisions = signals.filter(({ phase }) => phase !== 'claimed').length;
  const changes = (await store.listOpenChanges()).length;
  return decisions + changes > 0 ? { kind: 'busy', decisions, changes } : undefined;
}

async function switchOne(
  context: Context,
  transaction: Transaction,
  id: string,
  switchedTo: 'live' | 'shadow',
): Promise<void> {
  const approval = await transaction.findApproval(id);
  if (!approval) return;
  const signal = await liveSignalOf(transaction, approval);
  const ended = await advance(context, { transaction, approval, signal }, { kind: 'unwatched', switchedTo });
  await transaction.removeVotes(id);
  const { instance, requirement, inbound } = approval;
  if (ended && inbound) await openApprovalIn(context, transaction, { instance, requirement, inbound });
}

function settlingKey(system: string): string {
  return `settling/${system}`;
}

/** Written before anything ends, so that a crash in between cannot leave anything to be decided too early. */
async function writeSettling(
  { store, backends, now }: Context,
  mode: 'live' | 'shadow',
  open: readonly Approval[],
): Promise<void> {
  for (const system of backends.keys()) {
    const left = open.filter(({ instance, inbound }) => instance.ref.system === system && !inbound);
    const before = await readNote(store, system);
    // What a crash had ended already was noted the first time.
    const all = [
      ...(before?.wholeAtMs === undefined ? (before?.left ?? []) : []),
      ...left.map(({ id }) => id),
    ];
    const settling: Settling = { sinceMs: now(), left: [...new Set(all)] };
    await store.putNote(settlingKey(system), mode === 'live' ? JSON.stringify(settling) : '');
  }
}

async function readNote({ getNote }: Pick<Store, 'getNote'>, system: string): Promise<Settling | undefined> {
  const text = await getNote(settlingKey(system));
  if (text === undefined || text === '') return undefined;
  const settling: Settling = JSON.parse(text);
  return settling;
}

async function readSettling({ store, backends, settling }: Context): Promise<void> {
  for (const system of backends.keys()) {
    const found = await readNote(store, system);
    if (found) settling?.set(system, found);
  }
}

/** Takes in that a poll of a system was whole: from now on its approvals can be decided, if the bot went live before. */
export async function settleMode(context: Context, backend: WorkflowBackend): Promise<void> {
  const { store, settling, now } = context;
  const { system } = backend;
  const before = settling?.get(system);
  if (!before || before.wholeAtMs !== undefined) return;
  const [first, ...others] = await findUnsignable(context, backend, before);
  const settled: Settling = { sinceMs: before.sinceMs, wholeAtMs: now(), left: [] };
  await store.inTransaction(async (transaction) => {
    await transaction.putNote(settlingKey(system), JSON.stringify(settled));
    if (first === undefined) return;
    const event = { kind: 'unsignable', system, count: others.length + 1, name: first } as const;
    await notifyOperators(context, transaction, `unsignable:${system}:${before.sinceMs}`, event);
  });
  settling?.set(system, settled);
  await announceUnposted(context);
  context.log.info({ system }, 'Everything that waits was read again; it can be decided from now on');
}

/** Of more than this nobody asks the system again. */
const mostReread = 200;

/** Names what waited in shadow mode and still waits, and that the bot's own account is not asked for. */
async function findUnsignable(
  { store, log }: Context,
  backend: WorkflowBackend,
  { left }: Settling,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const id of left.slice(0, mostReread)) {
    const approval = await store.findApproval(id);
    const latest = approval && (await store.latestApprovalOf(approval.instance.ref));
    if (!approval || (latest && latest.state.kind !== 'ended')) continue;
    try {
      const reading = await backend.getInstance(approval.instance.ref);
      const waits = reading.kind === 'found' && reading.instance.awaitsApproval;
      if (waits && reading.instance.step?.uniqueName === approval.step) names.push(approval.instance.title);
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      log.warn(
        { instance: refKey(approval.instance.ref), err: error },
        'Open approvals could not be read again',
      );
    }
  }
  return names;
}
