import type { StepWire } from '../wire/definition-wire.js';
import { doesSomething } from './does-something.js';

/**
 * Names the first real step that an approval leads to; undefined if there is none.
 *
 * Steps that do nothing, and steps that are switched off, are passed over.
 */
export function nextStepAfter(step: StepWire, steps: readonly StepWire[]): string | undefined {
  const byName = new Map(steps.map((each) => [each.uniquename, each]));
  const passed = new Set<StepWire>([step]);
  let at = byName.get(outputOf(step));
  while (at !== undefined && !passed.has(at)) {
    if (doesSomething(at)) return at.displayname ?? at.uniquename;
    passed.add(at);
    at = byName.get(outputOf(at));
  }
  return undefined;
}

/** Gives the way on; with several, only one that is plainly the usual one. */
function outputOf({ outputs }: StepWire): string | undefined {
  const named = Object.entries(outputs).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const usual = named.find(([name]) => /^(continue|approved?|next|success)$/i.test(name));
  const [only] = named.length === 1 ? named : [];
  return (usual ?? only)?.[1];
}
