import { expect, it } from '@jest/globals';
import { reportCsv, reportSvg } from '../../src/cli/report.js';
import { createReport, daysIn, type Report } from '../../src/domain/report.js';

const span = { sinceMs: Date.UTC(2026, 0, 5), untilMs: Date.UTC(2026, 0, 6), timeZone: 'UTC' };

/** A day on which each of some rules has approved once. */
function aReport(...rules: readonly string[]): Report {
  const report = createReport(span);
  for (const day of daysIn(span))
    report.add(
      day,
      rules.map((name) => ({
        kind: 'ended',
        name,
        how: 'approved',
        findings: '',
        isLate: false,
        count: 1,
        tookS: [90],
      })),
    );
  return report.result();
}

it.each(['=cmd()', '+1', '-1', '@sum', '\tx'])(
  'the report as CSV defuses a rule that begins like the formula %j',
  (name) => {
    expect(reportCsv(aReport(name))).toContain(`"rule","'${name}","","1",`);
  },
);

it('the report as CSV doubles quotes, and every line has as many cells as the first', () => {
  const csv = reportCsv(aReport('a "quoted", rule'));
  expect(csv).toContain('"rule","a ""quoted"", rule","","1"');
  const cellsOf = (line: string) => line.match(/"(?:[^"]|"")*"/g)?.length;
  const [head = '', ...lines] = csv.trimEnd().split('\r\n');
  expect(lines.every((line) => cellsOf(line) === cellsOf(head))).toBe(true);
});

it('the report as SVG draws every rule, and nothing in a name is markup', async () => {
  const svg = await reportSvg(aReport('PKI', '<script>alert(1)</script>', 'A & B'));
  expect(svg).toContain('>PKI</text>');
  expect(svg).toContain('A &amp; B');
  expect(svg).toContain('&lt;script');
  expect(svg).not.toContain('<script');
});

it('the report as SVG of a span in which nothing was decided is a picture all the same', async () => {
  expect(await reportSvg(aReport())).toMatch(/^<svg .*Decisions per day.*<\/svg>\n$/s);
});
