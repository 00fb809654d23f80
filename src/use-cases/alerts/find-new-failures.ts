import { type Failure, hasFailed } from '../../domain/alerts/failure.js';
import type { Instance } from '../../domain/instance.js';
import type { Transaction } from '../../ports/store.js';

/**
 * Picks those runs whose failure was not told before.
 *
 * A run that went on and failed again has failed anew. What an operator aborted through the bot has not failed,
 * nor has a failed run that was aborted since.
 */
export async function findNewFailures(
  transaction: Transaction,
  instances: readonly Instance[],
): Promise<readonly Instance[]> {
  const fresh: Instance[] = [];
  for (const instance of instances.filter(hasFailed)) {
    const known = await transaction.findFailure(instance.ref);
    const isKnown = known?.instance.ref.id === instance.ref.id && !hasFailedAnew(known, instance);
    if (!isKnown && !(await wasAbortedHere(transaction, instance))) fresh.push(instance);
  }
  return fresh;
}

function hasFailedAnew(known: Failure, now: Instance): boolean {
  if (now.status.kind !== 'failed') return false;
  const wentOn = known.state === 'retrying' || known.state === 'recovered' || known.state === 'gone';
  if (wentOn || !known.isOld) return wentOn;
  return now.modifiedAtMs !== undefined && now.modifiedAtMs > known.failedAtMs;
}

async function wasAbortedHere(transaction: Transaction, { ref, status }: Instance): Promise<boolean> {
  if (status.kind !== 'aborted') return false;
  const changes = await transaction.listChangesOn(ref);
  return changes.some(({ change, outcome }) => {
    const isUndone = outcome !== undefined && outcome.kind !== 'done' && outcome.kind !== 'unknown';
    return change.kind === 'abort' && !isUndone;
  });
}
