import { mayRun } from '../../../domain/change.js';
import type { Reply } from '../../../domain/reply.js';
import type { CommandWork } from '../command-work.js';
import { askSystems } from './ask-systems.js';

/** Lists recipes whose name contains the words and which the asker may know of. */
export async function listDefinitions({ context, person }: CommandWork, text: string): Promise<Reply> {
  const { results, silent } = await askSystems(context, (backend) =>
    backend.operations
      .definitions?.(text)
      .then((found) =>
        found.map((definition) => ({ definition, label: backend.label, system: backend.system })),
      ),
  );
  const rows = results
    .flat()
    .filter(
      ({ definition, system }) =>
        mayRun(person, 'definitions', { system, definition: definition.name }, context.policy.operators)
          .kind === 'yes',
    )
    .sort((a, b) => a.definition.name.localeCompare(b.definition.name));
  return { kind: 'definitions', rows, silent };
}
