import type { CommandLine } from '../../../domain/command-line.js';
import type { Row } from '../../../domain/reply.js';
import type { Asker } from '../../../ports/command-desk.js';
import type { Context } from '../../context.js';
import { lookUpPerson } from '../../people/look-up-person.js';
import { askSystems } from './ask-systems.js';
import { maySee } from './find-run.js';
import { rowsOf } from './rows.js';

const mostChoices = 100;

/** Offers runs for a verb: those that wait first, then the newest. Systems that cannot be asked offer none. */
export async function listCandidates(
  context: Context,
  verb: CommandLine['verb'],
  asker: Asker,
): Promise<readonly Row[]> {
  const person = await lookUpPerson(context, asker.person);
  const filter = { state: 'any', page: 1, pageSize: mostChoices } as const;
  const { results } = await askSystems(context, (backend) => backend.operations.list?.(filter));
  const seen = results
    .flatMap(({ instances }) => instances)
    .filter((instance) => maySee({ context, person, asker }, verb, instance));
  const isWaiting = (state: string): number => (state === 'suspended' ? 0 : 1);
  const sorted = [...seen].sort(
    (a, b) =>
      isWaiting(a.status.kind) - isWaiting(b.status.kind) || (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0),
  );
  return rowsOf(context, sorted.slice(0, mostChoices));
}
