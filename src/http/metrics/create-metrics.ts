import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Log } from '../../ports/log.js';
import type { Metrics } from '../../ports/metrics.js';
import type { Gauges } from '../../use-cases/watch/take-stock.js';
import { registerCounted } from './counted.js';
import { registerGauges } from './stock-gauges.js';

/** Counting ten thousand open approvals takes a good part of a second, so several who ask share one count. */
const countAgainMs = 10_000;

/** What is counted, and the page that tells it. */
export interface MetricsPage {
  readonly metrics: Metrics;
  /** Writes everything down for Prometheus; what is in the store is counted by the given function. */
  page(
    collectGauges: () => Promise<Gauges>,
  ): Promise<{ readonly contentType: string; readonly text: string }>;
}

/**
 * Creates the metrics of one bot, in a registry of its own.
 *
 * The process is watched from the first time somebody asks, since nobody may ever.
 */
export function createMetrics({ log, now }: { readonly log: Log; readonly now: () => number }): MetricsPage {
  const registry = new Registry();
  const metrics = registerCounted(registry);
  const show = registerGauges(registry);
  let isProcessWatched = false;
  let countedAtMs = Number.NEGATIVE_INFINITY;
  return {
    metrics,
    async page(collectGauges) {
      if (!isProcessWatched) collectDefaultMetrics({ register: registry });
      isProcessWatched = true;
      if (Math.abs(now() - countedAtMs) >= countAgainMs) {
        const gauges = await collectGaugesOrLog(collectGauges, log);
        show(gauges);
        countedAtMs = gauges ? now() : Number.NEGATIVE_INFINITY;
      }
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** A store that is away must not hide what else is known. */
async function collectGaugesOrLog(
  collectGauges: () => Promise<Gauges>,
  log: Log,
): Promise<Gauges | undefined> {
  try {
    return await collectGauges();
  } catch (error) {
    const err = error instanceof Error ? error : new Error(String(error));
    log.warn({ err }, 'The store could not be counted for the metrics');
    return undefined;
  }
}
