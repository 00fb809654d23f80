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
interface PooledClient {
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
  const pooledClients = new WeakMap<DatabaseConnection, PooledClient>();
  const pooledOf = (connection: DatabaseConnection): PooledClient => {
    const found = pooledClients.get(connection);
    if (!found) throw new Error('This connection was not given out here');
    return found;
  };
  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      nesting.refuseInside();
      const client = await connections.take();
      const pooled: PooledClient = { client, isInTransaction: false, isLost: false, isGivenBack: false };
      const connection = connectionOver(pooled, connections);
      pooledClients.set(connection, pooled);
      return connection;
    },
    async beginTransaction(connection, settings) {
      const pooled = pooledOf(connection);
      await say(pooled, beginning(settings));
      pooled.isInTransaction = true;
    },
    commitTransaction: (connection) => say(pooledOf(connection), 'commit'),
    async rollbackTransaction(connection) {
      const pooled = pooledOf(connection);
      // Without its connection a transaction is taken back by itself; what broke it is what is thrown.
      if (!pooled.isLost) await say(pooled, 'rollback');
    },
    async releaseConnection(connection) {
      giveBack(pooledOf(connection));
    },
    destroy: () => connections.end(),
  };
}

function beginning({ isolationLevel }: TransactionSettings): string {
  return isolationLevel ? `begin isolation level ${isolationLevel}` : 'begin';
}

function connectionOver(pooled: PooledClient, connections: Connections): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const isRepeatable = !pooled.isInTransaction && query.query.kind === 'SelectQueryNode';
      for (let tries = 1; ; tries += 1) {
        try {
          return await ask<R>(pooled, query);
        } catch (error) {
          if (!pooled.isLost || !isRepeatable || tries === mostReads) throw error;
        }
        await replaceClient(pooled, connections);
      }
    },
    streamQuery() {
      throw new Error('Nothing is read bit by bit here');
    },
  };
}

async function replaceClient(pooled: PooledClient, connections: Connections): Promise<void> {
  // Given back first: several that all wait for one more would wait for one another.
  giveBack(pooled);
  pooled.client = await connections.take();
  pooled.isGivenBack = false;
  pooled.isLost = false;
}

function giveBack(pooled: PooledClient): void {
  if (!pooled.isGivenBack) pooled.client.release(pooled.isLost);
  pooled.isGivenBack = true;
}

async function say(pooled: PooledClient, text: string): Promise<void> {
  await noticingLoss(pooled, () => pooled.client.query(text));
}

async function ask<R>(pooled: PooledClient, { sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
  const { command, rowCount, rows } = await noticingLoss(pooled, () =>
    pooled.client.query(sql, [...parameters]),
  );
  const isWrite = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE';
  return { rows, ...(isWrite ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
}

async function noticingLoss<T>(pooled: PooledClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    pooled.isLost ||= isConnectionLost(error);
    throw error;
  }
}
