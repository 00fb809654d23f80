import { missingCardReasons } from '../../../src/domain/card.js';
import { createMetrics } from '../../../src/http/metrics.js';
import type { Gauges } from '../../../src/use-cases/monitoring.js';
import { keepLog } from '../../support/kept-log.js';

const system = 'command';

/** Some of everything that waits. */
export const gauges: Gauges = {
  outbox: (['card', 'digest', 'notice', 'alert', 'follow-up'] as const).map((kind) => ({
    kind,
    pending: 3,
    oldestDueMs: 1_500,
  })),
  withoutCard: missingCardReasons.map((reason) => ({ reason, approvals: 2 })),
  systems: [{ system, approvals: 7, overTime: 4, alerts: 1 }],
};

/** Creates metrics of which nothing was counted yet. */
export function uncounted() {
  const log = keepLog();
  const clock = { nowMs: 0 };
  return { log, clock, ...createMetrics({ log, now: () => clock.nowMs, systems: [system] }) };
}

/** Creates metrics of which each was counted once, so that every label shows. */
export function countedOnce() {
  const all = uncounted();
  const { metrics } = all;
  metrics.cardShown({ system, waitedMs: 700, wantedMs: 200 });
  metrics.decided({ system, verdict: 'approve', waitedMs: 61_000, shownMs: 60_000 });
  metrics.signalled({ system, outcome: 'accepted' });
  metrics.ended({ system, ending: 'approved', sinceDecidedMs: 400 });
  metrics.clickReplied({ verb: 'approve', answer: 'decided', tookMs: 20 });
  metrics.commandReplied({ verb: 'list', answer: 'list', tookMs: 20 });
  metrics.acknowledged({ kind: 'press', tookMs: 4 });
  metrics.observed({ system, atMs: 1_000, tookMs: 30 });
  metrics.systemFailed({ system, code: 'timeout' });
  metrics.throttled();
  metrics.anchorFailed({ place: 'file' });
  return all;
}

/** Reads from a page each metric of ours: its type, and its labels beside `le`. */
export function metricsOn(
  text: string,
): ReadonlyMap<string, { readonly type: string; readonly labels: readonly string[] }> {
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Map(
    types.map(([, name = '', type = '']) => {
      const first = new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\}`, 'm').exec(text)?.[1] ?? '';
      const labels = [...first.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
      return [name, { type, labels: labels.filter((label) => label !== 'le') }];
    }),
  );
}
