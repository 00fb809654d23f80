import { writeFileSync } from 'node:fs';
import { sql } from 'kysely';
import { openPlace } from '../../dist/stores/index.js';
import { startChild } from './children.mjs';
import { openScene, settingsOf, startInstances } from './scene.mjs';

/** How long a change of the rules takes to be simulated on many stored requests, and in how much memory. */
export async function measureSimulating({ isShort }) {
  const count = isShort ? 2_000 : 100_000;
  const scene = await openScene({ approvers: 5 });
  const store = `${scene.folder}/simulating.db`;
  await startInstances(scene.command, 1);
  const settings = settingsOf(scene, { store, quorum: 2 });
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings });
  await bot.hear();
  bot.say({ kind: 'observe' });
  await bot.hear();
  bot.say({ kind: 'memory' });
  const { rssMb } = await bot.hear();
  bot.say({ kind: 'stop' });
  await bot.hear();
  await bot.end();
  await multiply(store, count);
  const [current, file] = [`${scene.folder}/current.yml`, `${scene.folder}/new.yml`];
  writeFileSync(current, settings.file);
  writeFileSync(file, settingsOf(scene, { store, quorum: 1 }).file);
  const child = startChild('simulate-child.mjs');
  child.say({ command: { file, current, env: settings.env } });
  const { code, tookMs, peakMb } = await child.hear();
  await child.end();
  await scene.close();
  if (code !== 3) throw new Error(`The simulation ended with ${code}`);
  const name = `simulation over ${count} stored requests`;
  return [
    { name, value: tookMs / 1_000, unit: 's', floor: 60, floorName: 'the limit of 60 s', target: 1 },
    {
      name: `${name}, memory at most`,
      value: peakMb,
      unit: 'MB',
      floor: rssMb,
      floorName: 'the bot at rest',
      target: 1.5,
    },
  ];
}

/** Stores the only request again and again, as other runs. */
async function multiply(place, count) {
  const { db, close } = await openPlace(place);
  await sql`insert into approvals
      (id, system, instance_id, step, attempt, version, is_open, state, fingerprint, is_assigned, body)
    with recursive copies(n) as (select 1 union all select n + 1 from copies where n < ${count - 1})
    select id || n, system, instance_id || n, step, attempt, version, is_open, state, fingerprint, is_assigned, body
    from approvals, copies`.execute(db);
  await close();
}
