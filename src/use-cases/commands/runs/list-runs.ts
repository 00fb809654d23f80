import type { CommandLine } from '../../../domain/command-line.js';
import { type Instance, refKey } from '../../../domain/instance.js';
import { identitiesOf } from '../../../domain/may-decide.js';
import type { Reply } from '../../../domain/reply.js';
import type { WorkflowBackend } from '../../../ports/backend.js';
import type { InstanceFilter } from '../../../ports/operations.js';
import type { CommandWork } from '../command-work.js';
import { askSystems } from './ask-systems.js';
import { maySee } from './find-run.js';
import { rowsOf } from './rows.js';

const pageSize = 10;
/** How many runs of a system are looked through at most; whoever wants older ones gives words. */
const mostScanned = 300;

type ListLine = Extract<CommandLine, { verb: 'list' }>;

/**
 * Lists runs the asker may see, newest first; `mine` are those the asker started, by the name the system knows.
 *
 * A page is cut out of everything newer, of all systems together: so no run is left out or told twice because
 * one system has many and another has few.
 */
export async function listRuns(work: CommandWork, line: ListLine): Promise<Reply> {
  const { context } = work;
  const end = line.page * pageSize;
  const { results, silent } = await askSystems(context, (backend) => readSystem(work, backend, line));
  const newest = newestOf(results.flatMap(({ visible }) => visible));
  const cut = results.filter(({ isCut }) => isCut).map(({ label }) => label);
  return {
    kind: 'list',
    state: line.state,
    ...(line.text === undefined ? {} : { text: line.text }),
    page: line.page,
    rows: await rowsOf(context, newest.slice(end - pageSize, end)),
    hasMore: newest.length > end,
    silent,
    ...(cut.length === 0 ? {} : { cut }),
  };
}

/** What the asker may see of a system: enough to fill all pages up to the wanted one. */
interface Visible {
  readonly label: string;
  readonly visible: readonly Instance[];
  /** Whether there are more that were not looked through. */
  readonly isCut: boolean;
}

function readSystem(
  work: CommandWork,
  backend: WorkflowBackend,
  line: ListLine,
): Promise<Visible> | undefined {
  const { label, system, operations } = backend;
  if (!operations.list) return undefined;
  const { state, text } = line;
  const filter = {
    state: state === 'mine' ? 'any' : state,
    ...(text === undefined ? {} : { text }),
  } as const;
  if (state !== 'mine') return readFar(work, backend, { ...filter, wanted: line.page * pageSize + 1 });
  // Somebody may have several names in a system; without any, nothing is theirs.
  const names = identitiesOf(work.person, system, work.context.policy);
  const wanted = line.page * pageSize + 1;
  return Promise.all(names.map((initiator) => readFar(work, backend, { ...filter, initiator, wanted }))).then(
    (readings) => ({
      label,
      visible: readings.flatMap(({ visible }) => visible),
      isCut: readings.some(({ isCut }) => isCut),
    }),
  );
}

/** Reads as far back as it takes to see so many runs; each reading starts anew, since runs may move meanwhile. */
async function readFar(
  work: CommandWork,
  { label, operations }: WorkflowBackend,
  { wanted, ...filter }: Omit<InstanceFilter, 'page' | 'pageSize'> & { readonly wanted: number },
): Promise<Visible> {
  let size = Math.min(wanted, mostScanned);
  for (;;) {
    const page = await operations.list?.({ ...filter, page: 1, pageSize: size });
    const visible = (page?.instances ?? []).filter((one) => maySee(work, 'list', one));
    const isEnough = visible.length >= wanted || !page?.hasMore;
    if (isEnough || size >= mostScanned) return { label, visible, isCut: !isEnough };
    size = Math.min(size * 3, mostScanned);
  }
}

/** Puts runs of several systems into one order that is the same at every look. */
function newestOf(instances: readonly Instance[]): readonly Instance[] {
  const distinct = [...new Map(instances.map((one) => [refKey(one.ref), one])).values()];
  return distinct.sort(
    (a, b) =>
      (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0) ||
      Number(b.referenceId ?? 0) - Number(a.referenceId ?? 0) ||
      (refKey(a.ref) < refKey(b.ref) ? -1 : 1),
  );
}
