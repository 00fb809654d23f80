import { isAllowed } from '../../../src/domain/change.js';
import type { Operations } from '../../../src/ports/backend.js';
import { brokenRead, type Faults } from './faults.js';
import { changed, type Run, startRun, toInstance } from './run.js';

/** What a fake Command does to runs when it is told to: restart and abort what has failed, or resume it. */
export function createSteering(world: {
  readonly ask: <T>(name: string, work: () => T) => Promise<T>;
  readonly run: (id: string) => Run;
  readonly keep: (run: Run) => void;
  readonly faults: Faults;
}): Operations {
  const { ask, run, keep, faults } = world;
  return {
    changes: ['restart', 'resume', 'abort'],
    changeTimeoutMs: 1_000,
    change: (change) =>
      ask('change', () => {
        if (change.kind === 'execute') return { kind: 'refused', reason: 'bad-request' };
        const now = run(change.instance.id);
        if (faults.refusedChanges.includes(now.id)) return { kind: 'refused', reason: 'engine-down' };
        // Whether a system aborts what has failed is its own affair.
        if (change.kind !== 'abort' && !isAllowed(change.kind, toInstance(now)))
          return { kind: 'refused', reason: 'wrong-state' };
        if (change.kind === 'restart') restart(now, keep);
        else keep(changed(now, { status: change.kind === 'resume' ? 'running' : 'aborted' }));
        return { kind: 'accepted' };
      }),
    findSuccessors: ({ ref }) =>
      ask('findSuccessors', () => {
        if (faults.areSuccessorsUnreadable) throw brokenRead();
        return run(ref.id).successors ?? [];
      }),
  };
}

function restart(now: Run, keep: (run: Run) => void): void {
  const id = `${now.id}+`;
  keep({ ...startRun(id, now.steps), status: 'running' });
  keep(changed(now, { status: 'canceled-for-restart', successors: [{ system: 'command', id }] }));
}
