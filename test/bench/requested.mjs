import { startChild } from './children.mjs';
import { pause, quantile } from './measure.mjs';
import { openScene, places, settingsOf, startInstances } from './scene.mjs';

const waiting = 100;

/** How long a request waits for its card with the settings as they come, and what that costs the server. */
export async function measureRequested({ isShort }) {
  const count = isShort ? 4 : 30;
  const scene = await openScene();
  const { slack, command } = scene;
  await startInstances(command, waiting - count);
  const bot = startChild('bot-child.mjs');
  const channel = `${places.pki}`;
  bot.say({ kind: 'start', settings: settingsOf(scene), jobs: 'cron' });
  await bot.hear();
  const cards = () => slack.messages(channel).length;
  await slack.waitFor(() => cards() > waiting - count || undefined, {
    whatFor: 'all cards',
    timeoutMs: 600_000,
  });
  await pause(3_000);
  const still = await requestsIn(command, isShort ? 15_000 : 60_000);
  const waits = [];
  for (let request = 0; request < count; request += 1) {
    // At any moment between two peeks.
    await pause(2_000 + Math.random() * 2_000);
    const before = cards();
    const beganMs = performance.now();
    await startInstances(command, 1);
    await slack.waitFor(() => cards() > before || undefined, { whatFor: 'the card', timeoutMs: 60_000 });
    waits.push(performance.now() - beganMs);
  }
  await bot.end();
  await scene.close();
  const about = `of ${count}, ${waiting} waiting`;
  return [
    row(`request → card, p50 ${about}`, quantile(waits, 0.5), 'ms', [2_000, 'the limit of 2 s']),
    row(`request → card, p99 ${about}`, quantile(waits, 0.99), 'ms', [4_000, 'the limit of 4 s']),
    row('requests a minute while nothing changes, without pages', still, '', [40, 'the limit']),
  ];
}

function row(name, value, unit, [floor, floorName]) {
  return { name, value, unit, floor, floorName, target: 1 };
}

/** Counts requests a minute, but for the pages of the list: a peek is one row of it. */
async function requestsIn(command, ms) {
  const before = command.requests.length;
  await pause(ms);
  const isPage = ({ path, query }) => path.endsWith('/AssignedToMe') && !/ReturnLimit=1(&|$)/.test(query);
  const requests = command.requests.slice(before).filter((request) => !isPage(request));
  return (requests.length * 60_000) / ms;
}
