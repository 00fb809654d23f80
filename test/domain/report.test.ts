import { describe, expect, it } from '@jest/globals';
import { createReport, daysIn, lastDays, type ReportGroup, weekDue } from '../../src/domain/report.js';

const minute = 60_000;

const hours = (fromMs: number, toMs: number) => Math.round((toMs - fromMs) / 360_000) / 10;

function ended(changes: Partial<ReportGroup>): ReportGroup {
  const tookS = changes.tookS ?? [60];
  const usual = { name: 'PKI', how: 'approved', findings: '', isLate: false, count: tookS.length, tookS };
  return { kind: 'ended', ...usual, ...changes };
}

function other(kind: ReportGroup['kind'], name: string, count: number): ReportGroup {
  return { kind, name, how: '', findings: '', isLate: false, count, tookS: [] };
}

describe('a report', () => {
  it('gives the numbers somebody counts by hand', () => {
    const span = { sinceMs: Date.UTC(2026, 0, 5), untilMs: Date.UTC(2026, 0, 7), timeZone: 'UTC' };
    const report = createReport(span);
    const [monday, tuesday] = daysIn(span);
    if (!monday || !tuesday) throw new Error('The span has two days');
    report.add(monday, [
      ended({ tookS: [60, 120, 600], findings: 'adds-names wildcard' }),
      ended({ how: 'denied', tookS: [3_600], isLate: true }),
      ended({ how: 'elsewhere', count: 2, tookS: [], isLate: true }),
      other('refusal', 'own-request', 2),
      other('reminder', 'reminder', 4),
      other('failure', 'corp', 1),
    ]);
    report.add(tuesday, [
      ended({ name: 'Plant', tookS: [30, 7_200], findings: 'wildcard' }),
      ended({ how: 'overtaken', count: 1, tookS: [] }),
      other('refusal', 'own-request', 1),
      other('refusal', 'not-an-approver', 1),
      { ...other('recovery', 'corp', 1), how: 'recovered', tookS: [1_800] },
      { ...other('recovery', 'corp', 3), how: 'quiet' },
    ]);
    const row = { approved: 0, denied: 0, elsewhere: 0, overtaken: 0, unknown: 0, late: 0 };
    // Of 30, 60, 120, 600, 3600, 7200 the third is the median, and the sixth what nine tenths do not exceed.
    const six = { count: 6, medianMs: 2 * minute, p90Ms: 120 * minute };
    const four = { count: 4, medianMs: 2 * minute, p90Ms: 60 * minute };
    const two = { count: 2, medianMs: minute / 2, p90Ms: 120 * minute };
    expect(report.result()).toEqual({
      ...span,
      total: {
        name: '',
        approved: 5,
        denied: 1,
        elsewhere: 2,
        overtaken: 1,
        unknown: 0,
        late: 3,
        times: six,
      },
      rules: [
        { ...row, name: 'PKI', approved: 3, denied: 1, elsewhere: 2, overtaken: 1, late: 3, times: four },
        { ...row, name: 'Plant', approved: 2, times: two },
      ],
      weekdays: [
        { ...row, name: 'mon', approved: 3, denied: 1, elsewhere: 2, late: 3, times: four },
        { ...row, name: 'tue', approved: 2, overtaken: 1, times: two },
        ...['wed', 'thu', 'fri', 'sat', 'sun'].map((name) => ({ ...row, name })),
      ],
      days: [
        { ...row, name: '2026-01-05', approved: 3, denied: 1, elsewhere: 2, late: 3, times: four },
        { ...row, name: '2026-01-06', approved: 2, overtaken: 1, times: two },
      ],
      refusals: [
        { name: 'own-request', count: 3 },
        { name: 'not-an-approver', count: 1 },
      ],
      findings: [
        { name: 'wildcard', count: 5 },
        { name: 'adds-names', count: 3 },
      ],
      reminders: [{ name: 'reminder', count: 4 }],
      failures: {
        begun: 1,
        recovered: 1,
        quiet: 3,
        times: { count: 1, medianMs: 30 * minute, p90Ms: 30 * minute },
      },
    });
  });

  it('gives exact middle and ninetieth values of many times', () => {
    const span = { sinceMs: 0, untilMs: 1, timeZone: 'UTC' };
    const report = createReport(span);
    // 999 down to 0, in several portions.
    for (let from = 900; from >= 0; from -= 100)
      report.add({ name: 'a day', weekday: 'thu' }, [
        ended({ tookS: Array.from({ length: 100 }, (_, at) => from + 99 - at) }),
      ]);
    expect(report.result().total.times).toEqual({ count: 1_000, medianMs: 499_000, p90Ms: 899_000 });
  });
});

describe('the days of a report', () => {
  it('are those of a clock, also where it is put forward or back', () => {
    const nowMs = Date.UTC(2026, 2, 30, 12);
    const days = daysIn(lastDays(nowMs, 3, 'Europe/Berlin'));
    expect(days.map(({ name, weekday, fromMs, toMs }) => [name, weekday, hours(fromMs, toMs)])).toEqual([
      ['2026-03-28', 'sat', 24],
      ['2026-03-29', 'sun', 23],
      ['2026-03-30', 'mon', 14],
    ]);
    const october = daysIn(lastDays(Date.UTC(2026, 9, 25, 23, 30), 2, 'Europe/Berlin'));
    expect(october.map(({ fromMs, toMs }) => hours(fromMs, toMs))).toEqual([25, 0.5]);
  });

  it('are as many as were asked for, with no gap between them', () => {
    const days = daysIn(lastDays(Date.UTC(2026, 10, 30, 7), 366, 'America/Sao_Paulo'));
    expect(days).toHaveLength(366);
    expect(days.slice(1).every(({ fromMs }, at) => fromMs === days[at]?.toMs)).toBe(true);
    expect(new Set(days.map(({ name }) => name)).size).toBe(366);
  });
});

describe('the weekly report', () => {
  const place = { weekday: 'mon', atMinute: 8 * 60, timeZone: 'Europe/Berlin', people: false } as const;
  const mondayEight = Date.UTC(2026, 10, 30, 7);

  it('is due from its time of its day on, for the seven days before', () => {
    const due = weekDue(place, mondayEight);
    expect(due.name).toBe('2026-11-30');
    expect(daysIn(due).map(({ name }) => name)).toEqual([
      ...[23, 24, 25, 26, 27, 28, 29].map((day) => `2026-11-${day}`),
    ]);
    expect(weekDue(place, mondayEight + 6 * 24 * 60 * minute).name).toBe('2026-11-30');
  });

  it('is that of the week before until then', () => {
    expect(weekDue(place, mondayEight - 1).name).toBe('2026-11-23');
  });
});
