import Database from 'libsql';
import pg from 'pg';

/** Tables in which every finished approval leaves a row, and what tells its rows apart; `n` is its number, written so that rows come in the order of their keys. */
const tables = [
  {
    name: 'approvals',
    unique: { id: "'past-' || n", instance_id: "'past-run-' || n" },
  },
  {
    name: 'codes',
    unique: { code: "'P' || n", instance_id: "'past-run-' || n", approval_id: "'past-' || n" },
  },
  { name: 'votes', unique: { approval_id: "'past-' || n" } },
  {
    name: 'signals',
    unique: { id: "'past-signal-' || n", approval_id: "'past-' || n", instance_id: "'past-run-' || n" },
  },
  { name: 'clicks', unique: { id: "'past-click-' || n" } },
  {
    name: 'deliveries',
    where: "approval_id is not null and status = 'done'",
    unique: {
      subject: "'card:past-' || n",
      approval_id: "'past-' || n",
      channel: "'C0PAST'",
      ts: "'1.' || n",
    },
  },
];

/** Bodies are left short: what is read whole by mistake is felt by its rows, and a million are there in seconds. */
const short = ['body', 'shown', 'notice_body'];

/**
 * Copies what one finished approval has left in a store as often as wanted, as years of work would have.
 *
 * The store is a file or the address of a database, and nobody works on it meanwhile.
 */
export async function addHistory(store, count, password) {
  const engine = store.startsWith('postgres') ? await openPostgres(store, password) : openFile(store);
  for (const { name, where = 'true', unique } of tables) {
    const [row] = await engine.rows(`select * from ${name} where ${where} limit 1`);
    if (!row) throw new Error(`Nothing has left a row in ${name}.`);
    const columns = Object.keys(row).filter((column) => column !== 'number' && column !== '_metadata');
    const values = columns.map((column) => unique[column] ?? literal(column, row[column]));
    await engine.run(
      `insert into ${name} (${columns.join(', ')}) select ${values.join(', ')} from ${engine.series(count)}`,
    );
  }
  await engine.close();
}

/** What the history of one run consists of: whose rows, and what tells its copies apart besides the ids of run and approval. */
const wholeTables = [
  { name: 'approvals', where: 'id = $approval' },
  { name: 'codes', where: 'approval_id = $approval', unique: { code: "'P' || n" } },
  { name: 'votes', where: 'approval_id = $approval' },
  { name: 'signals', where: 'approval_id = $approval', unique: { id: "'past-signal-' || n" } },
  { name: 'clicks', where: "body like '%' || $approval || '%'", unique: { id: "'past-click-' || n" } },
  {
    name: 'deliveries',
    where: "approval_id = $approval or notice_body like '%' || $approval || '%'",
    unique: { subject: (at) => `'past-${at}:' || n`, channel: "'C0PAST'", ts: (at) => `'${at}.' || n` },
  },
  {
    name: 'ledger',
    where: 'instance_id = $run',
    // A chain of its own: that of the system stays one that can be proven.
    unique: { system: "'past'", number: (at, of) => `cast(n as integer) * ${of} - ${at}` },
  },
];

/**
 * Copies all that a run with one finished approval has left in a store, word for word but for its ids, as often as wanted.
 *
 * Gives how many copies each table has then. The store may be one of an older version, and nobody works on it meanwhile.
 */
export async function multiply(store, run, count, password) {
  const engine = store.startsWith('postgres') ? await openPostgres(store, password) : openFile(store);
  const [{ id: approval }] = await engine.rows(`select id from approvals where instance_id = '${run}'`);
  const named = (text) => text.replaceAll('$approval', `'${approval}'`).replaceAll('$run', `'${run}'`);
  const copied = (column, value) =>
    [
      [approval, "'past-' || n"],
      [run, "'past-run-' || n"],
    ].reduce(
      (text, [id, other]) => (String(value).includes(id) ? `replace(${text}, '${id}', ${other})` : text),
      literal(column, value, []),
    );
  const copies = {};
  for (const { name, where, unique = {} } of wholeTables) {
    const rows = await engine.rows(`select * from ${name} where ${named(where)}`);
    if (rows.length === 0) throw new Error(`The run has left no row in ${name}.`);
    for (const [at, row] of rows.entries()) {
      const columns = Object.keys(row).filter(
        (column) => (column !== 'number' || unique.number) && column !== '_metadata',
      );
      const values = columns.map((column) => {
        const own = unique[column];
        return (typeof own === 'function' ? own(at, rows.length) : own) ?? copied(column, row[column]);
      });
      await engine.run(
        `insert into ${name} (${columns.join(', ')}) select ${values.join(', ')} from ${engine.series(count)}`,
      );
    }
    copies[name] = rows.length * count;
  }
  await engine.close();
  return copies;
}

/** Gives how many rows each of some tables has. */
export async function countRows(store, tables, password) {
  const engine = store.startsWith('postgres') ? await openPostgres(store, password) : openFile(store);
  const counts = {};
  for (const name of tables) {
    const [{ all }] = await engine.rows(`select count(*) as "all" from ${name}`);
    counts[name] = Number(all);
  }
  await engine.close();
  return counts;
}

/** Writes the number of a copy as its ids have it. */
export function idOf(number) {
  return String(number).padStart(9, '0');
}

function literal(column, value, shortened = short) {
  if (value === null) return 'null';
  if (shortened.includes(column)) return "'{}'";
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

function openFile(file) {
  const database = new Database(file);
  database.exec('pragma synchronous = off; pragma cache_size = -200000');
  return {
    rows: (sql) => database.prepare(sql).all(),
    run: (sql) => void database.prepare(sql).run(),
    series: (count) =>
      `(with recursive past(i) as (select 1 union all select i + 1 from past where i < ${count}) select printf('%09d', i) as n from past)`,
    close: () => {
      database.pragma('wal_checkpoint(truncate)');
      database.close();
    },
  };
}

async function openPostgres(address, password) {
  const at = new URL(address);
  at.password = password;
  const client = new pg.Client({ connectionString: at.href });
  await client.connect();
  return {
    rows: async (sql) => (await client.query(sql)).rows,
    run: (sql) => client.query(sql),
    series: (count) =>
      `(select lpad(i::text, 9, '0') as n from generate_series(1, ${count}) as past(i)) as past`,
    async close() {
      await client.query('vacuum analyze');
      await client.end();
    },
  };
}
