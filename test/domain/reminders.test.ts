import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReminderRule, ReminderTime } from '../../src/domain/policy.js';
import { remindersDue } from '../../src/domain/reminders.js';
import { anApproval, anInstance } from '../support/an-approval.js';

const hourMs = 60 * 60_000;
const since = Date.UTC(2026, 0, 15, 12);

function approvalUntil(expiresAtMs?: number) {
  const instance = anInstance();
  const replaces = expiresAtMs === undefined ? {} : { replaces: { names: [], expiresAtMs } };
  return anApproval({
    instance: { ...instance, facts: { ...instance.facts, ...replaces } },
    waitingSinceMs: since,
  });
}

const rule: ReminderRule = {
  remind: [{ afterMs: 2 * hourMs }, { afterMs: 8 * hourMs }],
  escalate: { times: [{ afterMs: 24 * hourMs }], to: [] },
  expireAfterMs: 48 * hourMs,
};

describe('what is due while nobody decides', () => {
  it('is nothing before the first time, and says when that is', () => {
    expect(remindersDue(approvalUntil(), rule, { said: [], nowMs: since })).toEqual({
      kinds: [],
      said: [],
      nextAtMs: since + 2 * hourMs,
    });
  });

  it('is one reminder, however many times were missed', () => {
    const due = remindersDue(approvalUntil(), rule, { said: [], nowMs: since + 9 * hourMs });
    expect(due.kinds).toEqual(['remind']);
    expect(due.nextAtMs).toBe(since + 24 * hourMs);
    const again = remindersDue(approvalUntil(), rule, { said: due.said, nowMs: since + 9 * hourMs });
    expect(again.kinds).toEqual([]);
  });

  it('waits for quiet hours to be over, and is said then', () => {
    const quietUntilMs = since + 5 * hourMs;
    const quiet = remindersDue(approvalUntil(), rule, { said: [], nowMs: since + 3 * hourMs, quietUntilMs });
    expect(quiet).toEqual({ kinds: [], said: [], nextAtMs: quietUntilMs });
    expect(remindersDue(approvalUntil(), rule, { said: [], nowMs: quietUntilMs }).kinds).toEqual(['remind']);
  });

  it('counts back from the date of what it is about, if there is one', () => {
    const early: ReminderRule = { remind: [{ beforeDeadlineMs: 3 * hourMs }] };
    const at = (nowMs: number, until?: number) =>
      remindersDue(approvalUntil(until), early, { said: [], nowMs });
    expect(at(since).nextAtMs).toBeUndefined();
    expect(at(since, since + 10 * hourMs).nextAtMs).toBe(since + 7 * hourMs);
    expect(at(since + 7 * hourMs, since + 10 * hourMs).kinds).toEqual(['remind']);
  });

  it('reminds nobody of what came later than its time, whose card has just said so, and escalates it at once', () => {
    const times: readonly ReminderTime[] = [{ beforeDeadlineMs: 24 * hourMs }];
    const late: ReminderRule = { remind: times, escalate: { times, to: [] } };
    const due = remindersDue(approvalUntil(since + hourMs), late, { said: [], nowMs: since });
    expect(due.kinds).toEqual(['escalate']);
    expect(due.nextAtMs).toBeUndefined();
  });

  it('says each time of each kind at most once, in whatever steps time passes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        (steps, quiet) => {
          let nowMs = since;
          let said: readonly string[] = [];
          const counts: Record<string, number> = {};
          steps.forEach((step, index) => {
            nowMs += step * hourMs;
            const quietUntilMs = quiet[index] ? nowMs + hourMs : undefined;
            const due = remindersDue(approvalUntil(since + 100 * hourMs), rule, {
              said,
              nowMs,
              quietUntilMs,
            });
            if (quietUntilMs !== undefined) expect(due.kinds).toEqual([]);
            for (const kind of due.kinds) counts[kind] = (counts[kind] ?? 0) + 1;
            if (due.nextAtMs !== undefined) expect(due.nextAtMs).toBeGreaterThan(nowMs);
            said = due.said;
          });
          expect(counts.remind ?? 0).toBeLessThanOrEqual(2);
          expect(counts.escalate ?? 0).toBeLessThanOrEqual(1);
          expect(counts.expire ?? 0).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 200 },
    );
  });
});
