import { isObject, parseJson } from '../../../src/sandbox/slack/api-method.js';
import { createSlackWorkspace } from '../../../src/sandbox/slack/workspace.js';
import type { SlackWorkspaceOptions } from '../../../src/sandbox/slack/world.js';

/** A clock that stands still until a test turns it. */
function aClock(startMs = Date.UTC(2026, 10, 2, 9, 0, 0)) {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** A started workspace with two people and a channel the app is in. */
export async function aWorkspace(options: SlackWorkspaceOptions = {}) {
  const clock = aClock();
  const workspace = createSlackWorkspace({ now: clock.now, ...options });
  const ada = workspace.addMember({ name: 'ada', realName: 'Ada Lovelace', email: 'ada@example.com' });
  const ben = workspace.addMember({ name: 'ben', realName: 'Ben Nevis', email: 'ben@example.com' });
  const channel = workspace.addChannel({ name: 'approvals', members: [ada.id, ben.id] });
  workspace.inviteApp(channel.id);
  const { url, slackApiUrl } = await workspace.start();
  return { workspace, clock, ada, ben, channel, url, slackApiUrl };
}

/** Calls a Web API method as the app, with a JSON body. */
export async function callApi(
  url: string,
  method: string,
  args: Readonly<Record<string, unknown>> = {},
  token: string | undefined = 'xoxb-simulated-bot-token',
) {
  const response = await fetch(`${url}/api/${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(args),
  });
  const body = parseJson(await response.text());
  return { status: response.status, headers: response.headers, body: isObject(body) ? body : {} };
}

/** A card with an approve and a deny button. */
export function aCard(text = 'Renew www.example.com?') {
  return [
    { type: 'section', block_id: 'facts', text: { type: 'mrkdwn', text } },
    {
      type: 'actions',
      block_id: 'decide',
      elements: [
        {
          type: 'button',
          action_id: 'approve',
          text: { type: 'plain_text', text: 'Approve' },
          style: 'primary',
          value: 'req-1:approve',
        },
        {
          type: 'button',
          action_id: 'deny',
          text: { type: 'plain_text', text: 'Deny' },
          style: 'danger',
          value: 'req-1:deny',
        },
      ],
    },
  ];
}

/** A modal that asks for a reason. */
export function aReasonModal(fields: Readonly<Record<string, unknown>> = {}) {
  return {
    type: 'modal' as const,
    callback_id: 'reason',
    private_metadata: 'req-1',
    title: { type: 'plain_text' as const, text: 'Deny the request' },
    submit: { type: 'plain_text' as const, text: 'Deny' },
    close: { type: 'plain_text' as const, text: 'Cancel' },
    blocks: [
      {
        type: 'input',
        block_id: 'why',
        label: { type: 'plain_text' as const, text: 'Why?' },
        element: { type: 'plain_text_input', action_id: 'text', multiline: true, max_length: 50 },
      },
    ],
    ...fields,
  };
}
