import { describe, expect, it } from '@jest/globals';
import type { DeliverySubject, Notice } from '../../src/domain/notification.js';
import {
  handlingOf,
  type NotificationPreferences,
  summaryDue,
  usualPreferences,
} from '../../src/domain/preferences.js';
import { dayDue } from '../../src/domain/quiet-hours.js';
import { anApproval, aPersonId } from '../support/an-approval.js';

const person = aPersonId();
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Thursday, 2026-01-15, at that hour in UTC. */
const at = (hour: number) => Date.UTC(2026, 0, 15, hour);

function preferring(change: Partial<NotificationPreferences>): NotificationPreferences {
  return { person, ...usualPreferences, ...change };
}

const approval = anApproval();

const optional: readonly DeliverySubject[] = [
  { kind: 'card', approvalId: 'a' },
  ...(
    [
      { kind: 'opened', approval },
      { kind: 'outcome', approval },
      { kind: 'escalation', approvalId: 'a' },
      { kind: 'undecided', approvalId: 'a', isRequester: true },
    ] satisfies Notice[]
  ).map((notice) => ({ kind: 'notice', notice }) as const),
];

const reminder: DeliverySubject = { kind: 'notice', notice: { kind: 'reminder', person } };

const question: DeliverySubject = {
  kind: 'notice',
  notice: {
    kind: 'question',
    approval,
    question: { number: 1, person, name: 'Ada', text: 'Why?', atMs: 0 },
  },
};

/** Made by the security of somebody's account, or by their own decision. */
const always: readonly DeliverySubject[] = (
  [
    { kind: 'released', approval, why: 'overtaken' },
    { kind: 'outcome-unknown', approval },
    { kind: 'vote-void', approval, why: 'rights' },
    { kind: 'linked', system: 'command', username: 'ada' },
    { kind: 'link-ended', approval, system: 'command', requestId: 'r' },
    { kind: 'bulk-summary', bulk: { id: 'b', size: 2 } },
    {
      kind: 'absence',
      absence: { id: 'A', person, name: 'Ada', sinceMs: 0, untilMs: 1 },
      to: 'approver',
    },
  ] satisfies Notice[]
).map((notice) => ({ kind: 'notice', notice }) as const);

const handlings = (
  subjects: readonly DeliverySubject[],
  preferences: NotificationPreferences | undefined,
  nowMs: number,
) => [
  ...new Set(
    subjects.map((subject) => JSON.stringify(handlingOf(subject, preferences, { timeZone: 'UTC', nowMs }))),
  ),
];

const send = JSON.stringify({ kind: 'send' });

describe('what becomes of a direct message', () => {
  it('is that it is sent, where its reader has chosen nothing', () => {
    expect(handlings([...optional, ...always, reminder, question], undefined, at(3))).toEqual([send]);
  });

  it('is never anything else where it is about a decision of their own or the safety of their account', () => {
    const strictest = preferring({
      directMessages: 'off',
      quiet: { fromMinute: 0, toMinute: 1_439 },
      workingDays: ['sun'],
    });
    expect(handlings(always, strictest, at(12))).toEqual([send]);
  });

  it('is that it is left out by whoever wants none, but a question, which waits for an answer', () => {
    const off = preferring({ directMessages: 'off' });
    expect(handlings([...optional, reminder], off, at(12))).toEqual([JSON.stringify({ kind: 'leave-out' })]);
    expect(handlings([question], off, at(12))).toEqual([send]);
  });

  it('is that it waits for the summary of the day, which makes a reminder needless', () => {
    const daily = preferring({ directMessages: 'daily' });
    const kinds = optional.map((one) => handlingOf(one, daily, { timeZone: 'UTC', nowMs: at(12) }).kind);
    expect(new Set(kinds)).toEqual(new Set(['hold']));
    expect(handlings([reminder], daily, at(12))).toEqual([JSON.stringify({ kind: 'leave-out' })]);
    expect(handlings([question], daily, at(12))).toEqual([send]);
  });

  it('is that it waits for the end of quiet hours, by the clock of its reader', () => {
    const night = preferring({ quiet: { fromMinute: 20 * 60, toMinute: 7 * 60 } });
    const held = (untilMs: number) => JSON.stringify({ kind: 'hold', untilMs });
    expect(handlings([...optional, reminder, question], night, at(3))).toEqual([held(at(7))]);
    expect(handlings(optional, night, at(12))).toEqual([send]);
    const inBerlin = handlingOf(reminder, night, { timeZone: 'Europe/Berlin', nowMs: at(3) });
    expect(inBerlin).toEqual({ kind: 'hold', untilMs: at(6) });
  });

  it('is that it waits for the next working day', () => {
    const working = preferring({ workingDays: ['mon', 'tue', 'wed'] });
    const hold = { kind: 'hold', untilMs: at(0) + 4 * 24 * hourMs };
    expect(handlingOf(reminder, working, { timeZone: 'UTC', nowMs: at(12) })).toEqual(hold);
  });
});

describe('the summary of a day', () => {
  const daily = preferring({ directMessages: 'daily', dailyAtMinute: 9 * 60 });
  const due = (preferences: NotificationPreferences, nowMs: number, doneDay?: string) =>
    summaryDue(preferences, { timeZone: 'UTC', nowMs, doneDay });

  it('is due from its time on until it is done with', () => {
    expect([due(daily, at(8)), due(daily, at(9)), due(daily, at(22))]).toEqual([
      undefined,
      '2026-01-15',
      '2026-01-15',
    ]);
    expect(due(daily, at(22), '2026-01-15')).toBeUndefined();
  });

  it('waits for the end of quiet hours, and skips days that are quiet as a whole', () => {
    const late = { ...daily, quiet: { fromMinute: 8 * 60, toMinute: 12 * 60 } };
    expect([due(late, at(10)), due(late, at(12))]).toEqual([undefined, '2026-01-15']);
    expect(due({ ...daily, workingDays: ['fri'] }, at(12))).toBeUndefined();
  });

  it('is for those alone who want one', () => {
    expect(due(preferring({ directMessages: 'each' }), at(12))).toBeUndefined();
    expect(due(preferring({ directMessages: 'off' }), at(12))).toBeUndefined();
  });

  it('is of the day that a clock elsewhere shows', () => {
    const day = (timeZone: string) => dayDue({ dailyAtMinute: 60, timeZone }, Date.UTC(2026, 0, 15, 20));
    expect([day('Asia/Tokyo'), day('America/New_York')]).toEqual(['2026-01-16', '2026-01-15']);
  });
});
