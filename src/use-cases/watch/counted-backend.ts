import type { WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Metrics } from '../../ports/metrics.js';

interface Counting {
  readonly metrics: Metrics;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Gives the same backends, which also count. */
export function countedBackends(
  backends: ReadonlyMap<string, WorkflowBackend>,
  counting: Counting,
): ReadonlyMap<string, WorkflowBackend> {
  return new Map([...backends].map(([system, backend]) => [system, countedBackend(backend, counting)]));
}

/** Gives the same backend, which also counts how looks and signals go, and what fails. */
function countedBackend(backend: WorkflowBackend, { metrics, now }: Counting): WorkflowBackend {
  const { system } = backend;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      countFailure(metrics, system, error);
      throw error;
    }
  };
  return {
    ...backend,
    async observe(...poll) {
      const startedAtMs = now();
      const observation = await counted(backend.observe(...poll));
      metrics.observed({ system, atMs: now(), tookMs: now() - startedAtMs });
      return observation;
    },
    getInstance: (ref) => counted(backend.getInstance(ref)),
    isAssigned: (...about) => counted(backend.isAssigned(...about)),
    requirementOf: (instance) => counted(backend.requirementOf(instance)),
    async sendSignal(...sent) {
      try {
        const reply = await counted(backend.sendSignal(...sent));
        metrics.signalled({ system, outcome: reply.kind });
        return reply;
      } catch (error) {
        const isUnsent = error instanceof BackendError && error.applied === 'no';
        metrics.signalled({ system, outcome: isUnsent ? 'not-sent' : 'unknown' });
        throw error;
      }
    },
  };
}

function countFailure(metrics: Metrics, system: string, error: unknown): void {
  if (error instanceof BackendError) metrics.systemFailed({ system, code: error.code });
  if (error instanceof ContractError) metrics.systemFailed({ system, code: 'contract' });
}
