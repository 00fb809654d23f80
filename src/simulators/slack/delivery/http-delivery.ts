import { request } from 'node:http';
import { parseJson } from '../wire/json-object.js';
import type { AckResult, Envelope, Transport } from './deliver.js';
import { signRequest } from './sign-request.js';

/** Sends payloads to the app's request URL, signed with the real time. */
export function createHttpDelivery(options: {
  readonly requestUrl: () => string;
  readonly signingSecret: string;
  readonly ackTimeoutMs: number;
}): Transport {
  return {
    deliver(envelope) {
      const { body, contentType } = encode(envelope);
      const signature = signRequest({
        signingSecret: options.signingSecret,
        body,
        timestampS: Math.floor(Date.now() / 1000),
      });
      const headers = {
        ...signature,
        'content-type': contentType,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        ...(envelope.retry === undefined
          ? {}
          : {
              'x-slack-retry-num': String(envelope.retry.attempt),
              'x-slack-retry-reason': envelope.retry.reason,
            }),
      };
      return post(options.requestUrl(), { body, headers, timeoutMs: options.ackTimeoutMs });
    },
  };
}

function encode({ kind, payload }: Envelope): { body: string; contentType: string } {
  const form = 'application/x-www-form-urlencoded';
  if (kind === 'events_api') return { body: JSON.stringify(payload), contentType: 'application/json' };
  const fields =
    kind === 'interactive'
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
  return { body: new URLSearchParams(fields).toString(), contentType: form };
}

function post(
  url: string,
  message: { body: string; headers: Readonly<Record<string, string>>; timeoutMs: number },
): Promise<AckResult> {
  return new Promise((resolve) => {
    // One connection per delivery: a kept-alive one would hold up the app's shutdown.
    const sent = request(url, { method: 'POST', agent: false, headers: message.headers });
    const timer = setTimeout(() => {
      resolve({ kind: 'not-acked', reason: 'timeout' });
      sent.destroy();
    }, message.timeoutMs);
    const finish = (result: AckResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    sent.on('error', () => finish({ kind: 'not-acked', reason: 'not-connected' }));
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => finish({ kind: 'not-acked', reason: 'connection-closed' }));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const isGood = status >= 200 && status < 300;
        const body = Buffer.concat(chunks).toString('utf8');
        finish(
          isGood
            ? { kind: 'acked', body: bodyOf(body) }
            : { kind: 'not-acked', reason: 'http-error', status },
        );
      });
    });
    sent.end(message.body);
  });
}

function bodyOf(text: string): unknown {
  return text === '' ? {} : (parseJson(text) ?? { text });
}
