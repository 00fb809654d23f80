import type { Executable } from './change.js';

/** Which of the workflows that can be started somebody means. */
export type NamedExecutable =
  | { readonly kind: 'one'; readonly executable: Executable }
  | { readonly kind: 'several' }
  | { readonly kind: 'none' };

/** Finds the workflow meant by its name or by what people call it; failing that, the only one that contains it. */
export function executableNamed(
  executables: readonly Executable[],
  { workflow, system }: { readonly workflow: string; readonly system?: string },
): NamedExecutable {
  const wanted = workflow.trim().toLowerCase();
  if (wanted === '') return { kind: 'none' };
  const inSystem = executables.filter((one) => system === undefined || one.system === system);
  const byName = inSystem.filter(({ definition }) => definition.toLowerCase() === wanted);
  const exact = byName.length > 0 ? byName : inSystem.filter((one) => namesOf(one).includes(wanted));
  const fitting =
    exact.length > 0 ? exact : inSystem.filter((one) => namesOf(one).some((name) => name.includes(wanted)));
  const [only] = fitting;
  if (!only) return { kind: 'none' };
  return fitting.length === 1 ? { kind: 'one', executable: only } : { kind: 'several' };
}

function namesOf({ definition, title = definition }: Executable): readonly string[] {
  return [definition, title].map((name) => name.toLowerCase());
}
