import { startChild } from './children.mjs';
import { median } from './measure.mjs';
import { openScene, settingsOf, startInstances } from './scene.mjs';

const pageSize = 100;

/** What a look at many unchanged waiting workflows costs, beside bare reads of the same pages. */
export async function measureObserving({ isShort, runs }) {
  const count = isShort ? 300 : 10_000;
  const scene = await openScene();
  await startInstances(scene.command, count);
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings: settingsOf(scene) });
  await bot.hear();
  const poll = async () => {
    bot.say({ kind: 'observe' });
    return (await bot.hear()).cpuMs;
  };
  const detailsSince = (from) =>
    scene.command.requests
      .slice(from)
      .filter(({ path }) => /\/Workflow\/Instances\/[0-9a-f-]{36}/i.test(path)).length;
  // A poll ends after a while, and the next one goes on.
  let before = 0;
  do {
    before = scene.command.requests.length;
    await poll();
  } while (detailsSince(before) > 0);
  before = scene.command.requests.length;
  const ours = [];
  for (let run = 0; run < runs; run += 1) ours.push(await poll());
  const requested = scene.command.requests.slice(before);
  const details = detailsSince(before);
  bot.say({ kind: 'memory' });
  const { rssMb } = await bot.hear();
  const floors = {};
  for (const kind of ['axios', 'fetch']) floors[kind] = await floorOf(kind, scene, { count, runs });
  await bot.end();
  await scene.close();
  const row = (kind) => ({
    name: `look at ${count} waiting and unchanged, processor time`,
    value: median(ours),
    spread: ours,
    unit: 'ms',
    floor: floors[kind],
    floorName: `${kind} + JSON.parse of ${Math.ceil(count / pageSize)} pages`,
    target: 1.5,
  });
  return {
    rssMb,
    count,
    rows: [
      row('axios'),
      row('fetch'),
      {
        name: 'detail calls during such looks',
        value: details,
        unit: '',
        floor: 0,
        floorName: 'none',
        target: 0,
      },
      {
        name: 'requests per look',
        value: requested.length / runs,
        unit: '',
        floor: Math.ceil(count / pageSize),
        floorName: 'pages',
        target: 1.5,
      },
    ],
  };
}

async function floorOf(kind, { commandUrl }, { count, runs }) {
  const child = startChild('floor-child.mjs');
  const token = Buffer.from('KEYEXAMPLE\\svc-countersign:open sesame please').toString('base64');
  const headers = {
    authorization: `Basic ${token}`,
    'x-keyfactor-requested-with': 'APIClient',
    'x-keyfactor-api-version': '1',
  };
  const pages = Array.from(
    { length: Math.ceil(count / pageSize) },
    (_, index) =>
      `/KeyfactorAPI/Workflow/Instances/AssignedToMe?PageReturned=${index + 1}&ReturnLimit=${pageSize}&SortField=ReferenceId&SortAscending=0`,
  );
  const times = [];
  for (let run = 0; run < runs; run += 1) {
    child.say({ kind, url: new URL(commandUrl).origin, headers, pages });
    times.push((await child.hear()).cpuMs);
  }
  await child.end();
  return median(times);
}
