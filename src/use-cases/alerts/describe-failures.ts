import { incidentKey } from '../../domain/alerts/incident.js';
import type { Instance } from '../../domain/instance.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Context } from '../context.js';

/** What an alert says of a failed run besides what a list shows. */
export interface Described {
  readonly instance: Instance;
  readonly lastGoodStep?: string;
}

/** Of each kind of failure one run is read in full; a storm of many kinds reads no more than these. */
const mostReadings = 10;

/**
 * Reads the first failed run of each kind in full, for who started it and how far it came.
 *
 * What cannot be read is told as the list shows it.
 */
export async function describeFailures(
  context: Context,
  backend: WorkflowBackend,
  failed: readonly Instance[],
): Promise<readonly Described[]> {
  const seen = new Set<string>();
  const described: Described[] = [];
  for (const instance of failed) {
    const key = incidentKey(instance);
    const isFirst = !seen.has(key) && seen.size < mostReadings;
    if (isFirst) seen.add(key);
    described.push(isFirst ? await readInFull(context, backend, instance) : { instance });
  }
  return described;
}

async function readInFull(context: Context, backend: WorkflowBackend, listed: Instance): Promise<Described> {
  try {
    const reading = await backend.getInstance(listed.ref);
    if (reading.kind !== 'found') return { instance: listed };
    const lastGoodStep = await backend.lastGoodStep?.(reading.instance);
    // The list's own words make the kind of failure; only what it leaves out is taken over.
    const instance = { ...listed, facts: reading.instance.facts };
    return { instance, ...(lastGoodStep === undefined ? {} : { lastGoodStep }) };
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    const { system, id } = listed.ref;
    context.log.warn({ system, instance: id, err: error }, 'A failed run could not be read in full');
    return { instance: listed };
  }
}
