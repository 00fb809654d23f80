import { type Naming, type Person, type PersonId, personKey } from '../domain/person.js';
import type { Transaction } from '../ports/store.js';
import type { Context } from './context.js';

/**
 * Looks somebody up afresh, with what the bot itself knows of their rights, and remembers them.
 *
 * Throws `ChatError` when the chat cannot tell, which must count as a no.
 */
export async function lookUpPerson(
  { chat, store, now }: Pick<Context, 'chat' | 'store' | 'now'>,
  id: PersonId,
): Promise<Person> {
  return rememberPerson(store, await chat.lookUpPerson(id), now());
}

/** Remembers somebody who was looked up just now, and adds their rights. */
export async function rememberPerson(
  transaction: Transaction,
  person: Person,
  nowMs: number,
): Promise<Person> {
  await transaction.rememberPerson(person, nowMs);
  return withRights(transaction, person);
}

/** Gives somebody as last looked up, with their rights as they are now; absent when never looked up. */
export async function recallPerson(transaction: Transaction, id: PersonId): Promise<Person | undefined> {
  const person = await transaction.recallPerson(id);
  return person && withRights(transaction, person);
}

/** Adds to a person what the bot knows of their rights and of the accounts they linked. */
async function withRights(transaction: Transaction, person: Person): Promise<Person> {
  const links = await transaction.listLinks(person.id);
  const linkedAs = Object.fromEntries(links.map(({ system, username }) => [system, username]));
  return {
    ...person,
    ...((await transaction.findSuspension(person.id)) ? { isSuspended: true } : {}),
    ...(links.length > 0 ? { linkedAs } : {}),
  };
}

/** Lists everybody a rule names, those in its groups included, each once. Throws `ChatError`. */
export async function namedPeople(
  { chat }: Pick<Context, 'chat'>,
  { people, groups = [] }: Naming,
): Promise<readonly PersonId[]> {
  const members = await Promise.all(groups.map((group) => chat.membersOf(group)));
  return [...new Map([...people, ...members.flat()].map((id) => [personKey(id), id])).values()];
}
