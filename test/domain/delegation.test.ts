import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Vote } from '../../src/domain/approval.js';
import type { Person, PersonId } from '../../src/domain/person.js';
import { type Delegation, mayDecide } from '../../src/domain/policy.js';
import { countDistinct, countVote } from '../../src/domain/voting.js';
import { anInstance, aPersonId, aVote } from '../support/an-approval.js';
import { aMappedPerson, aPolicy, aRule } from './a-policy.js';

const delegate = aPersonId('U0DEL');

const mapped = (id: PersonId, name: string) =>
  aMappedPerson({ id, name, identities: { command: [`KEYEXAMPLE\\${name}`] } });

const policy = aPolicy({
  approvers: [aRule({ delegates: [delegate] })],
  people: [mapped(aPersonId(), 'ada'), mapped(delegate, 'del')],
});

const member = (id: PersonId, more: Partial<Person> = {}): Person => ({
  id,
  name: id.userId,
  membership: 'member',
  ...more,
});

const requestOf = (...requesters: string[]) => {
  const instance = anInstance();
  return { ...instance, facts: { ...instance.facts, requesters } };
};

const standing: Delegation = { approver: member(aPersonId()), delegate };

const verdictOf = ({
  person = member(delegate),
  requester = 'KEYEXAMPLE\\someone',
  settings = {},
  delegations = [standing],
}: {
  readonly person?: Person;
  readonly requester?: string;
  readonly settings?: Partial<typeof policy>;
  readonly delegations?: readonly Delegation[];
} = {}) => mayDecide(person, requestOf(requester), { ...policy, ...settings }, delegations);

describe('a delegate', () => {
  it('decides in the seat of the approver who is away, with their own name in the system', () => {
    expect(verdictOf()).toMatchObject({
      kind: 'yes',
      identities: ['KEYEXAMPLE\\del'],
      seats: [{ person: aPersonId(), name: 'ada', identities: ['KEYEXAMPLE\\ada'] }],
    });
  });

  it('who is an approver decides in their own seat', () => {
    const approvers = [aRule({ people: [aPersonId(), delegate], delegates: [delegate] })];
    const verdict = verdictOf({ settings: { approvers } });
    expect(verdict).toMatchObject({ kind: 'yes' });
    expect(verdict).not.toHaveProperty('seats');
  });

  const rule = aRule({ delegates: [delegate] });

  it.each<[string, Parameters<typeof verdictOf>[0], string]>([
    ['once nothing is left to them', { delegations: [] }, 'not-an-approver'],
    [
      'where it was left for another rule',
      { delegations: [{ ...standing, rule: 'other' }] },
      'not-an-approver',
    ],
    ['where the rule does not list them', { settings: { approvers: [aRule()] } }, 'not-an-approver'],
    [
      'for somebody the rule does not name any more',
      { settings: { approvers: [{ ...rule, people: [aPersonId('U0OTHER')] }] } },
      'not-an-approver',
    ],
    [
      'for somebody whose rights are suspended',
      { delegations: [{ ...standing, approver: member(aPersonId(), { isSuspended: true }) }] },
      'not-an-approver',
    ],
    [
      'for somebody who was deactivated',
      { delegations: [{ ...standing, approver: member(aPersonId(), { membership: 'deactivated' }) }] },
      'not-an-approver',
    ],
    ['whose own rights are suspended', { person: member(delegate, { isSuspended: true }) }, 'suspended'],
    ['who is a guest', { person: member(delegate, { membership: 'guest' }) }, 'not-a-member'],
    ['whom the system does not know', { settings: { people: policy.people.slice(0, 1) } }, 'not-mapped'],
    [
      'whom it knows by a guess only',
      {
        person: member(delegate, { confirmedEmail: 'del@example.com' }),
        settings: { people: policy.people.slice(0, 1), emailMatching: true },
      },
      'not-mapped',
    ],
    ['about their own request', { requester: 'KEYEXAMPLE\\del' }, 'own-request'],
    ['about what may be their own request', { requester: 'OTHER\\del' }, 'maybe-own-request'],
    ['about the request of the approver', { requester: 'KEYEXAMPLE\\ada' }, 'own-request-of-approver'],
    ['about what may be the approver’s request', { requester: 'OTHER\\ada' }, 'own-request-of-approver'],
    [
      'about the request of the approver where the rule allows own requests',
      {
        requester: 'KEYEXAMPLE\\ada',
        settings: { approvers: [aRule({ delegates: [delegate], ownRequest: 'allowed' })] },
      },
      'own-request-of-approver',
    ],
    [
      'in the portal only',
      { settings: { approvers: [{ ...rule, approveWith: 'portal-only' as const }] } },
      'portal-only',
    ],
    [
      'for somebody of whom the chat cannot say whether they are in a group',
      {
        settings: { approvers: [{ ...rule, people: [], groups: ['S0PKI'] }] },
        delegations: [{ ...standing, approver: member(aPersonId(), { uncheckedGroups: ['S0PKI'] }) }],
      },
      'group-not-checked',
    ],
  ])('decides nothing %s', (_case, about, expected) => {
    expect(verdictOf(about).kind).toBe(expected);
  });

  it('hands nothing on: whoever holds a seat only by what another left them leaves it to nobody', () => {
    const third = aPersonId('U0THIRD');
    const approvers = [aRule({ delegates: [delegate, third] })];
    const people = [...policy.people, mapped(third, 'third')];
    const delegations = [standing, { approver: member(delegate), delegate: third }];
    const settings = { approvers, people };
    expect(verdictOf({ person: member(third), settings, delegations }).kind).toBe('not-an-approver');
  });
});

/** Approvers with seats of their own; x and y decide in theirs. */
const approvers = ['a', 'b', 'c', 'd'] as const;

const idOf = (name: string) => aPersonId(`U0${name.toUpperCase()}`);
const identityOf = (name: string) => [`KEYEXAMPLE\\${name}`];

const anyVote = fc
  .record({
    voter: fc.constantFrom(...approvers, 'x', 'y'),
    seat: fc.option(fc.constantFrom(...approvers), { nil: undefined }),
  })
  .map(({ voter, seat }) => {
    const isOwn = approvers.some((one) => one === voter);
    // Whoever has a seat decides in it; a delegate in one that was left to them.
    const left = isOwn ? undefined : (seat ?? 'a');
    return { voter, seat: left };
  });

const voteOf = ({ voter, seat }: { readonly voter: string; readonly seat: string | undefined }): Vote => ({
  ...aVote(),
  person: idOf(voter),
  name: voter,
  identities: identityOf(voter),
  ...(seat === undefined ? {} : { seat: { person: idOf(seat), name: seat, identities: identityOf(seat) } }),
});

describe('a quorum', () => {
  it('counts no seat and no person twice, in whatever order approvers and delegates vote', () => {
    fc.assert(
      fc.property(fc.array(anyVote, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (given, quorum) => {
        let votes: readonly Vote[] = [];
        for (const one of given) {
          const vote = voteOf(one);
          const outcome = countVote(votes, vote, { quorum });
          if (outcome.kind === 'counted') votes = [...votes, vote];
          const filled = outcome.kind === 'fills' ? outcome.votes : votes;
          const seats = filled.map(({ person, seat }) => (seat?.person ?? person).userId);
          const people = filled.map(({ person }) => person.userId);
          expect(new Set(seats).size).toBe(filled.length);
          expect(new Set(people).size).toBe(filled.length);
          expect(countDistinct(filled)).toBe(filled.length);
          if (outcome.kind === 'fills') return;
        }
      }),
      { seed: 15, numRuns: 500 },
    );
  });

  it.each([
    [['a', undefined], ['x', 'a'], 'seat-taken'],
    [['x', 'a'], ['a', undefined], 'seat-taken'],
    [['x', 'a'], ['y', 'a'], 'seat-taken'],
    [['x', 'a'], ['b', undefined], 'fills'],
    [['x', 'a'], ['y', 'b'], 'fills'],
  ] as const)('after the vote %s takes %s as %s', ([first, inSeat], [voter, seat], expected) => {
    const votes = [voteOf({ voter: first, seat: inSeat })];
    expect(countVote(votes, voteOf({ voter, seat }), { quorum: 2 }).kind).toBe(expected);
  });

  it('counts the seat of an approver once under either of their accounts in the chat', () => {
    const votes = [voteOf({ voter: 'x', seat: 'a' })];
    const second = { ...voteOf({ voter: 'a', seat: undefined }), person: idOf('a2') };
    expect(countVote(votes, second, { quorum: 2 }).kind).toBe('seat-taken');
  });
});
