import { type Executable, mayRun } from '../../../domain/change.js';
import type { CommandLine } from '../../../domain/command-line.js';
import { executableNamed } from '../../../domain/executable-named.js';
import type { Person } from '../../../domain/person.js';
import type { StartOption } from '../../../domain/reply.js';
import type { Asker } from '../../../ports/command-desk.js';
import type { Context } from '../../context.js';
import { lookUpPerson } from '../../people/look-up-person.js';

/** Offers the workflows the asker may start, by the name of their system and then their own. */
export async function listStartOptions(context: Context, asker: Asker): Promise<readonly StartOption[]> {
  const person = await lookUpPerson(context, asker.person);
  return executablesFor(context, person)
    .map((executable) => ({ executable, label: labelOf(context, executable) }))
    .sort((a, b) => a.label.localeCompare(b.label) || nameOf(a).localeCompare(nameOf(b)));
}

/** Lists the workflows somebody may start, of systems that start any. */
export function executablesFor(context: Context, person: Person): readonly Executable[] {
  return context.policy.executables.filter(
    (executable) =>
      context.backends.get(executable.system)?.operations.changes.includes('execute') &&
      mayRun(person, 'execute', executable, context.policy.operators).kind === 'yes',
  );
}

/**
 * Tells whether the workflow to start has yet to be chosen, from the settings alone: nobody is asked.
 *
 * Counts only what the rules let somebody of that name start, and, named exactly, what they do not.
 */
export function isStartOpen(
  context: Context,
  line: Extract<CommandLine, { verb: 'execute' }>,
  asker: Asker,
): boolean {
  const { workflow } = line;
  if (workflow === undefined) return true;
  // The chat is not asked here what they are; whatever comes of it asks again.
  const groups = context.policy.operators.flatMap((rule) => rule.groups ?? []);
  const named = { id: asker.person, name: '', standing: 'member', groups } as const;
  const { kind } = executableNamed(executablesFor(context, named), { workflow });
  return kind === 'several' || (kind === 'none' && !executableCalled(context.policy.executables, workflow));
}

/** Finds a workflow by its name or what people call it, whole; the first if there are several. */
export function executableCalled(executables: readonly Executable[], typed: string): Executable | undefined {
  const wanted = typed.trim().toLowerCase();
  return executables.find(({ definition, title = definition }) =>
    [definition.toLowerCase(), title.toLowerCase()].includes(wanted),
  );
}

function labelOf({ backends }: Context, { system }: Executable): string {
  return backends.get(system)?.label ?? system;
}

function nameOf({ executable: { definition, title = definition } }: StartOption): string {
  return title;
}
