import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { startChild } from './children.mjs';
import { pause, quantile } from './measure.mjs';
import { openScene, places, settingsOf, startInstances } from './scene.mjs';

const perSecond = 100;
/** The first clicks run code that was never run before; a bot at work has run it. */
const warmUp = 100;

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
  const answers = createServer((_request, response) => response.end('ok'));
  answers.listen(0, '127.0.0.1');
  await once(answers, 'listening');
  const answerUrl = `http://127.0.0.1:${answers.address().port}/`;
  const clicks = posted(slack).flatMap((card) =>
    scene.people.map(({ id }) => pressOn(slack, { card, userId: id, answerUrl })),
  );
  const ours = await clickAtPace(port, slack.app.signingSecret, clicks);
  const bare = startChild('floor-child.mjs');
  const { signingSecret, botToken } = slack.app;
  bare.say({ kind: 'bolt', signingSecret, botToken, slackApiUrl: scene.slackApiUrl });
  const floor = await clickAtPace((await bare.hear()).port, signingSecret, clicks);
  bare.say({ kind: 'commits', file: `${scene.folder}/commits.db`, count: 500 });
  const commit = await bare.hear();
  await Promise.all([bot.end(), bare.end()]);
  answers.close();
  await scene.close();
  const allowedP50 = quantile(floor, 0.5) + 2 * commit.p50;
  return [
    {
      name: `click → ack, p50 of ${clicks.length - warmUp} at ${perSecond}/s`,
      value: quantile(ours, 0.5),
      unit: 'ms',
      floor: allowedP50,
      floorName: `bare Bolt ${quantile(floor, 0.5).toFixed(2)} ms + 2 commits of ${commit.p50.toFixed(2)} ms`,
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

function posted(slack) {
  return slack
    .messages(places.pki)
    .filter(({ isFromApp, blocks }) => isFromApp && JSON.stringify(blocks).includes('approval.approve'));
}

function pressOn(slack, { card: { channel, ts, blocks }, userId, answerUrl }) {
  const [, value] = /"action_id":"approval\.approve"[^}]*?"value":"([^"]+)"/.exec(flat(blocks)) ?? [];
  return {
    type: 'block_actions',
    user: { id: userId, team_id: slack.team.id, name: userId },
    team: { id: slack.team.id },
    channel: { id: channel },
    message: { ts, bot_id: slack.app.botId, user: slack.app.botUserId },
    response_url: answerUrl,
    trigger_id: 'none',
    actions: [
      { action_id: 'approval.approve', block_id: 'b', type: 'button', value, action_ts: `${Math.random()}` },
    ],
  };
}

/** Puts the value of a button right behind its name. */
function flat(blocks) {
  return blocks
    .flatMap(({ elements = [] }) => elements)
    .filter(({ action_id: id }) => id === 'approval.approve')
    .map(({ action_id, value }) => JSON.stringify({ action_id, value }))
    .join('');
}

async function clickAtPace(port, secret, clicks) {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const times = [];
  const under = [];
  const beganMs = performance.now();
  for (const [index, click] of clicks.entries()) {
    const dueMs = beganMs + (index * 1000) / perSecond;
    if (dueMs > performance.now()) await pause(dueMs - performance.now());
    under.push(
      send(port, agent, secret, click).then((ms) => {
        if (index >= warmUp) times.push(ms);
      }),
    );
  }
  await Promise.all(under);
  agent.destroy();
  return times;
}

function send(port, agent, secret, payload) {
  const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const sentMs = performance.now();
  return new Promise((resolve, reject) => {
    const call = request(
      {
        port,
        agent,
        host: '127.0.0.1',
        path: '/slack/events',
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          'x-slack-signature': `v0=${signature}`,
          'x-slack-request-timestamp': String(timestamp),
        },
      },
      (response) => {
        response.resume();
        response.once('end', () =>
          response.statusCode === 200
            ? resolve(performance.now() - sentMs)
            : reject(new Error(`A click was answered with ${response.statusCode}`)),
        );
      },
    );
    call.once('error', reject);
    call.end(body);
  });
}
