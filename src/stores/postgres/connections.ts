import { setTimeout } from 'node:timers/promises';
import { Pool, type PoolClient, TypeOverrides, types } from 'pg';
import { nameOfPlace } from '../name-of-place.js';
import type { Connections } from './postgres-driver.js';
import { mayConnectSoon, NotReachable } from './postgres-failure.js';

/** A restart of the server takes a second or two; a person who clicked is told after three. */
const waitTimeoutMs = 2_000;
const pauseMs = 100;

/** No limit may be so long that people wait for ever, nor so short that a busy server looks broken. */
const limits = {
  connectionTimeoutMillis: 2_000,
  query_timeout: 15_000,
  statement_timeout: 10_000,
  lock_timeout: 5_000,
  // A bot that is frozen inside a transaction must not hold up the others.
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** More would only wait for one another. */
const mostConnections = 10;

/**
 * Opens connections to a server, as they are needed.
 *
 * While the server cannot be reached somebody who asks waits for two seconds, then gets an error that names the
 * server, without the password.
 */
export function createConnections(url: URL): Connections {
  const pool = new Pool({
    connectionString: url.href,
    application_name: 'countersign',
    max: mostConnections,
    keepAlive: true,
    types: numbersAsNumbers(),
    ...limits,
  });
  // A connection nobody uses has ended; the pool has dropped it, and whoever asks next gets a new one.
  pool.on('error', () => {});
  // One that somebody holds has ended between two questions; the next question fails and says so.
  pool.on('connect', (client) => client.on('error', () => {}));
  return { take: () => takeWithRetry(pool, url), end: () => pool.end() };
}

async function takeWithRetry(pool: Pool, url: URL): Promise<PoolClient> {
  const giveUpAtMs = performance.now() + waitTimeoutMs;
  for (;;) {
    try {
      return await pool.connect();
    } catch (cause) {
      if (!mayConnectSoon(cause) || performance.now() > giveUpAtMs) {
        throw new NotReachable(`The store ${nameOfPlace(url.href)} cannot be reached: ${reasonOf(cause)}`, {
          cause,
        });
      }
    }
    await setTimeout(pauseMs);
  }
}

/** Some failures to connect have no words, only a code. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : cause.name;
  return cause.message === '' ? code : cause.message;
}

/** Ids and epoch milliseconds are far below what a number keeps exactly; counts come as this kind too. */
function numbersAsNumbers(): TypeOverrides {
  const overrides = new TypeOverrides(types);
  overrides.setTypeParser(types.builtins.INT8, (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value))
      throw new RangeError('The database holds a number too large to be exact');
    return value;
  });
  return overrides;
}
