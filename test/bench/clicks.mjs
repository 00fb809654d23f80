import { startChild } from './children.mjs';
import { clickAtRate, clickOn, posted, warmUp } from './click-load.mjs';
import { openEar } from './ear.mjs';
import { quantile } from './measure.mjs';
import { openScene, settingsOf, startInstances } from './scene.mjs';

const perSecond = 100;

/** How long a click waits for its acknowledgement while decisions are worked on, beside a bare Bolt app. */
export async function measureClicks({ isShort }) {
  const [cards, approvers] = isShort ? [6, 25] : [15, 40];
  const scene = await openScene({ approvers });
  const { slack, command } = scene;
  await startInstances(command, cards);
  const bot = startChild('bot-child.mjs');
  const settings = settingsOf(scene, { mode: 'http', quorum: approvers });
  bot.say({ kind: 'start', settings, jobs: 'cron' });
  const { port } = await bot.hear();
  await slack.waitFor(() => posted(slack).length === cards || undefined, {
    whatFor: 'the cards',
    timeoutMs: 120_000,
  });
  const ear = await openEar();
  const clicks = posted(slack).flatMap((card) =>
    scene.people.map(({ id }) => clickOn(slack, { card, userId: id, responseUrl: ear.url })),
  );
  const ours = await clickAtRate({ port, secret: slack.app.signingSecret, clicks, perSecond });
  // The press that fills a quorum is answered by the card.
  await ear.until(clicks.length - cards);
  const bare = startChild('floor-child.mjs');
  const { signingSecret, botToken } = slack.app;
  bare.say({ kind: 'bolt', signingSecret, botToken, slackApiUrl: scene.slackApiUrl });
  const floor = await clickAtRate({
    port: (await bare.hear()).port,
    secret: signingSecret,
    clicks,
    perSecond,
  });
  bare.say({ kind: 'commits', file: `${scene.folder}/commits.db`, count: 500 });
  const commit = await bare.hear();
  await Promise.all([bot.end(), bare.end()]);
  ear.close();
  await scene.close();
  const allowedP50 = quantile(floor, 0.5) + 2 * commit.p50;
  return [
    {
      name: `click → ack, p50 of ${clicks.length - warmUp} at ${perSecond}/s`,
      value: quantile(ours, 0.5),
      unit: 'ms',
      floor: allowedP50,
      floorName: 'bare Bolt and 2 commits to the disk',
      target: 1,
    },
    {
      name: 'click → ack, p99',
      value: quantile(ours, 0.99),
      unit: 'ms',
      floor: 25,
      floorName: 'the limit of 25 ms',
      target: 1,
    },
    {
      name: 'click → ack, slowest',
      value: Math.max(...ours),
      unit: 'ms',
      floor: 3_000,
      floorName: 'Slack’s limit of 3 s',
      target: 1,
    },
  ];
}
