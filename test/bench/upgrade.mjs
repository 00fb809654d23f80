import { randomUUID } from 'node:crypto';
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import pg from 'pg';
import { openStore } from '../../dist/stores/index.js';
import { startChild } from './children.mjs';
import { clickOn, send } from './click-load.mjs';
import { openEar } from './ear.mjs';
import { countRows, idOf, multiply } from './history.mjs';
import { pause } from './measure.mjs';
import { password, startPostgres } from './replicas.mjs';
import { openScene, settingsOf } from './scene.mjs';

const fixture = (file) => new URL(`../fixtures/store-9cc6796/${file}`, import.meta.url);
const read = (file) => JSON.parse(readFileSync(fixture(file), 'utf8'));

/** The run that is copied: one with a vote, a decision that was sent, and two messages. */
const finished = idInCommand(17);

const ana = { id: 'U0ANA', name: 'Ana Ruiz', identities: { corp: 'KEYEXAMPLE\\aruiz' } };

/** How long the first start takes on a store that 9cc6796 has left, until a click on a card of then can be decided. */
export async function measureUpgrade({ isShort }) {
  const count = isShort ? 2_000 : 200_000;
  const server = await startPostgres();
  const rows = [];
  for (const engine of ['SQLite', 'PostgreSQL']) rows.push(await measureEngine(engine, { count, server }));
  await server.stop();
  return rows;
}

async function measureEngine(engine, { count, server }) {
  const settings = read('settings.json');
  const { waiting } = settings;
  // The definition has the id it had, since a request by another one is another request.
  const ids = [idInCommand(1)];
  const newId = () => ids.shift() ?? randomUUID();
  const request = read('waiting-request.json');
  const { definition } = request;
  const scene = await openScene({ approvers: 0, now: () => settings.startedAtMs, newId, definition });
  const { slack, command } = scene;
  slack.addMember({ id: ana.id, name: 'ana', realName: ana.name });
  const store = engine === 'SQLite' ? `${scene.folder}/before.db` : await server.newDatabase();
  if (engine === 'SQLite') copyFileSync(fixture('scenes.sqlite'), store);
  else await load(store);
  const copies = await multiply(store, finished, count, password);
  const size = engine === 'SQLite' ? statSync(store).size : await sizeOf(store);
  process.stderr.write(`  ${engine}: ${(size / 1e9).toFixed(2)} GB as 9cc6796 left them\n`);
  ids.push(waiting.id);
  command.startInstance(request);
  const { file, env } = settingsOf({ ...scene, people: [ana] }, { mode: 'http', store });
  const secrets = { COUNTERSIGN_STORE_PASSWORD: password, COUNTERSIGN_LEDGER_KEY: settings.ledgerKey };
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings: { file, env: { ...env, ...secrets } }, jobs: 'cron' });
  const { port, readyMs } = await bot.hear();
  const { sqlite, postgres } = read('waiting-card.json');
  const card = { ...waiting.card, blocks: engine === 'SQLite' ? sqlite : postgres };
  const ear = await openEar();
  // Until it was polled nobody knows whether it still waits.
  await command.waitFor(() => command.requests.some(({ path }) => path.endsWith(waiting.id)), 60_000);
  await pause(1_000);
  const click = clickOn(slack, { card, userId: ana.id, responseUrl: ear.url });
  const ackMs = await send(port, undefined, slack.app.signingSecret, click);
  await command.waitFor(() => command.instance(waiting.id).status === 'Complete', 60_000);
  process.stderr.write(
    `  ${engine}: ready in ${Math.round(readyMs)} ms, a click acknowledged in ${Math.round(ackMs)} ms\n`,
  );
  bot.say({ kind: 'stop' });
  await bot.hear();
  await bot.end();
  ear.close();
  await checkKept(store, copies, count);
  await scene.close();
  return {
    name: `first start on a store of 9cc6796 with ${count.toLocaleString('en')} finished, ${engine}, ${(size / 1e9).toFixed(1)} GB`,
    value: readyMs,
    unit: 'ms',
    floor: 60_000,
    floorName: 'the limit of 60 s',
    target: 1,
  };
}

function idInCommand(number) {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

async function load(address) {
  await onDatabase(address, (client) => client.query(readFileSync(fixture('scenes.postgres.sql'), 'utf8')));
}

async function sizeOf(address) {
  const measured = 'select pg_database_size(current_database()) as size';
  const { rows } = await onDatabase(address, (client) => client.query(measured));
  return Number(rows[0].size);
}

async function onDatabase(address, work) {
  const at = new URL(address);
  at.password = password;
  const client = new pg.Client({ connectionString: at.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Throws unless every row is still there, and copies are read as what they were. */
async function checkKept(place, copies, count) {
  const after = await countRows(place, Object.keys(copies), password);
  for (const [table, rows] of Object.entries(copies))
    if (after[table] < rows) throw new Error(`Of ${rows} copies in ${table}, ${after[table]} are left.`);
  const store = await openStore(place, { password });
  const last = idOf(count);
  const approval = await store.findApproval(`past-${last}`);
  const votes = await store.listVotes(`past-${last}`);
  await store.close();
  if (approval?.state.ending?.kind !== 'approved' || votes.length !== 1)
    throw new Error('The last copy is not read as an approval that was approved.');
}
