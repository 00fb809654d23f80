import { join } from 'node:path';
import Database from 'libsql';
import { startChild } from './children.mjs';
import { pause } from './measure.mjs';
import { openScene, places, settingsOf, startInstances } from './scene.mjs';

/** How soon everybody can reach all that waits when very many requests come at once, and whether Slack has to say no. */
export async function measureFlood({ isShort, count = isShort ? 60 : 500 }) {
  const limitMs = count > 1_000 ? 60_000 : 30_000;
  const scene = await openScene();
  const { slack, command } = scene;
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings: settingsOf(scene, { every: '1s' }), jobs: 'cron' });
  await bot.hear();
  const beganMs = performance.now();
  await startInstances(command, count);
  // The digest's button shows everybody what is stored.
  await slack.waitFor(
    () => slack.messages(places.pki).find(({ text }) => text.includes('wait without a card')),
    { whatFor: 'the digest', timeoutMs: 10 * limitMs },
  );
  const store = new Database(join(scene.folder, 'countersign.db'), { readonly: true });
  const counting = store.prepare('select count(*) as stored from approvals where is_open = 1');
  while (counting.get().stored < count) await pause(100);
  store.close();
  const reachableMs = performance.now() - beganMs;
  await bot.end();
  const refusals = slack.calls.filter(({ error }) => error === 'ratelimited').length;
  await scene.close();
  return [
    {
      name: `${count} new requests at once: the last can be reached`,
      value: reachableMs,
      unit: 'ms',
      floor: limitMs,
      floorName: `the limit of ${limitMs / 1_000} s`,
      target: 1,
    },
    {
      name: `calls Slack refused for their pace, ${count} at once`,
      value: refusals,
      unit: '',
      floor: 0,
      floorName: 'none',
      target: 0,
    },
  ];
}
