import { setTimeout } from 'node:timers/promises';
import type { SqliteDatabase } from 'kysely';

const busyTimeoutMs = 5_000;
const journalTries = 100;
const journalRetryMs = 20;

/**
 * Makes what is committed survive a power cut, and lets two processes take turns.
 *
 * Gives back which journal the file really got, since a disk may be unable to keep the one asked for.
 */
export async function configureDatabase(database: SqliteDatabase): Promise<unknown> {
  pragma(database, `busy_timeout = ${busyTimeoutMs}`);
  const journal = await useWriteAheadLog(database);
  pragma(database, 'synchronous = full');
  pragma(database, 'foreign_keys = on');
  return journal;
}

/** Another process that opens the same new file makes this fail at once, whatever the busy timeout says. */
async function useWriteAheadLog(database: SqliteDatabase): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    try {
      return pragma(database, 'journal_mode = wal');
    } catch (error) {
      if (tries === journalTries) throw error;
    }
    await setTimeout(journalRetryMs);
  }
}

/** Sets an option of the connection and gives what the engine answers, if anything. */
function pragma(database: SqliteDatabase, text: string): unknown {
  const statement = database.prepare(`pragma ${text}`);
  if (!statement.reader) {
    statement.run([]);
    return undefined;
  }
  const [row] = statement.all([]);
  return Object.values(row ?? {})[0];
}
