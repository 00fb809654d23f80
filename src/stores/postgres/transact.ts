import { setTimeout } from 'node:timers/promises';
import type { Engine } from '../sql/engine.js';
import type { Db } from '../sql/tables.js';
import type { TransactionQueue } from '../sql/turns.js';
import { hasLostRace, isKeyTaken } from './postgres-failure.js';

/** As long as SQLite waits for another writer. */
const waitTimeoutMs = 5_000;
const longestPauseMs = 100;
const triesOfTakenKey = 3;

/**
 * Creates the runner of transactions of one bot, which takes turns.
 *
 * All that a bot decides goes through the same few rows, such as the last record of a system, so several of its
 * transactions at once would only refuse one another; other bots' may come in between.
 */
export function createTransact(enqueue: TransactionQueue): Engine['transact'] {
  return (db, work) => enqueue(() => transact(db, work));
}

/**
 * Runs some work in a transaction that the server either lets happen as if it were alone, or refuses.
 *
 * A refused one has changed nothing and is run again, for a few seconds. One whose end is not known, because
 * the connection was lost, is not: it throws.
 */
async function transact<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  const giveUpAtMs = performance.now() + waitTimeoutMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().setIsolationLevel('serializable').execute(work);
    } catch (error) {
      const isHopeless = isKeyTaken(error) && tries >= triesOfTakenKey;
      if (!hasLostRace(error) || isHopeless || performance.now() > giveUpAtMs) throw error;
    }
    // At random, so that two who met do not meet again.
    await setTimeout(Math.random() * Math.min(longestPauseMs, 2 ** tries));
  }
}
