import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Report, type ReportRow, sinceDay } from '../domain/report.js';
import { defined } from '../shared/language.js';
import { isPostgresUrl } from '../shared/text.js';
import { plainFormatter } from '../slack/format.js';
import { reportLines, reportTexts } from '../slack/text/report.js';
import { openStore } from '../stores/index.js';
import { composeReport } from '../use-cases/report.js';
import { csvCell } from './audit.js';
import { readSettings, type SettingsSource } from './settings.js';

const writers = { text: reportText, csv: reportCsv, json: reportJson, svg: reportSvg } as const;

/** What was asked of a report. */
export interface ReportCommand extends SettingsSource {
  /** A span of days such as `30d`, today included, or a day. */
  readonly since: string;
  /** `text`, `csv`, `json` or `svg`. */
  readonly format: string;
  /** The file to write; the output unless told. */
  readonly out: string | undefined;
}

/**
 * Writes what was decided, how long it took and what stood in the way; returns the exit code. Only reads, also beside a
 * running bot.
 */
export async function report(command: ReportCommand): Promise<number> {
  const { since, format, out } = command;
  if (!isFormat(format)) return fail('--format is text, csv, json or svg.');
  if (out !== undefined && existsSync(out))
    return fail(`${out} is there already; name another file with --out.`, 1);
  if (out !== undefined && !existsSync(dirname(out))) return fail(`There is no folder ${dirname(out)}.`, 1);
  const settings = readSettings(command);
  if (!settings) return 2;
  const { store: place, storePassword: password, policy } = settings;
  const span = sinceDay(since, Date.now(), policy.report?.timeZone ?? 'UTC');
  if (!span) return fail('--since is a number of days such as 30d, or a day such as 2026-01-01.');
  if (!isPostgresUrl(place) && !existsSync(place)) return fail(`There is no store at ${place}.`);
  const store = await openStore(place, { password, readOnly: true });
  try {
    const text = await writers[format](await composeReport({ store, policy }, span));
    if (out === undefined) process.stdout.write(text);
    else writeFileSync(out, text, { flag: 'wx', mode: 0o600 });
    return 0;
  } finally {
    await store.close();
  }
}

function isFormat(text: string): text is keyof typeof writers {
  return Object.hasOwn(writers, text);
}

function fail(text: string, code: 1 | 2 = 2): 1 | 2 {
  process.stderr.write(`${text}\n`);
  return code;
}

function reportText(result: Report): string {
  const renderContext = { formatter: plainFormatter, labelOf: (system: string) => system };
  return `${reportLines(result, renderContext, { mostRules: Number.POSITIVE_INFINITY }).join('\n')}\n`;
}

/** Moments as text beside what is in milliseconds. */
function reportJson({ sinceMs, untilMs, knownSinceMs, ...rest }: Report): string {
  const textOf = (atMs: number | undefined) =>
    atMs === undefined ? undefined : new Date(atMs).toISOString();
  const span = defined({ since: textOf(sinceMs), until: textOf(untilMs), knownSince: textOf(knownSinceMs) });
  return `${JSON.stringify({ ...span, ...rest }, undefined, 2)}\n`;
}

const rowColumns = ['approved', 'denied', 'elsewhere', 'overtaken', 'unknown', 'late'] as const;

const csvColumns = ['part', 'name', 'count', ...rowColumns, 'timed', 'median_s', 'p90_s'];

/** Writes one line for each thing counted; what it is stands first. */
export function reportCsv(result: Report): string {
  const { total, rules, weekdays, days, failures, people = [] } = result;
  const timesOf = ({ times }: Pick<ReportRow, 'times'>) =>
    times ? [times.count, times.medianMs / 1_000, times.p90Ms / 1_000] : [0, '', ''];
  const row = (part: string) => (one: ReportRow) => [
    part,
    one.name,
    '',
    ...rowColumns.map((column) => one[column]),
    ...timesOf(one),
  ];
  const count = (part: string) => (one: { readonly name: string; readonly count: number }) => [
    part,
    one.name,
    one.count,
  ];
  const { begun, recovered, quiet } = failures;
  const lines = [
    csvColumns,
    ...momentRows(result),
    row('total')(total),
    ...rules.map(row('rule')),
    ...weekdays.map(row('weekday')),
    ...days.map(row('day')),
    ...result.refusals.map(count('refused click')),
    ...result.findings.map(count('finding')),
    ...result.reminders.map(count('reminder')),
    ...Object.entries({ begun, recovered, quiet }).map(([name, many]) =>
      count('failures')({ name, count: many }),
    ),
    ['time to recovery', '', '', ...rowColumns.map(() => ''), ...timesOf(failures)],
    ...people.map(count('person')),
  ];
  const cellsOf = (cells: readonly (string | number)[]) =>
    csvColumns.map((_column, at) => String(cells[at] ?? ''));
  return lines.map((cells) => `${cellsOf(cells).map(csvCell).join(',')}\r\n`).join('');
}

function momentRows({ sinceMs, untilMs, knownSinceMs, timeZone }: Report): readonly string[][] {
  const row = (part: string, atMs: number) => [part, new Date(atMs).toISOString()];
  return [
    row('since', sinceMs),
    row('until', untilMs),
    ['time zone', timeZone],
    ...(knownSinceMs === undefined ? [] : [row('known since', knownSinceMs)]),
  ];
}

/** What is used of the plotting library, whose own types need those of a browser. */
interface Plotting {
  use(parts: readonly unknown[]): void;
  init(
    element: null,
    theme: null,
    options: {
      readonly renderer: 'svg';
      readonly ssr: true;
      readonly width: number;
      readonly height: number;
    },
  ): { setOption(option: object): void; renderToSVGString(): string; dispose(): void };
}

/** The library is large, so it is loaded here and nowhere else. */
async function loadPlotting(): Promise<Plotting> {
  const load = (part: string) => import(`echarts/${part}`);
  const core: Plotting = await load('core');
  const { BarChart } = await load('charts');
  const { GridComponent, LegendComponent, TitleComponent } = await load('components');
  const { SVGRenderer } = await load('renderers');
  core.use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);
  return core;
}

const size = { width: 960, height: 720 } as const;

const colors = { approved: '#0d7a5b', denied: '#c01f4b', median: '#6b3f82', p90: '#c9a9d8' } as const;

const hourMs = 60 * 60_000;

/** Draws decisions per day, and the time to decision by rule, as one picture for slides. */
export async function reportSvg(result: Report): Promise<string> {
  const plotting = await loadPlotting();
  const chart = plotting.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption(pictureOf(result));
    return `${chart.renderToSVGString()}\n`;
  } finally {
    chart.dispose();
  }
}

/** So many rules can be told apart in the picture; the other formats list all. */
const mostDrawn = 20;

function pictureOf({ days, rules, total, timeZone }: Report): object {
  const timed = rules.flatMap(({ name, times }) =>
    times ? [{ name: name || reportTexts.noRule, times }] : [],
  );
  const drawn = timed.slice(0, mostDrawn);
  const isLong = drawn.some(({ times }) => times.p90Ms >= 3 * hourMs);
  const [unitMs, unit] = isLong ? [hourMs, reportTexts.hours] : [60_000, reportTexts.minutes];
  const { approved, denied, median, p90 } = reportTexts.series;
  const inUnits = (ms: number) => Math.round((10 * ms) / unitMs) / 10;
  const span = `${days[0]?.name} to ${days.at(-1)?.name} (${timeZone})`;
  const left = timed.length - drawn.length;
  const title = (text: string, top: number, subtext: string) => ({
    text,
    subtext,
    left: 24,
    top,
    textStyle: { fontSize: 18 },
  });
  const bars = (grid: number, name: string, color: string, data: readonly number[], more = {}) => ({
    type: 'bar',
    name,
    data,
    xAxisIndex: grid,
    yAxisIndex: grid,
    itemStyle: { color },
    ...more,
  });
  const isLabelled = drawn.length <= 8;
  const label = { show: isLabelled, position: 'top' };
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif' },
    title: [
      title(reportTexts.perDay, 16, `${span}: ${total.approved} approved, ${total.denied} denied`),
      title(
        `${reportTexts.time}, ${unit.toLowerCase()}`,
        376,
        `By rule, of ${total.times?.count ?? 0} decisions${left > 0 ? `; ${left} more rules are not drawn` : ''}`,
      ),
    ],
    legend: [
      { data: [approved, denied], right: 32, top: 20, itemGap: 24 },
      { data: [median, p90], right: 32, top: 380, itemGap: 24 },
    ],
    grid: [
      { left: 64, right: 24, top: 84, height: 220 },
      { left: 64, right: 24, top: 444, height: 200 },
    ],
    xAxis: [
      { type: 'category', gridIndex: 0, data: days.map(({ name }) => name) },
      {
        type: 'category',
        gridIndex: 1,
        data: drawn.map(({ name }) => name),
        axisLabel: { interval: 0, width: Math.floor(700 / Math.max(1, drawn.length)), overflow: 'truncate' },
      },
    ],
    yAxis: [
      { type: 'value', gridIndex: 0, minInterval: 1 },
      { type: 'value', gridIndex: 1 },
    ],
    series: [
      bars(
        0,
        approved,
        colors.approved,
        days.map((day) => day.approved),
        { stack: 'day' },
      ),
      bars(
        0,
        denied,
        colors.denied,
        days.map((day) => day.denied),
        { stack: 'day' },
      ),
      bars(
        1,
        median,
        colors.median,
        drawn.map(({ times }) => inUnits(times.medianMs)),
        { label },
      ),
      bars(
        1,
        p90,
        colors.p90,
        drawn.map(({ times }) => inUnits(times.p90Ms)),
        { label },
      ),
    ],
  };
}
