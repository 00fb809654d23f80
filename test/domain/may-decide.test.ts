import { describe, expect, it } from '@jest/globals';
import { isSameName } from '../../src/domain/instance.js';
import type { Person } from '../../src/domain/person.js';
import type { Policy } from '../../src/domain/policy.js';
import { actingIdentitiesOf, identitiesOf, mayDecide } from '../../src/domain/policy.js';
import { anInstance, aPerson, aPersonId } from '../support/an-approval.js';
import { aMappedPerson, aPolicy, aRule } from './a-policy.js';

const requestOf = (...requesters: readonly string[]) =>
  anInstance({ facts: { ...anInstance().facts, requesters } });
const known = (...names: readonly string[]): Partial<Policy> => ({
  people: [aMappedPerson({ identities: { command: names } })],
});
const byEmail: Partial<Policy> = { people: [], emailMatching: true };
const ownAllowed: Partial<Policy> = { approvers: [aRule({ ownRequest: 'allowed' })] };
const guest: Partial<Person> = { membership: 'guest' };

describe('who may decide', () => {
  it('lets an approver of the rule decide, and says under which names the system knows them', () => {
    expect(mayDecide(aPerson(), anInstance(), aPolicy())).toEqual({
      kind: 'yes',
      rule: aRule(),
      identities: ['KEYEXAMPLE\\aokafor'],
    });
  });

  it.each(['guest', 'stranger', 'bot', 'deactivated'] as const)('never lets a %s decide', (standing) => {
    expect(mayDecide(aPerson({ membership: standing }), anInstance(), aPolicy())).toEqual({
      kind: 'not-a-member',
      membership: standing,
    });
  });

  it('lets nobody decide where no rule matches', () => {
    expect(mayDecide(aPerson(), anInstance(), aPolicy({ approvers: [] }))).toEqual({ kind: 'no-rule' });
  });

  it('lets nobody decide under a rule that names nobody', () => {
    const rule = aRule({ people: [] });
    expect(mayDecide(aPerson(), anInstance(), aPolicy({ approvers: [rule] }))).toEqual({
      kind: 'not-an-approver',
      rule,
    });
  });

  it('takes the same user id in another workspace for another person', () => {
    const person = aPerson({ id: aPersonId('U0ADA', 'T0OTHER') });
    expect(mayDecide(person, anInstance(), aPolicy()).kind).toBe('not-an-approver');
  });

  it('goes by the first rule that matches, even if a later one would allow it', () => {
    const first = aRule({ name: 'web', match: { template: ['WebServer'] }, people: [aPersonId('U0BO')] });
    const approvers = [aRule({ match: { template: ['CodeSigning'] } }), first, aRule()];
    expect(mayDecide(aPerson(), anInstance(), aPolicy({ approvers }))).toEqual({
      kind: 'not-an-approver',
      rule: first,
    });
  });
});

describe('an own request', () => {
  it.each<[string, Partial<Policy>, readonly string[], string]>([
    ['is refused', known('KEYEXAMPLE\\aokafor'), ['KEYEXAMPLE\\aokafor'], 'own-request'],
    ['is refused whatever the case', known('KEYEXAMPLE\\aokafor'), ['KeyExample\\AOKAFOR'], 'own-request'],
    [
      'is refused despite blanks around a name',
      known(' KEYEXAMPLE\\aokafor '),
      ['KEYEXAMPLE\\aokafor'],
      'own-request',
    ],
    [
      'is refused by a second name of the requester',
      known('ada@example.com'),
      ['CN\\svc', 'ada@example.com'],
      'own-request',
    ],
    [
      'is refused by a second name of the person',
      known('x', 'KEYEXAMPLE\\aokafor'),
      ['KEYEXAMPLE\\aokafor'],
      'own-request',
    ],
    ['is refused by a confirmed e-mail, where that is allowed', byEmail, ['Ada@Example.com'], 'own-request'],
    [
      'is not seen in a name that only begins the same',
      known('KEYEXAMPLE\\ada'),
      ['KEYEXAMPLE\\adam'],
      'yes',
    ],
    [
      'is not seen in the same name of another system',
      { people: [aMappedPerson({ identities: { command: ['a'], other: ['b'] } })] },
      ['b'],
      'yes',
    ],
    ['is told from another person’s', known('KEYEXAMPLE\\aokafor'), ['KEYEXAMPLE\\rkim'], 'yes'],
    [
      'is seen in an e-mail address whose user name and domain are the requester’s',
      byEmail,
      ['EXAMPLE\\ada'],
      'own-request',
    ],
    [
      'may be hidden behind an e-mail address with the requester’s user name',
      byEmail,
      ['ada'],
      'maybe-own-request',
    ],
    [
      'cannot be ruled out by an e-mail address: the system may call its owner something else',
      byEmail,
      ['rkim@example.com'],
      'not-mapped',
    ],
    ['cannot be ruled out by an e-mail address when nobody is told', byEmail, [], 'not-mapped'],
    [
      'is told from another person’s by an e-mail address the settings give',
      known('ada@example.com'),
      ['rkim@example.com'],
      'yes',
    ],
    [
      'does not matter where the rule allows it, e-mail address or not',
      { ...byEmail, ...ownAllowed },
      ['ada@example.com'],
      'yes',
    ],
    ['cannot be ruled out for somebody not mapped', { people: [] }, ['KEYEXAMPLE\\rkim'], 'not-mapped'],
    [
      'cannot be ruled out for somebody mapped elsewhere only',
      { people: [aMappedPerson({ identities: { other: ['b'] } })] },
      ['r'],
      'not-mapped',
    ],
    [
      'cannot be ruled out when the requester is not told',
      known('KEYEXAMPLE\\aokafor'),
      [],
      'requester-unknown',
    ],
    ['does not matter where the rule allows it', { ...known('a'), ...ownAllowed }, ['a'], 'yes'],
    ['needs no map where the rule allows it', { people: [], ...ownAllowed }, ['a'], 'yes'],
    ['needs no requester where the rule allows it', { people: [], ...ownAllowed }, [], 'yes'],
    [
      'cannot be ruled out where one of two requesters is known only by an address',
      known('KEYEXAMPLE\\aokafor'),
      ['KEYEXAMPLE\\svc-portal', 'ada.okafor@corp.example'],
      'not-mapped',
    ],
    [
      'can be ruled out where every requester can be compared',
      known('KEYEXAMPLE\\aokafor', 'ada@example.com'),
      ['KEYEXAMPLE\\svc-portal', 'rkim@example.com'],
      'yes',
    ],
  ])('%s', (_sentence, settings, requesters, kind) => {
    expect(mayDecide(aPerson(), requestOf(...requesters), aPolicy(settings)).kind).toBe(kind);
  });

  it('cannot be ruled out by an e-mail address against a name of another form', () => {
    const policy = aPolicy(byEmail);
    const verdict = mayDecide(
      aPerson({ confirmedEmail: 'rkim@example.com' }),
      requestOf('KEYEXAMPLE\\rkim'),
      policy,
    );
    expect(verdict.kind).not.toBe('yes');
  });
});

describe('a step a workflow told of by itself', () => {
  const inbound = anInstance({ facts: { ...anInstance().facts, isInbound: true } });
  const nobodyMapped = { people: [], ...ownAllowed };

  it('is decided in somebody’s name, so nobody without one may decide it', () => {
    expect(mayDecide(aPerson(), inbound, aPolicy(nobodyMapped)).kind).toBe('not-mapped');
    const emailNamed = { emailMatching: true, emailNamed: ['command'] };
    expect(mayDecide(aPerson(), inbound, aPolicy({ ...nobodyMapped, ...emailNamed })).kind).toBe('yes');
    expect(mayDecide(aPerson(), inbound, aPolicy({ ...known('a'), ...ownAllowed })).kind).toBe('yes');
  });
});

describe('of several reasons to refuse', () => {
  const unruled: Partial<Policy> = { approvers: [], people: [] };
  const others: Partial<Policy> = { approvers: [aRule({ people: [aPersonId('U0BO')] })], people: [] };
  it.each<[string, Partial<Person>, Partial<Policy>, readonly string[], string]>([
    ['the standing comes before the missing rule', guest, unruled, [], 'not-a-member'],
    ['the standing comes before the own request', guest, {}, ['KEYEXAMPLE\\aokafor'], 'not-a-member'],
    ['the missing rule comes before the missing map', {}, unruled, [], 'no-rule'],
    ['not being an approver comes before the missing map', {}, others, [], 'not-an-approver'],
    ['the missing map comes before the unknown requester', {}, { people: [] }, [], 'not-mapped'],
  ])('%s', (_sentence, person, settings, requesters, kind) => {
    expect(mayDecide(aPerson(person), requestOf(...requesters), aPolicy(settings)).kind).toBe(kind);
  });
});

describe('the names a system knows a person by', () => {
  const { confirmedEmail: _email, ...unconfirmed } = aPerson();
  it.each<[string, Person, Partial<Policy>, readonly string[]]>([
    ['are those of the map', aPerson(), {}, ['KEYEXAMPLE\\aokafor']],
    [
      'are those of the map though e-mail is allowed',
      aPerson(),
      { emailMatching: true },
      ['KEYEXAMPLE\\aokafor'],
    ],
    [
      'are none when the map has none for this system, e-mail or not',
      aPerson(),
      { emailMatching: true, people: [aMappedPerson({ identities: {} })] },
      [],
    ],
    ['are the confirmed e-mail of somebody not mapped', aPerson(), byEmail, ['ada@example.com']],
    ['are none while e-mail is not allowed', aPerson(), { people: [] }, []],
    ['are none when the e-mail is not confirmed', unconfirmed, byEmail, []],
    [
      'are not those of the same user id in another workspace',
      aPerson({ id: aPersonId('U0ADA', 'T0OTHER') }),
      {},
      [],
    ],
  ])('%s', (_sentence, person, settings, names) => {
    expect(identitiesOf(person, 'command', aPolicy(settings))).toEqual(names);
  });

  it.each([
    ['KEYEXAMPLE\\rkim', 'keyexample\\RKIM', true],
    [' rkim', 'rkim ', true],
    ['rkim', 'r kim', false],
    ['', 'rkim', false],
  ])('compare %j with %j as the same: %j', (a, b, isSame) => {
    expect([isSameName(a, b), isSameName(b, a)]).toEqual([isSame, isSame]);
  });
});

describe('a name that may be the requester’s', () => {
  it.each([
    ['jsmith', 'KEYEXAMPLE\\jsmith', 'maybe-own-request'],
    ['KEYEXAMPLE\\jsmith', 'jsmith', 'maybe-own-request'],
    ['CORP\\jsmith', 'corp.local\\JSmith', 'own-request'],
    ['CORP\\jsmith', 'jsmith@corp.example', 'own-request'],
    ['CORP\\jsmith', 'LAB\\jsmith', 'maybe-own-request'],
    ['jsmith@corp.example', 'jsmith@lab.example', 'maybe-own-request'],
    ['CORP\\jsmith', 'jsmith@mail.example', 'maybe-own-request'],
    ['jsmith@mail.example', 'CORP\\jsmith', 'maybe-own-request'],
    ['jsmith', 'azure-ad::jsmith', 'maybe-own-request'],
    ['CORP\\jsmith', 'CORP\\jsmithers', 'yes'],
    ['CORP\\jsmith', 'activedirectory::CORP\\jsmith', 'maybe-own-request'],
    ['jsmith', 'activedirectory::jsmith', 'maybe-own-request'],
    ['activedirectory::jsmith', 'ActiveDirectory::jsmith', 'own-request'],
    ['azureactivedirectory::jsmith@corp.example', 'activedirectory::CORP\\jsmith', 'maybe-own-request'],
    ['activedirectory::CORP\\rkim', 'activedirectory::CORP\\jsmith', 'yes'],
  ])('asked by %s, decided by %s: %s', (requester, own, expected) => {
    const instance = anInstance({ facts: { ...anInstance().facts, requesters: [requester] } });
    const people = [aMappedPerson({ identities: { command: [own] } })];
    expect(mayDecide(aPerson(), instance, aPolicy({ people })).kind).toBe(expected);
  });
});

describe('domains that are declared', () => {
  const domains = [['CORP', 'corp.example.com'], ['LAB']];
  it.each([
    ['CORP\\jsmith', 'LAB\\jsmith', 'yes'],
    ['jsmith@Corp.Example.com', 'corp\\jsmith', 'own-request'],
    ['CORP\\jsmith', 'corp.local\\jsmith', 'own-request'],
    ['CORP\\jsmith', 'PLANT\\jsmith', 'maybe-own-request'],
    ['CORP\\jsmith', 'jsmith@lab.example.com', 'maybe-own-request'],
    ['LAB\\jsmith', 'jsmith', 'maybe-own-request'],
    ['aad::LAB\\jsmith', 'CORP\\jsmith', 'yes'],
  ])('asked by %s, decided by %s: %s', (requester, own, expected) => {
    const people = [aMappedPerson({ identities: { command: [own] } })];
    expect(mayDecide(aPerson(), requestOf(requester), aPolicy({ people, domains })).kind).toBe(expected);
  });
});

describe('an e-mail address nobody listed', () => {
  const inbound = anInstance({ facts: { ...anInstance().facts, isInbound: true } });
  const emailNamed: Partial<Policy> = { ...byEmail, emailNamed: ['command'] };

  it('shows that a request is another’s only where the system’s user names are e-mail addresses', () => {
    const asked = requestOf('rkim@example.com');
    expect(mayDecide(aPerson(), asked, aPolicy(byEmail)).kind).toBe('not-mapped');
    expect(mayDecide(aPerson(), asked, aPolicy(emailNamed)).kind).toBe('yes');
    expect(mayDecide(aPerson(), requestOf('EXAMPLE\\rkim'), aPolicy(emailNamed)).kind).toBe('not-mapped');
    expect(mayDecide(aPerson(), asked, aPolicy({ ...emailNamed, emailNamed: ['other'] })).kind).toBe(
      'not-mapped',
    );
  });

  it('is no name to act in where it is only a guess', () => {
    expect(actingIdentitiesOf(aPerson(), 'command', aPolicy(byEmail))).toEqual([]);
    expect(actingIdentitiesOf(aPerson(), 'command', aPolicy(emailNamed))).toEqual(['ada@example.com']);
    expect(mayDecide(aPerson(), inbound, aPolicy({ ...byEmail, ...ownAllowed })).kind).toBe('not-mapped');
  });
});
