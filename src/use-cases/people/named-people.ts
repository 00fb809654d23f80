import type { Naming } from '../../domain/named-by.js';
import { type PersonId, personKey } from '../../domain/person.js';
import type { Context } from '../context.js';

/** Lists everybody a rule names, those in its groups included, each once. Throws `ChatError`. */
export async function namedPeople(
  { chat }: Pick<Context, 'chat'>,
  { people, groups = [] }: Naming,
): Promise<readonly PersonId[]> {
  const members = await Promise.all(groups.map((group) => chat.membersOf(group)));
  return [...new Map([...people, ...members.flat()].map((id) => [personKey(id), id])).values()];
}
