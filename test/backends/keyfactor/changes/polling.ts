import type { Instance } from '../../../../src/domain/instance.js';
import type { Changes, LiveBackend, Since } from '../../../../src/ports/backend.js';
import { defined } from '../../../../src/shared/language.js';
import type { Bench } from '../start-bench.js';

/** What was read, as the observation told it; it is an error if it was not. */
export type Read = Extract<Changes, { kind: 'read' }>;

/** A look with nothing remembered but the place to go on from. */
export async function poll(
  backend: LiveBackend,
  since: { readonly mark?: string | undefined; readonly isFull?: boolean } = {},
): Promise<Read> {
  const { changes } = await backend.observe([], sinceOf(since));
  if (changes?.kind !== 'read')
    throw new Error(`Changes were to be read, and not ${JSON.stringify(changes)}.`);
  return changes;
}

export function sinceOf({
  mark,
  isFull = false,
}: {
  readonly mark?: string | undefined;
  readonly isFull?: boolean;
} = {}): Since {
  return { ...defined({ mark }), watched: [], isFull };
}

/** Starts a run that goes on only when it is told to, and asks nobody. */
export function startQuietRun(bench: Bench): string {
  return bench.startRun([{ extensionName: 'Email', uniqueName: 'Mail1', pauses: true }]);
}

export function idsOf(instances: readonly Instance[]): readonly string[] {
  return instances.map(({ ref }) => ref.id);
}
