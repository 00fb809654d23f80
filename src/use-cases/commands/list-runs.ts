import type { CommandLine } from '../../domain/command-line.js';
import type { Instance } from '../../domain/instance.js';
import { identitiesOf } from '../../domain/may-decide.js';
import type { Reply } from '../../domain/reply.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import type { InstancePage } from '../../ports/operations.js';
import { askSystems } from './ask-systems.js';
import type { CommandWork } from './command-work.js';
import { maySee } from './find-run.js';
import { rowsOf } from './rows.js';

const pageSize = 10;

/** Lists runs the asker may see, newest first; `mine` are those the asker started, by the name the system knows. */
export async function listRuns(
  work: CommandWork,
  line: Extract<CommandLine, { verb: 'list' }>,
): Promise<Reply> {
  const { context } = work;
  const { answers, silent } = await askSystems(context, (backend) => listOf(work, backend, line));
  const seen = answers.flatMap(({ instances }) => instances).filter((one) => maySee(work, 'list', one));
  const newest = [...seen].sort((a, b) => (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0));
  return {
    kind: 'list',
    state: line.state,
    ...(line.text === undefined ? {} : { text: line.text }),
    page: line.page,
    rows: await rowsOf(context, newest),
    hasMore: answers.some(({ hasMore }) => hasMore),
    silent,
  };
}

function listOf(
  work: CommandWork,
  backend: WorkflowBackend,
  line: Extract<CommandLine, { verb: 'list' }>,
): Promise<InstancePage> | undefined {
  const { list } = backend.operations;
  if (!list) return undefined;
  const { state, text, page } = line;
  const filter = {
    state: state === 'mine' ? 'any' : state,
    page,
    pageSize,
    ...(text === undefined ? {} : { text }),
  } as const;
  if (state !== 'mine') return list(filter);
  return listMine(work, backend.system, (initiator) => list({ ...filter, initiator }));
}

/** Somebody may have several names in a system; without any, nothing is theirs. */
async function listMine(
  { context, person }: CommandWork,
  system: string,
  list: (initiator: string) => Promise<InstancePage>,
): Promise<InstancePage> {
  const names = identitiesOf(person, system, context.policy);
  const pages = await Promise.all(names.map(list));
  const instances: readonly Instance[] = pages.flatMap((page) => page.instances);
  return { instances, hasMore: pages.some(({ hasMore }) => hasMore) };
}
