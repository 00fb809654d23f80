import Database from 'libsql';
import { startChild } from './children.mjs';
import { openScene, settingsOf, startInstances } from './scene.mjs';

/** What a bot holds in memory that follows very many workflows, beside a process that only imports the same. */
export async function measureTracked({ isShort }) {
  const count = isShort ? 2_000 : 100_000;
  const nowMs = Date.now();
  // All changed at the same time, so that one approval tells what all the others would look like.
  const scene = await openScene({ now: () => nowMs });
  const store = `${scene.folder}/tracked.db`;
  const settings = settingsOf(scene, { store });
  const file = JSON.parse(settings.file);
  file.keyfactor[0].pageSize = 1_000;
  const changed = { ...settings, file: JSON.stringify(file) };
  const [first] = await startInstances(scene.command, 1);
  await polled(changed, 1);
  const others = await startInstances(scene.command, count - 1);
  copyApproval(store, first, others);
  const before = scene.command.requests.length;
  const { rssMb, peakMb } = await polled(changed, 2);
  process.stderr.write(`  ${Math.round(peakMb)} MB at most while polling\n`);
  const details = scene.command.requests
    .slice(before)
    .filter(({ path }) => /\/Workflow\/Instances\/[0-9a-f-]{36}/i.test(path)).length;
  if (details > 0) throw new Error(`${details} were read again: they are not tracked.`);
  const bare = startChild('floor-child.mjs');
  bare.say({ kind: 'bare', file: `${scene.folder}/bare.db` });
  const floor = await bare.hear();
  await bare.end();
  await scene.close();
  return [
    {
      name: `memory with ${count.toLocaleString('en')} tracked`,
      value: rssMb,
      unit: 'MB',
      floor: floor.rssMb,
      floorName: 'bare imports and a store',
      target: 1.8,
    },
  ];
}

/** Lets a bot poll, and gives what it holds then and held at most. */
async function polled(settings, polls) {
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings });
  await bot.hear();
  for (let poll = 0; poll < polls; poll += 1) {
    bot.say({ kind: 'observe' });
    await bot.hear();
  }
  bot.say({ kind: 'memory' });
  const usage = await bot.hear();
  bot.say({ kind: 'stop' });
  await bot.hear();
  await bot.end();
  return usage;
}

function copyApproval(file, from, to) {
  const database = new Database(file);
  const row = database.prepare('select * from approvals where instance_id = ?').get(from);
  const { number: _counted, _metadata, ...given } = row;
  const columns = Object.keys(given);
  const insert = database.prepare(
    `insert into approvals (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  );
  database.transaction(() => {
    for (const id of to) {
      const change = { id: `copy-${id}`, instance_id: id, body: given.body.replaceAll(from, id) };
      insert.run(Object.values({ ...given, ...change }));
    }
  })();
  database.close();
}
