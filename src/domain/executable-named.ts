import type { StartableWorkflow } from './change.js';

/** Which of the workflows that can be started somebody means. */
export type NamedStartable =
  | { readonly kind: 'one'; readonly startable: StartableWorkflow }
  | { readonly kind: 'several' }
  | { readonly kind: 'none' };

/** Finds the workflow meant by its name or by what people call it; failing that, the only one that contains it. */
export function startableNamed(
  startables: readonly StartableWorkflow[],
  { workflow, system }: { readonly workflow: string; readonly system?: string },
): NamedStartable {
  const wanted = workflow.trim().toLowerCase();
  if (wanted === '') return { kind: 'none' };
  const inSystem = startables.filter((one) => system === undefined || one.system === system);
  const byName = inSystem.filter(({ definition }) => definition.toLowerCase() === wanted);
  const exact = byName.length > 0 ? byName : inSystem.filter((one) => namesOf(one).includes(wanted));
  const fitting =
    exact.length > 0 ? exact : inSystem.filter((one) => namesOf(one).some((name) => name.includes(wanted)));
  const [only] = fitting;
  if (!only) return { kind: 'none' };
  return fitting.length === 1 ? { kind: 'one', startable: only } : { kind: 'several' };
}

function namesOf({ definition, title = definition }: StartableWorkflow): readonly string[] {
  return [definition, title].map((name) => name.toLowerCase());
}
