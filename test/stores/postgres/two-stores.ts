import { afterEach, beforeEach } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { openPostgresStore } from '../../../src/stores/postgres.js';
import type { PostgresServer } from '../../support/postgres/start-postgres.js';

/** Opens an empty database from two sides, as two bots do, for each test. */
export function openTwice(server: () => PostgresServer): () => readonly [Store, Store] {
  let url: string | undefined;
  let opened: readonly [Store, Store] | undefined;
  const open = (at: string) => openPostgresStore({ url: at, password: server().password });
  beforeEach(async () => {
    if (url === undefined) url = await server().newDatabase();
    else await server().empty(url);
    opened = [await open(url), await open(url)];
  });
  afterEach(async () => {
    for (const store of opened ?? []) await store.close();
    opened = undefined;
  });
  return () => {
    if (!opened) throw new Error('The stores are open only while a test runs');
    return opened;
  };
}

/** Makes a meeting point: nobody goes on before so many have come. Who comes later does not wait. */
export function meetingOf(people: number): () => Promise<void> {
  let come = 0;
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    come += 1;
    if (come >= people) open();
    return isOpen;
  };
}
