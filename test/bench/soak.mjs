// node test/bench/soak.mjs [--minutes=30]: lets a bot work on end, and says whether memory, descriptors and store stay as they are.
// By hand: it takes as long as it says, longer on a busy machine, or until it is interrupted after a minute. Every minute its clock is set on by eight days, and what was over before is removed.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './children.mjs';
import { clickOn, posted, send } from './click-load.mjs';
import { openEar } from './ear.mjs';
import { median, pause } from './measure.mjs';
import { openScene, settingsOf, startInstances } from './scene.mjs';

const minutes = Number(process.argv.find((one) => one.startsWith('--minutes='))?.split('=')[1] ?? 30);
const dayMs = 24 * 60 * 60_000;
/** What is kept for seven days is over for longer after a minute. */
const stepMs = 8 * dayMs;
const everyMs = 3_000;

let offsetMs = 0;
const now = () => Date.now() + offsetMs;
const scene = await openScene({ approvers: 20, now });
const { slack, command, people, folder } = scene;
const ear = await openEar();
const bot = startChild('bot-child.mjs');
const say = async (message) => {
  bot.say(message);
  return bot.hear();
};
const { port } = await say({ kind: 'start', settings: settingsFor(3), jobs: 'cron' });
const seen = { requests: 0, clicks: 0, faults: 0, failed: 0, reloads: 0 };
const measured = [];
process.stdout.write('| Minute | RSS after gc | Heap | Descriptors | Store | Approvals open | Seen |\n');
process.stdout.write('| -----: | -----------: | ---: | ----------: | ----: | -------------: | :--- |\n');
let isEnding = false;
process.once('SIGINT', () => {
  isEnding = true;
});
for (let minute = 1; minute <= minutes && !isEnding; minute += 1) {
  const untilMs = Date.now() + 48_000;
  for (let round = 0; Date.now() < untilMs; round += 1) await playRound(round, minute);
  await quiet();
  await reload(minute);
  await say({ kind: 'advance', ms: stepMs });
  offsetMs += stepMs;
  await say({ kind: 'remove-old' });
  measured.push(await measure(minute));
}
await say({ kind: 'stop' });
await bot.end();
ear.close();
await scene.close();
process.stdout.write(`\n${JSON.stringify(seen)}\n`);
const verdicts = [
  verdict('RSS after gc', ({ rssMb }) => rssMb, 1.15),
  verdict('descriptors', ({ descriptors }) => descriptors, 1.1),
  verdict('store', ({ storeMb }) => storeMb, 1.15),
];
process.stdout.write(`${verdicts.map(({ text }) => text).join('\n')}\n`);
process.exitCode = verdicts.every(({ isFlat }) => isFlat) ? 0 : 1;

/** One new request, a click on each card that waits, and now and then something that goes wrong. */
async function playRound(round, minute) {
  const beganMs = Date.now();
  const [run] = await startInstances(command, 1);
  seen.requests += 1;
  const path = '/Signals';
  const faults = ['http-503', 'drop-after-effect', 'http-500', 'slow'];
  if (round % 5 === 1) command.fail({ method: 'POST', path, fault: faults[minute % faults.length] });
  if (round % 5 === 2) command.fail({ method: 'GET', fault: 'http-500', times: 3 });
  if (round % 5 === 3) slack.fail({ method: 'chat.update', fault: 'ratelimited' });
  if (round % 5 > 0 && round % 5 < 4) seen.faults += 1;
  if (round % 6 === 5) {
    command.failInstance(run, `The certificate authority said no: ${round % 3}`);
    seen.failed += 1;
  }
  for (const [index, card] of posted(slack).entries()) {
    const { id } = people[(round + index) % people.length];
    const click = clickOn(slack, { card, userId: id, responseUrl: ear.url });
    await send(port, undefined, slack.app.signingSecret, click);
    seen.clicks += 1;
  }
  await pause(Math.max(0, beganMs + everyMs - Date.now()));
}

/** Waits until nothing waits any more, so that the clock can be set on. */
async function quiet() {
  command.clearFaults();
  const waits = () => command.instances().filter(({ status }) => status === 'Suspended').length;
  for (let second = 0; second < 60 && waits() > 0; second += 1) {
    for (const card of posted(slack)) {
      const click = clickOn(slack, { card, userId: people[0].id, responseUrl: ear.url });
      await send(port, undefined, slack.app.signingSecret, click);
    }
    await pause(1_000);
  }
}

/** Loads settings anew, of which one is another than before. */
async function reload(minute) {
  const { result } = await say({ kind: 'reload', settings: settingsFor(3 + (minute % 2)) });
  if (result === 'applied') seen.reloads += 1;
}

async function measure(minute) {
  const { rssMb, heapMb } = await say({ kind: 'memory' });
  const descriptors = readdirSync(`/proc/${bot.pid}/fd`).length;
  const files = readdirSync(folder).filter((name) => name.startsWith('countersign.db'));
  const storeMb = files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6;
  const open = command.instances().filter(({ status }) => status === 'Suspended').length;
  const cells = [
    minute,
    `${rssMb.toFixed(0)} MB`,
    `${heapMb.toFixed(0)} MB`,
    descriptors,
    `${storeMb.toFixed(1)} MB`,
    open,
  ];
  process.stdout.write(`| ${cells.join(' | ')} | ${JSON.stringify(seen)} |\n`);
  return { rssMb, descriptors, storeMb };
}

/** Compares the middle of the last third with that of the second: in the first it is still warming up. */
function verdict(name, read, most) {
  const third = Math.max(1, Math.floor(measured.length / 3));
  const values = measured.map(read);
  const before = median(values.slice(-2 * third, -third));
  const after = median(values.slice(-third));
  const isFlat = after <= before * most;
  const text = `${isFlat ? '✓' : '✗'} ${name}: ${before.toFixed(1)} → ${after.toFixed(1)} (at most ${most} times)`;
  return { isFlat, text };
}

function settingsFor(unreachableAfter) {
  const { file, env } = settingsOf(scene, { mode: 'http', every: '5s' });
  const settings = {
    ...JSON.parse(file),
    alerts: { enabled: 'on' },
    decisions: { receipts: 'all' },
    retention: { approvals: '7d', alerts: '7d', changes: '7d', ledger: '7d' },
  };
  settings.observe.unreachableAfter = unreachableAfter;
  const key = '5d0c1b7e9a4f62388e17c3d5b09fa6427715ecd8f3a0b96421dc58e7c46f0a92';
  return { file: JSON.stringify(settings), env: { ...env, COUNTERSIGN_LEDGER_KEY: key } };
}
