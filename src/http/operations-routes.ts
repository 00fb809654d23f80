import type { CheckReadiness } from '../ports/readiness.js';
import type { WebResponse, WebRoute } from '../ports/web.js';

/** What the operations listener tells. */
export interface OperationsOptions {
  readonly checks: CheckReadiness;
  /** Absent while there are no metrics; then there is no such address. */
  readonly metrics?: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/**
 * Lists what the operations listener answers, for probes and for whoever watches the bot.
 *
 * `/healthz` says that the process turns; `/readyz` whether everything it needs is there, and what is not.
 */
export function operationsRoutes({ checks, metrics }: OperationsOptions): readonly WebRoute[] {
  return [
    get('/healthz', async () => json(200, { status: 'ok' })),
    get('/readyz', async () => readiness(await checks())),
    ...(metrics ? [get('/metrics', async () => asPage(await metrics()))] : []),
  ];
}

function get(path: string, handle: () => Promise<WebResponse>): WebRoute {
  return { method: 'GET', path, maxBodyBytes: 0, handle };
}

function readiness(checks: Awaited<ReturnType<CheckReadiness>>): WebResponse {
  const isReady = checks.every(({ isOk }) => isOk);
  const entries = checks.map(({ name, isOk, detail }) => ({ name, ok: isOk, detail }));
  return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not-ready', checks: entries });
}

function asPage({ contentType, text }: { readonly contentType: string; readonly text: string }): WebResponse {
  return { status: 200, headers: { 'content-type': contentType }, body: text };
}

function json(status: number, value: unknown): WebResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}
