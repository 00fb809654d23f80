import { type Change, mayRun, type StartableWorkflow } from '../../../domain/change.js';
import type { CommandLine } from '../../../domain/command-line.js';
import { startableNamed } from '../../../domain/executable-named.js';
import { readVariables } from '../../../domain/read-variables.js';
import type { Reply } from '../../../domain/reply.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { CommandWork } from '../command-work.js';
import { unsupported } from '../runs/show-value.js';
import { propose } from './propose-change.js';
import { startableCalled, startablesFor } from './start-options.js';

type ExecuteLine = Extract<CommandLine, { verb: 'execute' }>;

/**
 * Shows which workflow would be started with which values, after checking them.
 *
 * Of workflows the asker may not start only one that was named exactly is spoken of.
 */
export async function proposeExecution(work: CommandWork, line: ExecuteLine): Promise<Reply> {
  const { context, person } = work;
  const typed = line.workflow?.trim() ?? '';
  if (typed === '') return { kind: 'usage', verb: 'execute', problem: { kind: 'missing', what: 'workflow' } };
  const wanted = { workflow: typed, ...(line.system === undefined ? {} : { system: line.system }) };
  const named = startableNamed(startablesFor(context, person), wanted);
  switch (named.kind) {
    case 'one':
      return proposeStart(work, line, named.startable);
    case 'several':
      return { kind: 'bad-value', name: 'workflow', typed, expected: 'a name that only one workflow has' };
    case 'none':
      return whyNone(work, typed);
    default:
      return assertNever(named);
  }
}

async function proposeStart(
  work: CommandWork,
  line: ExecuteLine,
  { system, definition, variables }: StartableWorkflow,
): Promise<Reply> {
  const read = readVariables(line.values, variables);
  if (read.kind === 'bad-value') return read;
  const change: Change = { kind: 'execute', system, definition, variables: read.variables };
  const record = await propose(work, { change, title: definition, definition, isOverride: false });
  return { kind: 'proposal', record, isAllowed: true };
}

function whyNone({ context, person }: CommandWork, typed: string): Reply {
  const { startables, operators } = context.policy;
  const startable = startableCalled(startables, typed);
  if (!startable) return { kind: 'not-found', typed, silent: [] };
  const may = mayRun(person, 'execute', startable, operators);
  return may.kind === 'yes'
    ? unsupported(context.backends.get(startable.system), 'execute', startable.system)
    : { kind: 'not-allowed', verb: 'execute', why: may };
}
