import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { checkRules, runPromtool, testRules } from '../../support/promtool.js';
import { countedOnce, gauges, metricsOn } from './counted-once.js';

const folder = 'docs/monitoring';
const rulesFile = join(folder, 'countersign.rules.yml');
const testsFile = join(folder, 'countersign.rules.test.yml');

const read = (file: string): string => readFileSync(file, 'utf8');

const rules = parse(read(rulesFile)) as {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
};
const alerts = rules.groups.flatMap((group) => group.rules);

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] };
}
const dashboard = JSON.parse(read(join(folder, 'countersign.dashboard.json'))) as Dashboard;
const panels = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const variables = dashboard.templating.list
  .map(({ query }) => (typeof query === 'string' ? query : query.query))
  .filter((query) => query.startsWith('label_values'));

/** Labels that Prometheus itself adds to what it scrapes. */
const added = ['job', 'instance'];

/** Lists what an expression names that the page of a bot does not have: metrics, labels, values of labels. */
function unknownIn(expression: string, page: string): readonly string[] {
  const known = metricsOn(page);
  const names = [...expression.matchAll(/\b(?:countersign|process|nodejs)_\w+/g)].map(([name]) => name);
  const baseOf = (name: string) => (known.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''));
  const labelsOf = (name: string) => [
    ...(known.get(baseOf(name))?.labels ?? []),
    ...(name.endsWith('_bucket') ? ['le'] : []),
    ...added,
  ];
  const all = names.flatMap(labelsOf);
  const selected = [...expression.matchAll(/\b(\w+)\{([^}]*)\}/g)].flatMap(([, name = '', inner = '']) =>
    name === 'up' ? [] : selectedBy(name, inner),
  );
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */));
  return [
    ...names.filter((name) => !known.has(baseOf(name))),
    ...selected.filter(({ name, label }) => !labelsOf(name).includes(label)).map(({ label }) => label),
    ...selected
      .filter(({ label, value }) => !added.includes(label) && !page.includes(`${label}="${value}"`))
      .map(({ label, value }) => `${label}="${value}"`),
    ...(names.length === 0 ? [] : grouped.filter((label) => !all.includes(label))),
  ];
}

/** Reads what a selector asks for, a value at a time; those of a dashboard's variables are not known here. */
function selectedBy(name: string, inner: string) {
  return [...inner.matchAll(/(\w+)(?:=~|!~|!=|=)"([^"]*)"/g)].flatMap(([, label = '', values = '']) =>
    values.startsWith('$')
      ? [{ name, label, value: 'command' }]
      : values.split('|').map((value) => ({ name, label, value })),
  );
}

describe('the files for Prometheus and Grafana', () => {
  const page = async () => (await countedOnce().page(async () => gauges)).text;

  it.each(alerts.map(({ alert, expr }) => [alert, expr]))(
    'have an alert %s on nothing that a bot does not count',
    async (_alert, expr) => {
      expect(unknownIn(expr, await page())).toEqual([]);
    },
  );

  it('have a dashboard whose every query is on something that a bot counts', async () => {
    const text = await page();
    expect(panels.length).toBeGreaterThan(20);
    expect(variables.length).toBeGreaterThan(0);
    expect(panels.flatMap((expr) => unknownIn(expr, text))).toEqual([]);
    const asked = variables.map((query) => query.replace(/label_values\((\w+), (\w+)\)/, 'max by ($2) ($1)'));
    expect(asked.flatMap((expr) => unknownIn(expr, text))).toEqual([]);
  });

  it('show every metric of a bot on the dashboard', async () => {
    const ours = [...metricsOn(await page()).keys()].filter((name) => name.startsWith('countersign_'));
    const shown = panels.join('\n');
    expect(ours.filter((name) => !new RegExp(`\\b${name}(_bucket)?\\b`).test(shown))).toEqual([]);
  });

  it('would notice a metric, a label or a value that is not there', async () => {
    const text = await page();
    expect(unknownIn('sum by (verb) (countersign_signals_totals{outcome="lost"})', text)).toEqual([
      'countersign_signals_totals',
      'outcome',
      'outcome="lost"',
      'verb',
    ]);
  });

  it('have a panel for nothing twice, and test each alert', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const tested = [...read(testsFile).matchAll(/alertname: (\w+)/g)].map(([, name]) => name);
    expect([...new Set(tested)].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });

  it('are understood by promtool, and every alert fires when it has to', () => {
    runPromtool(() => {
      expect(checkRules(rulesFile)).toContain(`${alerts.length} rules found`);
      expect(testRules(testsFile)).toContain('SUCCESS');
    });
  });

  it('have queries on the dashboard that promtool can read', () => {
    runPromtool(() => expect(checkRules({ expressions: panels })).toContain(`${panels.length} rules found`));
  });
});
