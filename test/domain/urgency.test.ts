import { describe, expect, it } from '@jest/globals';
import { byUrgency, deadlineOf, urgencyOf, urgencyPlace } from '../../src/domain/reminders.js';
import { anApproval, anInstance } from '../support/an-approval.js';

const dayMs = 24 * 60 * 60_000;
const now = Date.UTC(2026, 5, 1, 12);

function approvalWith(facts: object, waitedMs = 0) {
  const instance = anInstance();
  return anApproval({
    instance: { ...instance, facts: { ...instance.facts, ...facts } },
    waitingSinceMs: now - waitedMs,
  });
}

describe('how much an approval presses', () => {
  it.each([
    ['nothing sets a date and it is new', {}, 0, 'low'],
    ['it has waited for a day', {}, dayMs, 'medium'],
    ['it has waited for a week', {}, 7 * dayMs, 'high'],
    [
      'it replaces a certificate good for a month',
      { replaces: { names: [], expiresAtMs: now + 30 * dayMs } },
      0,
      'low',
    ],
    [
      'it replaces a certificate good for two weeks',
      { replaces: { names: [], expiresAtMs: now + 14 * dayMs } },
      0,
      'medium',
    ],
    [
      'it replaces a certificate good for two days',
      { replaces: { names: [], expiresAtMs: now + 2 * dayMs } },
      0,
      'high',
    ],
    [
      'it replaces a certificate that has expired',
      { replaces: { names: [], expiresAtMs: now - 1 } },
      0,
      'high',
    ],
    ['its workflow wants it within a day', { due: new Date(now + dayMs).toISOString() }, 0, 'high'],
    ['its workflow wants it within ten days', { due: new Date(now + 10 * dayMs).toISOString() }, 0, 'medium'],
    ['it revokes since a key is known to others', { revocation: { reason: 'keyCompromise' } }, 0, 'high'],
    [
      'it revokes since a key is known to others, as people write it',
      { revocation: { reason: 'Key compromise' } },
      0,
      'high',
    ],
    ['it revokes since the authority’s key is known', { revocation: { reason: 'cACompromise' } }, 0, 'high'],
    ['it revokes what is superseded', { revocation: { reason: 'superseded' } }, 0, 'low'],
  ])('when %s', (_what, facts, waitedMs, level) => {
    expect(urgencyOf(approvalWith(facts, waitedMs), now).level).toBe(level);
  });

  it('is overdue only once the date has passed', () => {
    const until = (expiresAtMs: number) =>
      urgencyOf(approvalWith({ replaces: { names: [], expiresAtMs } }), now);
    expect([until(now).isOverdue, until(now - 1).isOverdue]).toEqual([false, true]);
    expect(deadlineOf(approvalWith({ replaces: { names: [], expiresAtMs: 5 } }))).toBe(5);
  });

  it('puts first what presses most, then the nearest date, then the longest wait', () => {
    const late = approvalWith({ replaces: { names: [], expiresAtMs: now + dayMs } });
    const later = approvalWith({ replaces: { names: [], expiresAtMs: now + 2 * dayMs } });
    const compromised = approvalWith({ revocation: { reason: 'keyCompromise' } }, 60_000);
    const old = approvalWith({}, 3 * dayMs);
    const fresh = approvalWith({}, 1);
    const sorted = [fresh, old, compromised, later, late]
      .map((approval) => ({ approval, place: urgencyPlace(approval, now) }))
      .sort((a, b) => byUrgency(a.place, b.place))
      .map(({ approval }) => approval);
    expect(sorted).toEqual([late, later, compromised, old, fresh]);
  });
});
