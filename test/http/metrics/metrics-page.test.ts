import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { missingCardReasons } from '../../../src/domain/card.js';
import type { Gauges } from '../../../src/use-cases/monitoring.js';
import { countedOnce, gauges, metricsOn, uncounted } from './counted-once.js';

const system = 'command';

describe('the page of metrics', () => {
  it('tells exactly what the documents list, with those types and labels', async () => {
    const { text } = await countedOnce().page(async () => gauges);
    const documents = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const rows = [...documents.matchAll(/^\| `(countersign_\w+)` +\| (\w+) +\| ([^|]*)\|/gm)];
    const listed = new Map(
      rows.map(([, name = '', type = '', labels = '']) => [
        name,
        [type, ...[...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label)].join(' '),
      ]),
    );
    expect(listed.size).toBeGreaterThan(15);
    const ours = [...metricsOn(text)].filter(([name]) => name.startsWith('countersign_'));
    const told = new Map(ours.map(([name, { type, labels }]) => [name, [type, ...labels].join(' ')]));
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(listed));
  });

  it('lists every reason why an approval has no card', () => {
    const documents = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const table = documents.slice(documents.indexOf('\n| `reason` '));
    const listed = [...table.matchAll(/^\| `([a-z][a-z-]*)` +\|/gm)].map(([, reason]) => reason);
    expect(listed).toEqual(['reason', ...missingCardReasons]);
  });

  it('begins at 0 with everything that is counted of a system, so that its first event makes a rate', async () => {
    const { text } = await uncounted().page(async () => gauges);
    for (const line of [
      'countersign_system_errors_total{system="command",code="server-error"} 0',
      'countersign_system_errors_total{system="command",code="sign-in"} 0',
      'countersign_signals_total{system="command",outcome="unknown"} 0',
      'countersign_decisions_total{system="command",verdict="deny"} 0',
      'countersign_approvals_ended_total{system="command",ending="overtaken"} 0',
      'countersign_pending_to_decided_seconds_count{system="command"} 0',
      'countersign_ack_seconds_count{kind="press"} 0',
      'countersign_last_observation_timestamp_seconds{system="command"} 0',
      'countersign_anchor_errors_total{place="file"} 0',
      'countersign_slack_throttled_total 0',
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
  });

  it('gives times in seconds and counts as they are', async () => {
    const { text } = await countedOnce().page(async () => gauges);
    expect(text).toContain('countersign_pending_to_posted_seconds_sum{system="command"} 0.7\n');
    expect(text).toContain('countersign_posted_to_decided_seconds_sum{system="command"} 60\n');
    expect(text).toContain('countersign_outbox_messages{kind="card"} 3\n');
    expect(text).toContain('countersign_outbox_oldest_due_seconds{kind="card"} 1.5\n');
    expect(text).toContain('countersign_approvals_without_card{reason="given-up"} 2\n');
  });

  it('counts no decision towards the time to move on that did not move anything', async () => {
    const { metrics, page } = countedOnce();
    metrics.ended({ system, ending: 'decided-elsewhere' });
    metrics.ended({ system, ending: 'outcome-unknown', sinceDecidedMs: 90_000 });
    const { text } = await page(async () => gauges);
    expect(text).toContain('countersign_decided_to_advanced_seconds_count{system="command"} 1\n');
  });

  it('takes a wait that a clock made negative for none', async () => {
    const { metrics, page } = countedOnce();
    metrics.cardShown({ system, waitedMs: -5_000, wantedMs: -5_000 });
    const { text } = await page(async () => gauges);
    expect(text).toContain('countersign_pending_to_posted_seconds_sum{system="command"} 0.7\n');
  });

  it('counts the store once for everybody who asks within ten seconds', async () => {
    const { clock, page } = countedOnce();
    let counts = 0;
    const count = async (): Promise<Gauges> => {
      counts += 1;
      return gauges;
    };
    await page(count);
    clock.nowMs += 9_999;
    await page(count);
    expect(counts).toBe(1);
    clock.nowMs += 1;
    await page(count);
    expect(counts).toBe(2);
  });

  it('still tells the rest when the store is away, says so, and asks it again at once', async () => {
    const { log, clock, page } = countedOnce();
    await page(async () => gauges);
    clock.nowMs += 10_000;
    const { text } = await page(() => Promise.reject(new Error('away')));
    expect(text).toContain('countersign_store_readable 0\n');
    expect(text).not.toContain('countersign_outbox_messages{');
    expect(text).toContain('countersign_signals_total{system="command",outcome="accepted"} 1\n');
    expect(log.lines.map(({ sentence }) => sentence)).toEqual([
      'The store could not be counted for the metrics',
    ]);
    expect((await page(async () => gauges)).text).toContain('countersign_store_readable 1\n');
  });

  it('watches the process as well', async () => {
    const { text } = await countedOnce().page(async () => gauges);
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('keeps two bots in one process apart', async () => {
    const [one, other] = [countedOnce(), countedOnce()];
    one.metrics.throttled();
    expect((await one.page(async () => gauges)).text).toContain('countersign_slack_throttled_total 2\n');
    expect((await other.page(async () => gauges)).text).toContain('countersign_slack_throttled_total 1\n');
  });
});
