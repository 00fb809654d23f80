import { createServer } from 'node:net';
import type { CheckUp } from '../ports/check-up.js';
import { cannotListen } from './cannot-listen.js';

/** Checks that an address can be listened on, or that a bot already does; lets go of it at once. */
export async function checkPort(at: {
  readonly setting: string;
  readonly host: string;
  readonly port: number;
}): Promise<CheckUp> {
  const name = `port of ${at.setting}`;
  const error = await tryToListen(at);
  if (!error) return { name, verdict: 'good', detail: `${at.host}:${at.port} is free` };
  if (error.code === 'EADDRINUSE' && (await isOurs(at)))
    return { name, verdict: 'good', detail: `${at.host}:${at.port} is held by a bot at work` };
  return {
    name,
    verdict: 'bad',
    detail: cannotListen(at, error).message,
    fix: `see ${at.setting} in the settings`,
  };
}

function tryToListen({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<(Error & { readonly code?: string }) | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Both listeners of a bot say so in their own way: one is healthy, one knows nothing at such an address. */
async function isOurs({ host, port }: { readonly host: string; readonly port: number }): Promise<boolean> {
  const here = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  try {
    const name = here.includes(':') ? `[${here}]` : here;
    const response = await fetch(`http://${name}:${port}/healthz`, { signal: AbortSignal.timeout(2_000) });
    const text = await response.text();
    return (
      text.includes('"status":"ok"') ||
      text === 'There is nothing at this address.\n' ||
      text === 'There is nothing at this address.'
    );
  } catch {
    return false;
  }
}
