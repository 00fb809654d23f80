import { describe, expect, it } from '@jest/globals';
import { type Absence, isUnattended, readUntil, whyAbsenceEnds } from '../../src/domain/absence.js';
import type { Person } from '../../src/domain/person.js';
import { aPersonId } from '../support/an-approval.js';
import { aMappedPerson, aPolicy, aRule } from './a-policy.js';

const thursdayMs = Date.parse('2026-12-10T15:00:00Z');
const dayMs = 24 * 60 * 60_000;

describe('until when somebody is away', () => {
  it.each([
    ['2026-12-24', '2026-12-25T00:00:00Z'],
    ['24 Dec', '2026-12-25T00:00:00Z'],
    ['Dec 24', '2026-12-25T00:00:00Z'],
    ['24. December 2026', '2026-12-25T00:00:00Z'],
    ['24th dec', '2026-12-25T00:00:00Z'],
    ['2 January', '2027-01-03T00:00:00Z'],
    ['today', '2026-12-11T00:00:00Z'],
    ['tomorrow', '2026-12-12T00:00:00Z'],
    ['Friday', '2026-12-12T00:00:00Z'],
    ['thu', '2026-12-18T00:00:00Z'],
    ['until monday', '2026-12-15T00:00:00Z'],
    ['3d', '2026-12-13T15:00:00Z'],
    ['1 week', '2026-12-17T15:00:00Z'],
    ['30d', '2027-01-09T15:00:00Z'],
  ])('is understood of %s', (typed, expected) => {
    expect(readUntil(typed, thursdayMs)).toEqual({ kind: 'until', untilMs: Date.parse(expected) });
  });

  it.each([
    ['soon', 'not-a-date'],
    ['', 'not-a-date'],
    ['30 Feb', 'not-a-date'],
    ['2026-13-01', 'not-a-date'],
    ['7', 'not-a-date'],
    ['sept', 'not-a-date'],
    ['2026-12-09', 'past'],
    ['0d', 'past'],
    ['31d', 'too-long'],
    ['2027-02-01', 'too-long'],
    ['9 Dec', 'too-long'],
  ])('is not taken from “%s”', (typed, kind) => {
    expect(readUntil(typed, thursdayMs)).toEqual({ kind });
  });

  it.each([
    ['Europe/Berlin', 'tomorrow', '2026-12-11T23:00:00Z'],
    ['America/Los_Angeles', 'tomorrow', '2026-12-12T08:00:00Z'],
    // Already Friday there.
    ['Pacific/Auckland', 'today', '2026-12-11T11:00:00Z'],
  ])('is the end of the day by the clock of %s', (timeZone, typed, expected) => {
    expect(readUntil(typed, thursdayMs, timeZone)).toEqual({ kind: 'until', untilMs: Date.parse(expected) });
  });

  it.each(['24 sep', '24 sept', 'September 24'])('is in September of “%s”, not in January', (typed) => {
    const beforeMs = Date.parse('2026-09-20T15:00:00Z');
    expect(readUntil(typed, beforeMs)).toEqual({
      kind: 'until',
      untilMs: Date.parse('2026-09-25T00:00:00Z'),
    });
  });

  it('is the end of the day also where the clock is put back on it', () => {
    const beforeMs = Date.parse('2026-10-24T15:00:00Z');
    expect(readUntil('2026-10-25', beforeMs, 'Europe/Berlin')).toEqual({
      kind: 'until',
      untilMs: Date.parse('2026-10-25T23:00:00Z'),
    });
  });
});

const delegate = aPersonId('U0DEL');

function anAbsence(overrides: Partial<Absence> = {}): Absence {
  return {
    id: 'AWAY2345',
    person: aPersonId(),
    name: 'Ada Okafor',
    delegate,
    delegateName: 'Del',
    sinceMs: thursdayMs,
    untilMs: thursdayMs + dayMs,
    ...overrides,
  };
}

const member = (id = aPersonId()): Person => ({ id, name: id.userId, membership: 'member' });

const policy = aPolicy({
  approvers: [aRule({ delegates: [delegate] })],
  people: [
    aMappedPerson(),
    aMappedPerson({ id: delegate, name: 'Del', identities: { command: ['KEYEXAMPLE\\del'] } }),
  ],
});

describe('an absence', () => {
  const pair = { approver: member(), delegate: member(delegate) };
  const now = { policy, systems: ['command'], nowMs: thursdayMs };

  it.each<[string, Partial<typeof pair>, Partial<typeof now>, string | undefined]>([
    ['stands', {}, {}, undefined],
    ['ends by its date', {}, { nowMs: thursdayMs + dayMs }, 'date'],
    ['ends with the approver suspended', { approver: { ...member(), isSuspended: true } }, {}, 'suspended'],
    [
      'ends with the delegate suspended',
      { delegate: { ...member(delegate), isSuspended: true } },
      {},
      'suspended',
    ],
    [
      'ends with the approver deactivated',
      { approver: { ...member(), membership: 'deactivated' } },
      {},
      'not-a-member',
    ],
    [
      'ends with the delegate a guest',
      { delegate: { ...member(delegate), membership: 'guest' } },
      {},
      'not-a-member',
    ],
    [
      'ends with the approver out of the rule',
      {},
      { policy: { ...policy, approvers: [aRule({ people: [], delegates: [delegate] })] } },
      'not-an-approver',
    ],
    [
      'ends with the delegate not listed',
      {},
      { policy: { ...policy, approvers: [aRule()] } },
      'not-a-delegate',
    ],
    ['ends with the delegate not mapped', {}, { policy: { ...policy, people: [] } }, 'not-mapped'],
    ['ends with the delegate mapped elsewhere only', {}, { systems: ['other'] }, 'not-mapped'],
  ])('%s', (_case, people, settings, expected) => {
    expect(whyAbsenceEnds(anAbsence(), { ...pair, ...people }, { ...now, ...settings })).toBe(expected);
  });
});

describe('a rule', () => {
  const [rule = aRule()] = policy.approvers;
  const people = [member()];

  it('is left by all once everybody it names is away and leaves their place to nobody', () => {
    const { delegate: _none, ...absence } = anAbsence();
    expect(isUnattended(rule, { people, absences: [{ absence }] })).toBe(true);
    expect(isUnattended(rule, { people, absences: [] })).toBe(false);
    expect(
      isUnattended(rule, { people: [...people, member(aPersonId('U0B'))], absences: [{ absence }] }),
    ).toBe(false);
  });

  it('is not left while a delegate is here, and is once that one is suspended', () => {
    const absence = anAbsence();
    expect(isUnattended(rule, { people, absences: [{ absence, delegate: member(delegate) }] })).toBe(false);
    const suspended: Person = { ...member(delegate), isSuspended: true };
    expect(isUnattended(rule, { people, absences: [{ absence, delegate: suspended }] })).toBe(true);
  });
});
