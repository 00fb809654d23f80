import { mayRun, type StartableWorkflow } from '../../../domain/change.js';
import type { CommandLine } from '../../../domain/command-line.js';
import { startableNamed } from '../../../domain/executable-named.js';
import type { Person } from '../../../domain/person.js';
import type { StartOption } from '../../../domain/reply.js';
import type { Asker } from '../../../ports/command-desk.js';
import type { Context } from '../../context.js';
import { lookUpPerson } from '../../people/look-up-person.js';

/** Offers the workflows the asker may start, by the name of their system and then their own. */
export async function listStartOptions(context: Context, asker: Asker): Promise<readonly StartOption[]> {
  const person = await lookUpPerson(context, asker.person);
  return startablesFor(context, person)
    .map((startable) => ({ startable, label: labelOf(context, startable) }))
    .sort((a, b) => a.label.localeCompare(b.label) || nameOf(a).localeCompare(nameOf(b)));
}

/** Lists the workflows somebody may start, of systems that start any. */
export function startablesFor(context: Context, person: Person): readonly StartableWorkflow[] {
  return context.policy.startables.filter(
    (startable) =>
      context.backends.get(startable.system)?.operations.changes.includes('execute') &&
      mayRun(person, 'execute', startable, context.policy.operators).kind === 'yes',
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
  const { kind } = startableNamed(startablesFor(context, named), { workflow });
  return kind === 'several' || (kind === 'none' && !startableCalled(context.policy.startables, workflow));
}

/** Finds a workflow by its name or what people call it, whole; the first if there are several. */
export function startableCalled(
  startables: readonly StartableWorkflow[],
  typed: string,
): StartableWorkflow | undefined {
  const wanted = typed.trim().toLowerCase();
  return startables.find(({ definition, title = definition }) =>
    [definition.toLowerCase(), title.toLowerCase()].includes(wanted),
  );
}

function labelOf({ backends }: Context, { system }: StartableWorkflow): string {
  return backends.get(system)?.label ?? system;
}

function nameOf({ startable: { definition, title = definition } }: StartOption): string {
  return title;
}
