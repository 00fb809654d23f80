import type { DataTableBlock } from '@slack/types';
import type { Report, ReportRow } from '../../domain/report.js';
import { cutText } from '../../shared/text.js';
import { type Formatter, mrkdwnFormatter, plainFormatter, type RenderContext } from '../format.js';
import { timeSpan } from '../text/alert.js';
import {
  moreRules,
  reportFoot,
  reportHead,
  reportHint,
  reportLines,
  reportTexts,
  spansOf,
  weekdayLines,
} from '../text/report.js';
import { type ChartBlock, context, type Message, type MessageBlock, section, sections } from './blocks.js';

/** What a report is shown with; a workspace may take no charts. */
type ReportRenderOptions = Omit<RenderContext, 'formatter'> & { readonly canChart: boolean };

/** Makes a message of a report: two charts and a table, or the same in lines. */
export function reportMessage(report: Report, { canChart, ...options }: ReportRenderOptions): Message {
  const lines = (formatter: Formatter) => reportLines(report, { ...options, formatter });
  const ordinary = () => sections(lines(mrkdwnFormatter));
  const isEmpty = report.total.times === undefined;
  if (!canChart || isEmpty)
    return { lines, blocks: (formatter) => sections(lines(formatter)), short: ordinary };
  return { lines, blocks: (formatter) => charted(report, { ...options, formatter }), short: ordinary };
}

function charted(report: Report, renderContext: RenderContext): readonly MessageBlock[] {
  return [
    section(reportHead(report, renderContext)),
    daysChart(report),
    timesChart(report),
    rulesTable(report),
    section([
      ...moreRules(report.rules.length, mostRows, renderContext),
      ...weekdayLines(report, renderContext),
      ...reportFoot(report, renderContext),
    ]),
    context([reportHint(renderContext)]),
  ];
}

function daysChart(report: Report): ChartBlock {
  const { title, spans } = spansOf(report);
  const { approved, denied } = reportTexts.series;
  const dataOf = (of: 'approved' | 'denied') => spans.map((span) => ({ label: span.label, value: span[of] }));
  return {
    type: 'data_visualization',
    title,
    chart: {
      type: 'bar',
      series: [
        { name: approved, data: dataOf('approved') },
        { name: denied, data: dataOf('denied') },
      ],
      axis_config: { categories: spans.map(({ label }) => label), y_label: reportTexts.count },
    },
  };
}

/** Rules fill a chart and a table of a message before it is full otherwise. */
const mostRows = 10;

const hourMs = 60 * 60_000;

function timesChart({ rules }: Report): ChartBlock {
  const timed = rules.flatMap(({ name, times }) => (times ? [{ name, times }] : [])).slice(0, mostRows);
  const isLong = timed.some(({ times }) => times.p90Ms >= 3 * hourMs);
  const [unitMs, unit] = isLong ? [hourMs, reportTexts.hours] : [60_000, reportTexts.minutes];
  const categories = distinct(timed.map(({ name }) => name));
  const inUnits = (ms: number) => Math.round((10 * ms) / unitMs) / 10;
  const { median, p90 } = reportTexts.series;
  const dataOf = (of: 'medianMs' | 'p90Ms') =>
    timed.map(({ times }, at) => ({ label: categories[at] ?? '', value: inUnits(times[of]) }));
  return {
    type: 'data_visualization',
    title: reportTexts.time,
    chart: {
      type: 'bar',
      series: [
        { name: median, data: dataOf('medianMs') },
        { name: p90, data: dataOf('p90Ms') },
      ],
      axis_config: { categories, x_label: reportTexts.rule, y_label: unit },
    },
  };
}

const longestCategory = 20;

/** Cuts names to what a chart takes, and numbers those that would be the same then. */
function distinct(names: readonly string[]): readonly string[] {
  const short = names.map((name) => cutText(ruleName(name), longestCategory));
  return short.map((name, at) =>
    short.indexOf(name) === at ? name : `${cutText(name, longestCategory - 5)} (${at + 1})`,
  );
}

function ruleName(name: string): string {
  return plainFormatter.text(name || reportTexts.noRule, 80);
}

function rulesTable({ rules }: Report): DataTableBlock {
  return {
    type: 'data_table',
    caption: reportTexts.caption,
    page_size: mostRows,
    row_header_column_index: 0,
    rows: [
      reportTexts.columns.map((text) => ({ type: 'raw_text' as const, text })),
      ...rules.slice(0, mostRows).map(cellsOf),
    ],
  };
}

function cellsOf({
  name,
  approved,
  denied,
  elsewhere,
  late,
  times,
}: ReportRow): DataTableBlock['rows'][number] {
  const number = (value: number, text = String(value)) => ({ type: 'raw_number' as const, value, text });
  const time = (ms: number | undefined) =>
    ms === undefined
      ? { type: 'raw_text' as const, text: reportTexts.none }
      : number(ms / 60_000, timeSpan(ms));
  return [
    { type: 'raw_text', text: cutText(ruleName(name), 60) },
    ...[approved, denied, elsewhere, late].map((count) => number(count)),
    time(times?.medianMs),
    time(times?.p90Ms),
  ];
}
