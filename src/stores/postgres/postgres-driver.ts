import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely';
import type { PoolClient } from 'pg';
import type { NestingGuard } from '../sql/nesting-guard.js';
import { isConnectionLost } from './postgres-failure.js';

/** Gives connections, and waits for those that are out before it ends. */
export interface Connections {
  take(): Promise<PoolClient>;
  end(): Promise<void>;
}

/** The next connection may have ended as well, unnoticed so far. */
const mostReads = 3;

/** A connection somebody holds. */
interface Held {
  client: PoolClient;
  isInTransaction: boolean;
  /** Set once the client is of no use any more, so that nobody gets it next. */
  isLost: boolean;
  isGivenBack: boolean;
}

/**
 * Creates a driver that keeps nobody's lost connection, and reads again what a lost connection did not answer.
 *
 * A write whose answer was lost may have happened, so it throws and is never tried again here.
 */
export function createPostgresDriver(connections: Connections, nesting: NestingGuard): Driver {
  const held = new WeakMap<DatabaseConnection, Held>();
  const holdOf = (connection: DatabaseConnection): Held => {
    const found = held.get(connection);
    if (!found) throw new Error('This connection was not given out here');
    return found;
  };
  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      nesting.refuseInside();
      const client = await connections.take();
      const hold: Held = { client, isInTransaction: false, isLost: false, isGivenBack: false };
      const connection = connectionOver(hold, connections);
      held.set(connection, hold);
      return connection;
    },
    async beginTransaction(connection, settings) {
      const hold = holdOf(connection);
      await say(hold, beginning(settings));
      hold.isInTransaction = true;
    },
    commitTransaction: (connection) => say(holdOf(connection), 'commit'),
    async rollbackTransaction(connection) {
      const hold = holdOf(connection);
      // Without its connection a transaction is taken back by itself; what broke it is what is thrown.
      if (!hold.isLost) await say(hold, 'rollback');
    },
    async releaseConnection(connection) {
      giveBack(holdOf(connection));
    },
    destroy: () => connections.end(),
  };
}

function beginning({ isolationLevel }: TransactionSettings): string {
  return isolationLevel ? `begin isolation level ${isolationLevel}` : 'begin';
}

function connectionOver(hold: Held, connections: Connections): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const isRepeatable = !hold.isInTransaction && query.query.kind === 'SelectQueryNode';
      for (let tries = 1; ; tries += 1) {
        try {
          return await ask<R>(hold, query);
        } catch (error) {
          if (!hold.isLost || !isRepeatable || tries === mostReads) throw error;
        }
        await replaceClient(hold, connections);
      }
    },
    streamQuery() {
      throw new Error('Nothing is read bit by bit here');
    },
  };
}

async function replaceClient(hold: Held, connections: Connections): Promise<void> {
  // Given back first: several that all wait for one more would wait for one another.
  giveBack(hold);
  hold.client = await connections.take();
  hold.isGivenBack = false;
  hold.isLost = false;
}

function giveBack(hold: Held): void {
  if (!hold.isGivenBack) hold.client.release(hold.isLost);
  hold.isGivenBack = true;
}

async function say(hold: Held, text: string): Promise<void> {
  await noticingLoss(hold, () => hold.client.query(text));
}

async function ask<R>(hold: Held, { sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
  const { command, rowCount, rows } = await noticingLoss(hold, () => hold.client.query(sql, [...parameters]));
  const isWrite = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE';
  return { rows, ...(isWrite ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
}

async function noticingLoss<T>(hold: Held, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    hold.isLost ||= isConnectionLost(error);
    throw error;
  }
}
