import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runPromtool, testRules } from '../support/promtool.js';
import { approve, cardSaying, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';

const everyMs = 15_000;

/** Scrapes a bot as Prometheus does, and keeps what it saw. */
function createScraper(stage: Stage) {
  const startMs = stage.clock.now();
  const port = stage.bot().operationsPort;
  const series = new Map<string, string[]>();
  let count = 0;
  const add = (name: string, value: string): void => {
    const values = series.get(name) ?? [];
    // Where a scrape had nothing, the series has a gap.
    while (values.length < count) values.push('_');
    values.push(value);
    series.set(name, values);
  };
  return {
    /** Scrapes once, and lets the time until the next pass. */
    async scrape(times = 1, between: () => Promise<void> = async () => {}) {
      for (let at = 0; at < times; at += 1) {
        const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
          (response) => response.text(),
          () => undefined,
        );
        add('up{job="countersign"}', text === undefined ? '0' : '1');
        for (const [, name = '', value = ''] of (text ?? '').matchAll(/^(countersign_\S+) (\S+)$/gm)) {
          // Time begins with 0 in a test of promtool, so moments are moved there; what is older lies before it.
          const isMoment = name.includes('_timestamp_seconds');
          add(name, isMoment ? String(Number(value) - startMs / 1_000) : value);
        }
        count += 1;
        stage.clock.advance(everyMs);
        await between();
      }
    },
    /** Tells which alerts fire at the last scrape, by asking promtool. */
    expectFiring(alerts: readonly string[]) {
      const test = {
        rule_files: [resolve('docs/monitoring/countersign.rules.yml')],
        evaluation_interval: '15s',
        tests: [
          {
            interval: '15s',
            input_series: [...series].map(([name, values]) => ({ series: name, values: values.join(' ') })),
            promql_expr_test: [
              {
                expr: 'max by (alertname) (ALERTS{alertstate="firing"})',
                eval_time: `${(count - 1) * 15}s`,
                exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
              },
            ],
          },
        ],
      };
      runPromtool(() => expect(testRules(test)).toContain('SUCCESS'));
    },
  };
}

describe.each(transports)('the alerts on a bot over %s', (transport) => {
  it('are silent while everything works', async () => {
    const stage = await openStage(transport);
    const scraper = createScraper(stage);
    await scraper.scrape(2);
    await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage), 'Checked');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await scraper.scrape(20, () => stage.observe());
    scraper.expectFiring([]);
  });

  it('fire after a single decision that Command answered with 500', async () => {
    const stage = await openStage(transport);
    const scraper = createScraper(stage);
    await askForCertificate(stage);
    await stage.observe();
    await scraper.scrape(2, () => stage.observe());
    scraper.expectFiring([]);
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'http-500' });
    await approve(stage, 'ana', theCard(stage), 'Checked');
    await cardSaying(stage, /checking/i);
    await scraper.scrape(2);
    scraper.expectFiring(['CountersignSignalFailed']);
  });

  it('fire while Command answers every poll with 500', async () => {
    const stage = await openStage(transport);
    const scraper = createScraper(stage);
    await stage.observe();
    await scraper.scrape(2, () => stage.observe());
    stage.command.fail({ method: 'GET', path: '/Workflow', fault: 'http-500', times: 1_000 });
    await scraper.scrape(8, () => stage.observe());
    scraper.expectFiring(['CountersignSystemErrors']);
    await scraper.scrape(8, () => stage.observe());
    scraper.expectFiring(['CountersignNotPolling', 'CountersignSystemErrors']);
  });

  it('fire when the password was wrong from the start', async () => {
    const stage = await openStage(transport, { environment: { KEYFACTOR_PASSWORD: 'mistyped' } });
    const scraper = createScraper(stage);
    await scraper.scrape(12, () => stage.observe());
    scraper.expectFiring(['CountersignNotPolling', 'CountersignSignInRefused']);
  });

  it('fire when the bot is dead', async () => {
    const stage = await openStage(transport);
    const scraper = createScraper(stage);
    await stage.observe();
    await scraper.scrape(4, () => stage.observe());
    scraper.expectFiring([]);
    await stage.close();
    await scraper.scrape(8);
    scraper.expectFiring(['CountersignDown']);
  });
});
