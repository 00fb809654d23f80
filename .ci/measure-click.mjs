// Approves one card with one click, in a real bot between simulators, and prints the bot's own files that the click
// entered, one a line: those of which a function was called between the press and the card that tells the end. It
// runs what is in dist/. Nothing but the click sets the bot to work meanwhile: its jobs are run by hand.
import { existsSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { openScene, places, settingsOf, startInstances } from '../test/bench/scene.mjs';
import { isSandbox } from './measured-files.mjs';

const dist = new URL('../dist/', import.meta.url).href;

/** Where the parts of the bot are compiled to; of two places the first that is there. */
const parts = {
  bot: ['bot.js'],
  config: ['config.js'],
  log: ['log.js'],
  start: ['cli/start.js', 'commands/start.js'],
};

/** Loads a part of the bot; only after counting has begun, so that every function is counted. */
function load(part) {
  const place = parts[part].find((path) => existsSync(new URL(path, dist)));
  if (!place)
    throw new Error(`dist/ has no ${parts[part].join(' or ')}; build first, or correct the table of parts.`);
  return import(new URL(place, dist).href);
}

/** Counts calls from now on; the returned function gives the source files entered since it was last called. */
async function countCalls() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => url.startsWith(dist))
      .filter(({ functions }) => calledOf(functions).length > 0)
      .map(({ url }) => `src/${url.slice(dist.length).replace(/\.js$/, '.ts')}`)
      .filter((path) => !isSandbox(path))
      .sort();
  };
}

/** Gives the functions that were called, without the one that is the whole file: that one is an import. */
function calledOf(functions) {
  return functions.filter(
    ({ functionName, ranges: [whole] }) => whole.count > 0 && (functionName !== '' || whole.startOffset > 0),
  );
}

async function startBot(scene) {
  const [{ startBot: start }, { loadSettings }, { createLog }, { realRuntime }] = await Promise.all(
    ['bot', 'config', 'log', 'start'].map(load),
  );
  const { file, env } = settingsOf(scene);
  const settings = loadSettings({ file: 'measure.yml', env, readFile: () => Buffer.from(file) });
  return start(
    { ...settings, http: { ...settings.http, port: 0 } },
    { ...realRuntime(createLog({ level: 'error' })), jobs: 'by-hand' },
  );
}

const entered = await countCalls();
const scene = await openScene();
const { slack, command, people } = scene;
const bot = await startBot(scene);
await startInstances(command, 1);
await bot.observe();
const [card] = slack.messages(places.pki);
const { channel, ts, blocks } = card;
await entered();
const end = slack.waitForMessage(
  (one) => one.ts === ts && JSON.stringify(one.blocks).includes(`Approved by ${people[0].name}`),
  { whatFor: 'the card that tells the end' },
);
await slack.click({ as: people[0].id, channel, ts, actionId: 'approval.approve', from: blocks });
await end;
const files = await entered();
await bot.stop();
await scene.close();
process.stdout.write(files.map((path) => `${path}\n`).join(''));
