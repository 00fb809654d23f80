import Database from 'libsql';
import { noKey } from '../../dist/domain/ledger.js';
import { openStore } from '../../dist/stores/index.js';
import { removeOld } from '../../dist/use-cases/retention.js';
import { startChild } from './children.mjs';
import { clickOn, send } from './click-load.mjs';
import { openEar } from './ear.mjs';
import { pause } from './measure.mjs';
import { openScene, places, settingsOf, startInstances } from './scene.mjs';

/** Stands among tables for the pages of all of them. */
const allPages = 'pages after vacuum';
const week = 7 * 24 * 3_600_000;

/** What an approval with one vote takes in a file of SQLite once it is packed, and what the ledger takes of it. */
export async function measureSizing({ isShort }) {
  const count = isShort ? 20 : 60;
  const scene = await openScene({ approvers: 1 });
  const store = `${scene.folder}/sizing.db`;
  await startInstances(scene.command, 1);
  await approveAll(scene, store, 1);
  await packed(store);
  const before = sizesOf(store);
  await startInstances(scene.command, count);
  await approveAll(scene, store, count);
  const plain = sizesOf(store);
  await packed(store);
  const after = sizesOf(store);
  await scene.close();
  const rows = [...after.keys()]
    .map((table) => ({
      table,
      plain: grown(plain, before, table) / count,
      bytes: grown(after, before, table) / count,
    }))
    .filter(({ bytes }) => bytes > 4)
    .sort((a, b) => b.bytes - a.bytes);
  for (const { table, plain: was, bytes } of rows)
    process.stderr.write(`  ${table}: ${Math.round(bytes)} bytes, ${Math.round(was)} before it is packed\n`);
  const isLedger = ({ table }) => table.startsWith('ledger') || table.includes('_ledger_');
  const sum = (some) => some.reduce((total, { bytes }) => total + bytes, 0) / 1_024;
  return [
    ['an approval with one vote, packed', rows.filter((row) => !isLedger(row) && row.table !== allPages), 6],
    ['its records in the ledger', rows.filter(isLedger), 4],
  ].map(([name, some, floor]) => ({
    name,
    value: sum(some),
    unit: 'KB',
    floor,
    floorName: `the limit of ${floor} KB`,
    target: 1,
  }));
}

function grown(after, before, table) {
  return (after.get(table) ?? 0) - (before.get(table) ?? 0);
}

/** Has all that waits decided by one vote each, and every card edited. */
async function approveAll(scene, store, count) {
  const { slack, command } = scene;
  const settings = settingsOf(scene, { mode: 'http', store, every: '5s' });
  const file = JSON.parse(settings.file);
  delete file.decisions;
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings: { ...settings, file: JSON.stringify(file) }, jobs: 'cron' });
  const { port } = await bot.hear();
  const waiting = () => command.instances().filter(({ status }) => status === 'Suspended').length;
  const withButtons = () =>
    slack
      .messages(places.pki)
      .filter(({ isFromApp, blocks }) => isFromApp && JSON.stringify(blocks).includes('approval.approve'));
  const ear = await openEar();
  const clicked = new Set();
  while (clicked.size < count) {
    const card = await slack.waitFor(() => withButtons().find(({ ts }) => !clicked.has(ts)), {
      whatFor: 'a card',
      timeoutMs: 60_000,
    });
    clicked.add(card.ts);
    await send(
      port,
      undefined,
      slack.app.signingSecret,
      clickOn(slack, { card, userId: scene.people[0].id, responseUrl: ear.url }),
    );
    await slack.waitFor(() => withButtons().every(({ ts }) => ts !== card.ts) || undefined, {
      whatFor: 'the edit of a card',
      timeoutMs: 60_000,
    });
  }
  await command.waitFor(() => waiting() === 0 || undefined);
  // The outcome is written down after the card was edited, and receipts come after that.
  await pause(15_000);
  ear.close();
  bot.say({ kind: 'stop' });
  await bot.hear();
  await bot.end();
}

async function packed(file) {
  const store = await openStore(file, {});
  const now = () => Date.now() + 2 * week;
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  await removeOld(
    { store, now, log, replicaId: 'bench', signer: { keyId: noKey } },
    { times: {}, signerOf: () => undefined, anchoring: {} },
  );
  await store.close();
}

/** The bytes in use by table and index, what is free in pages not counted; and those of all pages of a file made anew. */
function sizesOf(file) {
  const database = new Database(file);
  const tables = database
    .prepare('select name, sum(pgsize - unused) as bytes from dbstat group by name')
    .all();
  database.exec('vacuum');
  const [{ pages }] = database.prepare('select sum(pgsize) as pages from dbstat').all();
  database.close();
  return new Map([...tables.map(({ name, bytes }) => [name, bytes]), [allPages, pages]]);
}
