import { mayRun } from '../../../domain/change.js';
import type { CommandLine } from '../../../domain/command-line.js';
import type { Instance } from '../../../domain/instance.js';
import type { Reply } from '../../../domain/reply.js';
import type { Verb } from '../../../domain/verb.js';
import type { WorkflowBackend } from '../../../ports/backend.js';
import { nearMatch } from '../../../shared/near-match.js';
import type { CommandWork } from '../command-work.js';
import { askSystems } from './ask-systems.js';
import { findRun, targetOf } from './find-run.js';
import { listDefinitions } from './list-definitions.js';
import { rowsOf } from './rows.js';
import { reportOn } from './show-status.js';

/** Shows what an activity of a run has put out, or the value of a variable. */
export async function showValue(
  work: CommandWork,
  line: Extract<CommandLine, { verb: 'output' | 'variable' }>,
): Promise<Reply> {
  const { verb, ref = '', name = '' } = line;
  const found = await findRun(work, verb, ref);
  if (found.kind === 'reply') return found.reply;
  const { instance } = found;
  const backend = work.context.backends.get(instance.ref.system);
  const read = verb === 'output' ? backend?.operations.output : backend?.operations.variable;
  if (!backend || !read) return unsupported(backend, verb, instance.ref.system);
  const reading = await read(instance.ref, name);
  return {
    kind: 'value',
    title: instance.title,
    name,
    ...(reading.kind === 'value' ? { text: reading.text } : {}),
    ...(reading.kind === 'not-found' && reading.said !== undefined ? { said: reading.said } : {}),
  };
}

/** Shows the latest run of a workflow, whoever started it. */
export async function showLast(work: CommandWork, workflow: string): Promise<Reply> {
  const { context, person } = work;
  if (workflow.trim() === '')
    return { kind: 'usage', verb: 'last', problem: { kind: 'missing', what: 'workflow' } };
  const { results, silent } = await askSystems(context, (backend) =>
    backend.operations.last?.(workflow.trim()),
  );
  const found = results.filter((instance) => instance !== undefined);
  const may = (instance: Instance) => mayRun(person, 'last', targetOf(instance), context.policy.operators);
  const runs = found.filter((instance) => may(instance).kind === 'yes');
  const [only] = runs;
  if (runs.length > 1) return { kind: 'ambiguous', typed: workflow, rows: await rowsOf(context, runs) };
  if (only) return { kind: 'status', status: await reportOn(work, only) };
  const [hidden] = found;
  const why = hidden && may(hidden);
  if (why && why.kind !== 'yes') return { kind: 'not-allowed', verb: 'last', why };
  const near = silent.length === 0 ? await nameNear(work, workflow) : undefined;
  return near === undefined
    ? { kind: 'not-found', typed: workflow, silent }
    : { kind: 'usage', verb: 'last', problem: { kind: 'unknown-word', typed: workflow, near } };
}

/** Finds the workflow that was nearly typed, among those the asker may know of. */
async function nameNear(work: CommandWork, typed: string): Promise<string | undefined> {
  const known = await listDefinitions(work, '');
  if (known.kind !== 'definitions') return undefined;
  const name = nearMatch(
    typed.trim(),
    known.rows.map(({ definition }) => definition.name),
  );
  return name?.toLowerCase() === typed.trim().toLowerCase() ? undefined : name;
}

/** Says what a system offers instead of a verb it does not know. */
export function unsupported(backend: WorkflowBackend | undefined, verb: Verb, system: string): Reply {
  const { operations } = backend ?? {};
  const offers: Verb[] = operations
    ? [
        'status',
        ...(operations.list ? (['list'] as const) : []),
        ...(operations.output ? (['output'] as const) : []),
        ...(operations.variable ? (['variable'] as const) : []),
        ...(operations.last ? (['last'] as const) : []),
        ...operations.changes,
      ]
    : [];
  return { kind: 'unsupported', verb, label: backend?.label ?? system, offers };
}
