import { Gauge, type Registry } from 'prom-client';
import type { Gauges } from '../../use-cases/watch/take-stock.js';

/** Registers what is counted in the store when somebody asks; returns what shows a count, or that there is none. */
export function registerGauges(registry: Registry): (gauges: Gauges | undefined) => void {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  const readable = gauge('countersign_store_readable', 'Whether the store could be counted just now.', []);
  const depth = gauge('countersign_outbox_messages', 'Messages that are wanted and not shown yet, by kind.', [
    'kind',
  ]);
  const age = gauge(
    'countersign_outbox_oldest_due_seconds',
    'For how long the message that is due the longest has been due, by kind.',
    ['kind'],
  );
  const missingCards = gauge(
    'countersign_approvals_without_card',
    'Waiting approvals nobody can decide from a card, by why.',
    ['reason'],
  );
  const approvals = gauge('countersign_approvals_open', 'Approvals that are not over, by system.', [
    'system',
  ]);
  const alerts = gauge('countersign_alerts_open', 'Alerts about failed workflows that stand, by system.', [
    'system',
  ]);
  return (gauges) => {
    for (const one of [depth, age, missingCards, approvals, alerts]) one.reset();
    readable.set(gauges ? 1 : 0);
    if (!gauges) return;
    for (const { kind, pending, oldestDueMs } of gauges.outbox) {
      depth.set({ kind }, pending);
      age.set({ kind }, oldestDueMs / 1_000);
    }
    for (const { reason, approvals: count } of gauges.withoutCard) missingCards.set({ reason }, count);
    for (const { system, approvals: open, alerts: openAlerts } of gauges.systems) {
      approvals.set({ system }, open);
      alerts.set({ system }, openAlerts);
    }
  };
}
