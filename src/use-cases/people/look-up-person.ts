import type { Person, PersonId } from '../../domain/person.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';

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
export async function withRights(transaction: Transaction, person: Person): Promise<Person> {
  const links = await transaction.listLinks(person.id);
  const linkedAs = Object.fromEntries(links.map(({ system, username }) => [system, username]));
  return {
    ...person,
    ...((await transaction.findSuspension(person.id)) ? { isSuspended: true } : {}),
    ...(links.length > 0 ? { linkedAs } : {}),
  };
}
