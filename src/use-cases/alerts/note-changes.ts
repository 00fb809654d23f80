import { hasFailed } from '../../domain/alerts/failure.js';
import { hasEnded, type Instance } from '../../domain/instance.js';
import type { Changes, Since, WorkflowBackend } from '../../ports/backend.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { notifyOperators } from '../notifications/notify.js';
import { describeFailures } from './describe-failures.js';
import { findNewFailures } from './find-new-failures.js';
import { followFailures, seeFailures } from './follow-failures.js';
import { judgeIncidents } from './judge-incidents.js';
import { notifyFailures } from './tell-failures.js';

/** Everything that stands failed is looked at this often, whatever was told as changed. */
const fullPollEveryMs = 15 * 60_000;

const noMark = '';

/** Says from where on a system's changes are wanted; undefined while alerts are off. */
export async function sinceLastPoll(context: Context, system: string): Promise<Since | undefined> {
  const mark = (await context.store.getNote(markKey(system))) ?? noMark;
  if (!context.policy.alerts.isOn) {
    // What fails while alerts are off is nobody's news when they are on again.
    if (mark !== noMark) await context.store.putNote(markKey(system), noMark);
    return undefined;
  }
  const fullAtMs = Number((await context.store.getNote(fullKey(system))) ?? 0);
  return {
    ...(mark === noMark ? {} : { mark }),
    watched: await context.store.listWatchedRuns(system),
    isFull: context.now() - fullAtMs >= fullPollEveryMs,
  };
}

/**
 * Takes in what has changed on a system: failures become alerts, and what went on resolves them.
 *
 * All of it is remembered in one transaction with the place to go on from, so a crash neither loses nor repeats
 * anything. The very first look is silent: what failed before is nobody's news.
 */
export async function noteChanges(
  context: Context,
  backend: WorkflowBackend,
  seen: { readonly since: Since; readonly changes: Changes },
): Promise<void> {
  const { system } = backend;
  const { since, changes } = seen;
  if (changes.kind === 'not-permitted') return notifyNoAccess(context, system, changes.permission);
  const { instances, mark } = changes;
  const isFirst = since.mark === undefined;
  const candidates = await findNewFailures(context.store, oldestFirst(instances));
  const failures = isFirst ? [] : await describeFailures(context, backend, candidates);
  const snapshots = isFirst ? [] : await seeFailures(context, backend, { instances, isFull: since.isFull });
  await context.store.inTransaction(async (transaction) => {
    const touched = await followFailures(transaction, snapshots);
    if (isFirst) await rememberOld(context, transaction, instances.filter(hasFailed));
    else await notifyFailures(context, transaction, { backend, failures });
    await judgeIncidents(context, transaction, { system, touched });
    await watchNoLonger(transaction, since, instances);
    await transaction.putNote(markKey(system), mark);
    if (isFirst || since.isFull) await transaction.putNote(fullKey(system), String(context.now()));
  });
}

/** Lists begin with the latest; an alert names those that failed first. */
function oldestFirst(instances: readonly Instance[]): readonly Instance[] {
  const atMs = ({ modifiedAtMs }: Instance) => modifiedAtMs ?? Number.MAX_SAFE_INTEGER;
  return [...instances].sort((a, b) => atMs(a) - atMs(b));
}

async function rememberOld(
  context: Context,
  transaction: Transaction,
  failed: readonly Instance[],
): Promise<void> {
  for (const instance of failed) {
    // It may have been told before alerts were switched off for a while.
    if (await transaction.findFailure(instance.ref)) continue;
    const failedAtMs = instance.modifiedAtMs ?? context.now();
    await transaction.putFailure({ instance, incidentId: '', state: 'failed', failedAtMs, isOld: true });
  }
}

async function watchNoLonger(
  transaction: Transaction,
  { watched }: Since,
  instances: readonly Instance[],
): Promise<void> {
  for (const ref of watched) {
    const found = instances.find((instance) => instance.ref.id === ref.id);
    if (found && hasEnded(found.status)) await transaction.unwatchRun(ref);
  }
}

async function notifyNoAccess(context: Context, system: string, permission: string): Promise<void> {
  await context.store.inTransaction((transaction) =>
    notifyOperators(context, transaction, `alerts-off:${system}:${permission}`, {
      kind: 'alerts-off',
      system,
      permission,
    }),
  );
}

function markKey(system: string): string {
  return `changes-mark/${system}`;
}

function fullKey(system: string): string {
  return `changes-full/${system}`;
}
