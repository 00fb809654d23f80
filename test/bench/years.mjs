import { rmSync } from 'node:fs';
import { startChild } from './children.mjs';
import { clickAtRate, clickOn, posted, send } from './click-load.mjs';
import { openEar } from './ear.mjs';
import { addHistory } from './history.mjs';
import { median, pause, quantile } from './measure.mjs';
import { password, startPostgres } from './replicas.mjs';
import { openScene, settingsOf, startInstances } from './scene.mjs';

/** What a million finished approvals cost on an engine: at rest, at a click and at a start, beside a store with one. */
export async function measureYears(engine, { isShort, runs }) {
  const count = isShort ? 20_000 : 1_000_000;
  const server = engine === 'SQLite' ? undefined : await startPostgres();
  const measured = await measureEngine(engine, { count, isShort, runs, server });
  await server?.stop();
  return rowsOf(engine, count, measured);
}

async function measureEngine(engine, { count, isShort, runs, server }) {
  const scene = await openScene({ approvers: 41 });
  const stores = [];
  for (const past of [0, count]) {
    const store = server ? await server.newDatabase() : `${scene.folder}/years-${past}.db`;
    await finishOne(scene, store);
    const beganMs = performance.now();
    if (past > 0) await addHistory(store, past, password);
    process.stderr.write(
      `  ${engine}, ${past} finished, made in ${Math.round(performance.now() - beganMs)} ms\n`,
    );
    stores.push(store);
  }
  const [empty, full] = stores;
  const starts = { empty: [], full: [] };
  for (let run = 0; run < runs; run += 1) {
    starts.empty.push((await startOf(scene, empty)).readyMs);
    starts.full.push((await startOf(scene, full)).readyMs);
  }
  const floors = [];
  for (let run = 0; run < runs; run += 1) {
    const bare = startChild('floor-child.mjs');
    bare.say({ kind: 'bare', file: `${scene.folder}/bare-${run}.db` });
    floors.push((await bare.hear()).readyMs);
    await bare.end();
  }
  const rest = await atRest(scene, stores, isShort ? 5_000 : 30_000);
  const clicks = [];
  for (const store of stores) clicks.push(await clicksOn(scene, store, isShort));
  await scene.close();
  for (const store of stores) rmSync(store, { force: true });
  return { starts, floors, rest, clicks };
}

function rowsOf(engine, count, { starts, floors, rest, clicks }) {
  const years = `${count.toLocaleString('en')} finished, ${engine}`;
  const start = {
    name: `start → ready with ${years}`,
    value: median(starts.full),
    spread: starts.full,
    unit: 'ms',
    floor: median(floors),
    floorName: `bare imports and a store; ${median(starts.empty).toFixed(0)} ms with one`,
    target: 1.3,
  };
  return [
    {
      name: `at rest with ${years}, processor time a second`,
      value: rest[1],
      unit: 'ms',
      floor: rest[0],
      floorName: 'the same with one',
      target: 1.2,
    },
    {
      name: `click → ack, p50, with ${years}`,
      value: quantile(clicks[1], 0.5),
      unit: 'ms',
      floor: quantile(clicks[0], 0.5),
      floorName: 'the same with one',
      target: 1.2,
    },
    ...(engine === 'SQLite' ? [start] : []),
  ];
}

function settingsFor(scene, store) {
  const settings = settingsOf(scene, { mode: 'http', store });
  return { ...settings, env: { ...settings.env, COUNTERSIGN_STORE_PASSWORD: password } };
}

async function startOf(scene, store) {
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings: settingsFor(scene, store) });
  const started = await bot.hear();
  await bot.end();
  return started;
}

async function startWorking(scene, store) {
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings: settingsFor(scene, store), jobs: 'cron' });
  const { port } = await bot.hear();
  return { bot, port };
}

/** Has one request approved, so that the store holds all that a finished approval leaves. */
async function finishOne(scene, store) {
  const { slack, command } = scene;
  const before = posted(slack).map(({ ts }) => ts);
  const [run] = await startInstances(command, 1);
  const { bot, port } = await startWorking(scene, store);
  const fresh = () => posted(slack).find(({ ts }) => !before.includes(ts));
  const card = await slack.waitFor(fresh, { whatFor: 'the card', timeoutMs: 60_000 });
  const ear = await openEar();
  const click = clickOn(slack, { card, userId: scene.people[0].id, responseUrl: ear.url });
  await send(port, undefined, slack.app.signingSecret, click);
  await command.waitFor(() => command.instance(run).status === 'Complete', 60_000);
  await slack.waitFor(() => !posted(slack).some(({ ts }) => ts === card.ts) || undefined, {
    whatFor: 'the card without buttons',
    timeoutMs: 60_000,
  });
  ear.close();
  // The outcome is written down after the card was edited.
  await pause(2_000);
  bot.say({ kind: 'stop' });
  await bot.hear();
  await bot.end();
}

/** Measures both at the same time, so that what else the machine does falls on either. */
async function atRest(scene, stores, ms) {
  const working = await Promise.all(stores.map((store) => startWorking(scene, store)));
  const cpu = async ({ bot }) => {
    bot.say({ kind: 'cpu' });
    return (await bot.hear()).cpuMs;
  };
  await pause(3_000);
  const before = await Promise.all(working.map(cpu));
  await pause(ms);
  const after = await Promise.all(working.map(cpu));
  await Promise.all(working.map(({ bot }) => bot.end()));
  return after.map((cpuMs, index) => ((cpuMs - before[index]) * 1_000) / ms);
}

/** Measures presses of many people on a few cards. */
async function clicksOn(scene, store, isShort) {
  const { slack, command, people } = scene;
  const cards = isShort ? 4 : 10;
  const before = posted(slack).map(({ ts }) => ts);
  await startInstances(command, cards);
  const settings = settingsFor(scene, store);
  const file = JSON.parse(settings.file);
  file.approvers[0].quorum = people.length;
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings: { ...settings, file: JSON.stringify(file) }, jobs: 'cron' });
  const { port } = await bot.hear();
  const fresh = () => posted(slack).filter(({ ts }) => !before.includes(ts));
  await slack.waitFor(() => fresh().length === cards || undefined, {
    whatFor: 'the cards',
    timeoutMs: 120_000,
  });
  const ear = await openEar();
  // One short of the quorum: nothing is sent meanwhile.
  const clicks = fresh().flatMap((card) =>
    people.slice(1).map(({ id }) => clickOn(slack, { card, userId: id, responseUrl: ear.url })),
  );
  const times = await clickAtRate({ port, secret: slack.app.signingSecret, clicks, perSecond: 50 });
  await ear.until(clicks.length);
  ear.close();
  await bot.end();
  for (const { id } of command.instances().filter(({ status }) => status === 'Suspended'))
    command.stopInstance(id, 'KEYEXAMPLE\\requester');
  return times;
}
