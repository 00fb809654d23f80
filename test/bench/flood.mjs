import { startChild } from './children.mjs';
import { openScene, places, settingsOf, startInstances } from './scene.mjs';

/** How soon everybody can reach what waits when very many requests come at once, and whether Slack has to say no. */
export async function measureFlood({ isShort }) {
  const count = isShort ? 60 : 500;
  const scene = await openScene();
  const { slack, command } = scene;
  const bot = startChild('bot-child.mjs');
  bot.say({ kind: 'start', settings: settingsOf(scene, { every: '1s' }), jobs: 'cron' });
  await bot.hear();
  const beganMs = performance.now();
  await startInstances(command, count);
  await slack.waitFor(
    () => slack.messages(places.pki).find(({ text }) => text.includes('wait without a card')),
    {
      whatFor: 'the digest',
      timeoutMs: 60_000,
    },
  );
  const reachableMs = performance.now() - beganMs;
  await bot.end();
  const refusals = slack.calls.filter(({ error }) => error === 'ratelimited').length;
  await scene.close();
  return [
    {
      name: `${count} new requests at once: all can be reached`,
      value: reachableMs,
      unit: 'ms',
      floor: 30_000,
      floorName: 'the limit of 30 s',
      target: 1,
    },
    {
      name: 'calls Slack refused for their pace',
      value: refusals,
      unit: '',
      floor: 0,
      floorName: 'none',
      target: 0,
    },
  ];
}
