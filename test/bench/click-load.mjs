import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { pause } from './measure.mjs';
import { places } from './scene.mjs';

/** The first clicks run code that was never run before; a bot at work has run it. */
export const warmUp = 100;

/** Lists the cards that can be pressed. */
export function posted(slack) {
  return slack
    .messages(places.pki)
    .filter(({ isFromApp, blocks }) => isFromApp && JSON.stringify(blocks).includes('approval.approve'));
}

/** Writes what Slack sends when somebody presses Approve: the block of a button says what its card shows. */
export function clickOn(slack, { card: { channel, ts, blocks }, userId, responseUrl }) {
  const isApprove = ({ action_id: id }) => id === 'approval.approve';
  const block = blocks.find(({ elements = [] }) => elements.some(isApprove));
  const { value } = block.elements.find(isApprove);
  return {
    type: 'block_actions',
    user: { id: userId, team_id: slack.team.id, name: userId },
    team: { id: slack.team.id },
    channel: { id: channel },
    message: { ts, bot_id: slack.app.botId, user: slack.app.botUserId },
    response_url: responseUrl,
    trigger_id: 'none',
    actions: [
      {
        action_id: 'approval.approve',
        block_id: block.block_id,
        type: 'button',
        value,
        action_ts: `${Math.random()}`,
      },
    ],
  };
}

/** Sends presses at a pace, and gives how long each waited for its acknowledgement. */
export async function clickAtRate({ port, secret, clicks, perSecond }) {
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

/** Sends one signed press; resolves with the milliseconds until it was acknowledged. */
export function send(port, agent, secret, payload) {
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
