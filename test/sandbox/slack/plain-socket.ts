import { once } from 'node:events';
import { WebSocket } from 'ws';
import {
  isObject,
  type JsonObject,
  objectAt,
  parseJson,
  textAt,
} from '../../../src/sandbox/slack/api-method.js';
import type { SlackWorkspace } from '../../../src/sandbox/slack/workspace.js';
import { callApi } from './a-workspace.js';

/** A Socket Mode connection without any SDK, which answers what the test tells it to. */
export interface PlainSocket {
  readonly frames: readonly JsonObject[];
  close(): Promise<void>;
}

/** Connects and says hello; `response` gives the payload of each acknowledgement, or `silent`. */
export async function openPlainSocket(
  workspace: SlackWorkspace,
  url: string,
  response: (frame: JsonObject) => JsonObject | 'silent' = () => ({}),
): Promise<PlainSocket> {
  const opened = await callApi(url, 'apps.connections.open', {}, workspace.app.appToken);
  const socket = new WebSocket(textAt(opened.body, 'url') ?? '');
  const frames: JsonObject[] = [];
  const greeted = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const frame = parseJson(String(data));
      if (!isObject(frame)) return;
      frames.push(frame);
      if (frame.type === 'hello') resolve();
      if (frame.envelope_id === undefined) return;
      const payload = response(frame);
      if (payload !== 'silent') {
        socket.send(JSON.stringify({ envelope_id: frame.envelope_id, payload }));
      }
    });
  });
  await greeted;
  return {
    frames,
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** The response URL of the first press a socket was told of. */
export function responseUrlIn(socket: PlainSocket): string {
  const frame = socket.frames.find(({ type }) => type === 'interactive') ?? {};
  return textAt(objectAt(frame, 'payload'), 'response_url') ?? '';
}
