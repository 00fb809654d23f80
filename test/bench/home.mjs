import { loadSettings } from '../../dist/config.js';
import { openStore } from '../../dist/stores/index.js';
import { composeHome } from '../../dist/use-cases/home.js';
import { startChild } from './children.mjs';
import { cpuMsOf, median, quantile } from './measure.mjs';
import { openScene, settingsOf, startInstances } from './scene.mjs';

/** How long a Home takes to be drawn, and how long twenty approvals in one window wait for their acknowledgement. */
export async function measureHome({ isShort }) {
  return [await measureDrawing({ isShort }), await measureBulk({ isShort })];
}

async function measureDrawing({ isShort }) {
  const waiting = 1_000;
  const scene = await openScene();
  await startInstances(scene.command, waiting);
  const bot = startChild('bot-child.mjs');
  const settings = settingsOf(scene);
  bot.say({ kind: 'start', settings });
  await bot.hear();
  // What waits is taken up over several polls.
  for (let poll = 0; poll < 5; poll += 1) {
    bot.say({ kind: 'observe' });
    await bot.hear();
  }
  bot.say({ kind: 'stop' });
  await bot.hear();
  await bot.end();
  const { env, file } = settings;
  const { policy, store: place } = loadSettings({
    file: 'bench.yml',
    env,
    readFile: () => Buffer.from(file),
  });
  const store = await openStore(place);
  const backend = { system: 'corp', label: 'Command', linkTo: () => undefined };
  const context = { store, policy, now: Date.now, backends: new Map([['corp', backend]]) };
  const [{ id, name }] = scene.people;
  const person = { id: { teamId: scene.slack.team.id, userId: id }, name, membership: 'member' };
  const taken = [];
  for (let run = 0; run < (isShort ? 10 : 40); run += 1) {
    let page;
    taken.push(
      await cpuMsOf(async () => {
        page = await composeHome({ context, person }, 1);
      }),
    );
    if (page.waiting.total !== waiting) throw new Error(`${page.waiting.total} wait, not ${waiting}`);
  }
  await store.close();
  await scene.close();
  const [, , , ...warm] = taken;
  return {
    name: 'a Home with 1,000 waiting drawn, processor time',
    value: median(warm),
    spread: warm,
    unit: 'ms',
    floor: 50,
    floorName: 'the limit of 50 ms',
    target: 1,
  };
}

async function measureBulk({ isShort }) {
  const rounds = isShort ? 3 : 15;
  const scene = await openScene();
  const { slack, command } = scene;
  await startInstances(command, 20 * rounds);
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings: settingsOf(scene, { mode: 'http' }), jobs: 'cron' });
  const { port } = await bot.hear();
  await slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
  const [{ id: as }] = scene.people;
  const isOffered = () => JSON.stringify(slack.home(as)?.view ?? {}).includes('home.several');
  const patient = { timeoutMs: 60_000 };
  const acked = [];
  for (let round = 0; round < rounds; round += 1) {
    const wanted = 20 * (round + 1);
    await slack.openHome(as);
    await slack.waitFor(isOffered, { ...patient, whatFor: 'a Home with several' });
    const window = await bulkWindow(slack, as);
    const { result } = await slack.submitView({ as, viewId: window.id, values: allTicked(window) });
    // What the request took by itself; the rest is the simulator, which is in this process.
    acked.push(slack.traffic().findLast(({ name }) => name.endsWith('view_submission')).durationMs);
    if (result !== 'closed') throw new Error(`The window was answered with ${result}`);
    await command.waitFor(() => command.effectiveSignals.length === wanted, 60_000);
  }
  await bot.end();
  await scene.close();
  return {
    name: `20 approvals in one window → ack, p99 of ${rounds}`,
    value: quantile(acked.slice(1), 0.99),
    spread: acked.slice(1),
    unit: 'ms',
    floor: 25,
    floorName: 'the limit of 25 ms',
    target: 1,
  };
}

/** Nothing is ticked when the window opens. */
function allTicked({ view: { blocks } }) {
  const boxes = blocks.filter(({ element }) => element?.type === 'checkboxes');
  return Object.fromEntries(
    boxes.map(({ block_id: block, element: { action_id: action, options } }) => [
      block,
      { [action]: { type: 'checkboxes', selected_options: options } },
    ]),
  );
}

/** Opens the window again until it has twenty: those whose card or digest is not posted yet are left out. */
async function bulkWindow(slack, as) {
  for (;;) {
    const home = slack.home(as);
    const row = home.view.blocks.find(({ block_id: block }) => block?.startsWith('home.several'));
    await slack.clickInView({ as, viewId: home.id, blockId: row.block_id, actionId: 'home.several' });
    const window = await slack.waitFor(() => slack.views(as).at(-1), { whatFor: 'the window' });
    if (window.view.blocks.filter(({ type }) => type === 'input').length === 21) return window;
    await slack.closeView({ as, viewId: window.id });
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
