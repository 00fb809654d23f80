import { startChild } from './children.mjs';
import { median } from './measure.mjs';
import { openScene, settingsOf } from './scene.mjs';

/** What a bot needs to start and to stand there, beside a process that only imports the same and opens a store. */
export async function measureResting({ runs, tracked }) {
  const scene = await openScene();
  const starts = [];
  for (let run = 0; run < runs; run += 1) {
    const bot = startChild('bot-child.mjs');
    bot.say({ kind: 'start', settings: settingsOf(scene, { store: `${scene.folder}/start-${run}.db` }) });
    starts.push((await bot.hear()).readyMs);
    await bot.end();
  }
  const floors = [];
  for (let run = 0; run < runs; run += 1) {
    const bare = startChild('floor-child.mjs');
    bare.say({ kind: 'bare', file: `${scene.folder}/bare-${run}.db` });
    floors.push(await bare.hear());
    await bare.end();
  }
  await scene.close();
  return [
    {
      name: 'start → ready',
      value: median(starts),
      spread: starts,
      unit: 'ms',
      floor: median(floors.map(({ readyMs }) => readyMs)),
      floorName: 'bare imports and a store',
      target: 1.5,
    },
    {
      name: `memory with ${tracked.count} tracked`,
      value: tracked.rssMb,
      unit: 'MB',
      floor: median(floors.map(({ rssMb }) => rssMb)),
      floorName: 'bare imports and a store',
      target: 1.4,
    },
  ];
}
