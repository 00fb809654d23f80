import type { Approval } from '../domain/approval.js';
import type { Instance } from '../domain/instance.js';
import { approverRuleFor } from '../domain/policy.js';
import { dayDue } from '../domain/quiet-hours.js';
import { createShadowSum, type ShadowRecord, type ShadowSum, whyRefused } from '../domain/shadow.js';
import { isBeyondOneAccount } from '../domain/voting.js';
import type { Changes, WorkflowBackend } from '../ports/backend.js';
import { BackendError, ContractError } from '../ports/errors.js';
import type { Transaction } from '../ports/store.js';
import { defined } from '../shared/language.js';
import type { Context } from './context.js';
import { notifyOperators } from './notifications/notify.js';
import { findRoleGap, whoCanDecide } from './show-card.js';

/** Notes, in shadow mode, what live mode would have done with an approval: whom it would have asked, or why nobody. */
export async function noteShadow(
  context: Context,
  transaction: Transaction,
  approval: Approval,
): Promise<void> {
  const { policy, now } = context;
  if (!policy.shadow) return;
  const { id, instance } = approval;
  const rule = approverRuleFor(instance, policy);
  const gap = await findRoleGap(context, transaction, approval);
  const refusal = whyRefused(rule, { isBeyondOneAccount: isBeyondOneAccount(approval, policy), gap });
  const reason = instance.isPartial ? 'unreadable' : refusal;
  const deciders = reason === undefined ? await whoCanDecide(context, transaction, approval, []) : undefined;
  const before = await transaction.findShadowRecord(id);
  await transaction.putShadowRecord({
    id,
    system: instance.ref.system,
    run: instance.ref.id,
    atMs: before?.atMs ?? now(),
    how: instance.isPartial ? 'missed' : reason === undefined ? 'asked' : 'refused',
    ...(reason === undefined ? {} : { reason }),
    ...(rule ? { rule: rule.name } : {}),
    people: (deciders?.people ?? []).map(({ name }) => name),
  });
}

/**
 * Notes runs that asked people and were over before a poll saw them wait, as far as their definitions tell.
 *
 * Whether each of them waited at all cannot be seen afterwards, and is not said.
 */
export async function noteMissed(
  context: Context,
  backend: WorkflowBackend,
  changes: Changes,
): Promise<void> {
  const { store, policy, now } = context;
  if (!policy.shadow || changes.kind !== 'read') return;
  const sinceMs = await shadowSinceMs(context);
  for (const instance of changes.instances) {
    if (!isOver(instance) || (instance.startedAtMs ?? 0) < sinceMs) continue;
    const id = `missed:${backend.system}:${instance.ref.id}`;
    if ((await store.latestApprovalOf(instance.ref)) || (await store.findShadowRecord(id))) continue;
    if (!(await mayAsk(context, backend, instance))) continue;
    const { system, id: run } = instance.ref;
    await store.putShadowRecord({
      id,
      system,
      run,
      atMs: now(),
      how: 'missed',
      reason: 'not-seen',
      people: [],
    });
  }
}

function isOver({ status }: Instance): boolean {
  return status.kind === 'complete' || status.kind === 'rejected';
}

async function mayAsk({ log }: Context, backend: WorkflowBackend, instance: Instance): Promise<boolean> {
  try {
    return (await backend.mayAskPeople?.(instance)) ?? false;
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    log.warn(
      { system: backend.system, err: error },
      'Whether a finished run had requested a decision could not be read',
    );
    return false;
  }
}

/** Since when the bot is in shadow mode. */
async function shadowSinceMs({ store, now }: Context): Promise<number> {
  return (await readMode(store))?.sinceMs ?? now();
}

/** The mode the bot was in last, and since when. */
export interface ModeNote {
  readonly mode: 'live' | 'shadow';
  readonly sinceMs: number;
}

const modeKey = 'mode';

/** Reads the mode the bot was in last; absent in a store that no bot with modes has used. */
export async function readMode(store: Pick<Transaction, 'getNote'>): Promise<ModeNote | undefined> {
  const text = await store.getNote(modeKey);
  if (text === undefined) return undefined;
  const note: ModeNote = JSON.parse(text);
  return note;
}

/** Writes down the mode the bot is in from now on. */
export function writeMode(store: Pick<Transaction, 'putNote'>, note: ModeNote): Promise<void> {
  return store.putNote(modeKey, JSON.stringify(note));
}

const recordsAtOnce = 500;

/** Adds up what live mode would have done since a time. */
export async function sumShadow(
  { store, now }: Pick<Context, 'store' | 'now'>,
  sinceMs: number,
): Promise<ShadowSum> {
  const sum = createShadowSum({ sinceMs, untilMs: now() });
  let after: Pick<ShadowRecord, 'atMs' | 'id'> = { atMs: sinceMs, id: '' };
  for (;;) {
    const records = await store.listShadowRecords({ after, limit: recordsAtOnce });
    for (const record of records) sum.add(record);
    const last = records.at(-1);
    if (!last || records.length < recordsAtOnce) return sum.sum();
    after = last;
  }
}

const dayMs = 24 * 60 * 60_000;

/** Posts, once a day at the time the settings say, what live mode would have done in the last 24 hours. */
export async function postShadowDay(context: Context): Promise<void> {
  const { policy, store, now } = context;
  const day = policy.shadow && dayDue(policy.shadow, now());
  if (!policy.shadow || day === undefined || (await store.getNote('shadow-day')) === day) return;
  // Shadow mode that began later in the day has nothing to say yet.
  if (dayDue(policy.shadow, await shadowSinceMs(context)) === day) return;
  const sum = await sumShadow(context, now() - dayMs);
  await store.inTransaction(async (transaction) => {
    await transaction.putNote('shadow-day', day);
    await notifyOperators(context, transaction, `shadow-day:${day}`, { kind: 'shadow-day', sum });
  });
  context.scheduleDelivery();
}

/** Says at a start in shadow mode what its systems do not let the bot read, every time until it is put right. */
export async function reportMissingAccess(context: Context): Promise<void> {
  if (!context.policy.shadow) return;
  // One that does not answer takes its whole time.
  await Promise.all([...context.backends.values()].map((backend) => reportAccessTo(context, backend)));
}

async function reportAccessTo(context: Context, { system, checkUp }: WorkflowBackend): Promise<void> {
  const { store, log, now } = context;
  const checks = (await checkUp?.({ changes: false, named: [], isReadOnly: true })) ?? [];
  for (const { name, verdict, detail, fix } of checks) {
    if (verdict !== 'bad') continue;
    log.warn({ system, check: name, detail, fix }, 'Shadow mode cannot read everything it needs');
    const event = { kind: 'access-missing', system, reason: detail, ...defined({ said: fix }) } as const;
    const key = `access-missing:${name}:${now()}`;
    await store.inTransaction((transaction) => notifyOperators(context, transaction, key, event));
  }
}
