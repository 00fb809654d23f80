import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openPlace } from '../../dist/stores/index.js';
import { startChild } from './children.mjs';
import { password, startPostgres } from './replicas.mjs';

const dayMs = 24 * 60 * 60_000;

const nowMs = Date.UTC(2026, 10, 30, 12);

/** How long a report over a year of decisions takes on either engine, in how much memory, and how long others wait. */
export async function measureReporting({ isShort }) {
  const perDay = isShort ? 20 : 1_000;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-reporting-'));
  const server = await startPostgres();
  try {
    const onFile = await measureOn('SQLite', { place: join(folder, 'report.db') }, perDay);
    const onServer = await measureOn('PostgreSQL', { place: await server.newDatabase(), password }, perDay);
    return [...onFile, ...onServer];
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measureOn(engine, { place, password: secret }, perDay) {
  await fill(place, secret, perDay);
  const child = startChild('report-child.mjs');
  child.say({ store: place, password: secret, nowMs, days: 366 });
  const { tookMs, cpuMs, monthMb, peakMb, longestWaitMs, timed } = await child.hear();
  await child.end();
  if (timed !== 365 * perDay) throw new Error(`The report knows ${timed} decisions of ${365 * perDay}`);
  const name = `report over a year of ${timed} decisions on ${engine}`;
  return [
    { name, value: tookMs / 1_000, unit: 's', floor: 2, floorName: 'the limit of 2 s', target: 1 },
    {
      name: `${name}, processor time of the bot`,
      value: cpuMs / 1_000,
      unit: 's',
      floor: 2,
      floorName: 'the limit of 2 s',
      target: 1,
    },
    {
      name: `${name}, memory at most`,
      value: peakMb,
      unit: 'MB',
      floor: monthMb,
      floorName: 'a report over a month',
      target: 1.5,
    },
    {
      name: `${name}, longest that a click waits meanwhile`,
      value: longestWaitMs,
      unit: 'ms',
      floor: 50,
      floorName: 'the limit of 50 ms',
      target: 1,
    },
  ];
}

/** A year of decisions by twelve rules, and for every ten of them a refused click and a reminder. */
async function fill(place, secret, perDay) {
  const { db, close } = await openPlace(place, { password: secret });
  const firstMs = nowMs - 365 * dayMs;
  for (let day = 0; day < 365; day += 1) {
    const insert = sql`insert into report_entries (id, at_ms, kind, name, how, findings, is_late, took_s)`;
    const numbers = sql`with recursive numbers(n) as
      (select 0 union all select n + 1 from numbers where n < ${sql.lit(perDay - 1)})`;
    const id = (kind) => sql`${sql.lit(`${kind}:${day}-`)} || n`;
    const atMs = sql`cast(${sql.lit(String(firstMs + day * dayMs))} as bigint) + n * ${sql.lit(Math.floor(dayMs / perDay))}`;
    await sql`${insert} ${numbers} select ${id('ended')}, ${atMs}, 'ended', 'Rule ' || (n % 12),
      case when n % 9 = 0 then 'denied' else 'approved' end,
      case when n % 5 = 0 then 'wildcard' else '' end, case when n % 50 = 0 then 1 else 0 end,
      (n * 7919) % 86400 from numbers`.execute(db);
    for (const kind of ['refusal', 'reminder'])
      await sql`${insert} ${numbers} select ${id(kind)}, ${atMs}, ${sql.lit(kind)}, 'name ' || (n % 4), '', '', 0, null
        from numbers where n % 10 = 0`.execute(db);
  }
  await close();
}
