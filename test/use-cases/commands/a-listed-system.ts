import type { Instance } from '../../../src/domain/instance.js';
import type { InstanceFilter, LiveBackend } from '../../../src/ports/backend.js';
import { anInstance, noonMs } from '../../support/an-approval.js';
import { createFakeBackend } from '../../support/fake-backend.js';

/** A system that lists runs, newest first, and whose every reading is counted. */
export interface ListedSystem {
  readonly backend: LiveBackend;
  readonly asked: InstanceFilter[];
}

/** Makes a run that started so many minutes before noon. */
export function aRun(system: string, minutesAgo: number, definition = 'Web servers'): Instance {
  return anInstance({
    ref: { system, id: `${system}-${minutesAgo}` },
    title: `${system} ${minutesAgo}`,
    definition: { id: definition, name: definition, version: 1, type: 'Enrollment' },
    startedAtMs: noonMs - minutesAgo * 60_000,
  });
}

/** Makes a system with these runs. */
export function aListedSystem(system: string, runs: readonly Instance[]): ListedSystem {
  const requested: InstanceFilter[] = [];
  const { backend } = createFakeBackend({ now: () => noonMs });
  return {
    asked: requested,
    backend: {
      ...backend,
      system,
      label: `The ${system}`,
      operations: {
        changes: [],
        changeTimeoutMs: 1_000,
        list: async (filter) => {
          requested.push(filter);
          const end = filter.page * filter.pageSize;
          return { instances: runs.slice(end - filter.pageSize, end), hasMore: runs.length > end };
        },
      },
    },
  };
}
