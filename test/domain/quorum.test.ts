import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Vote } from '../../src/domain/approval.js';
import { couldBeSameName } from '../../src/domain/instance.js';
import { personKey } from '../../src/domain/person.js';
import { countDistinct, countVote, votesOn } from '../../src/domain/voting.js';
import { aPersonId, aVote } from '../support/an-approval.js';

const ada = aVote();
const bo = aVote({ person: aPersonId('U0BO'), name: 'Bo', identities: ['KEYEXAMPLE\\bo'] });
const li = aVote({ person: aPersonId('U0LI'), name: 'Li', identities: ['KEYEXAMPLE\\li', 'li@example.com'] });
const unmapped = aVote({ person: aPersonId('U0EVE'), name: 'Eve', identities: [] });

describe('a vote', () => {
  it('is enough where one is wanted', () => {
    expect(countVote([], ada, { quorum: 1 })).toEqual({ kind: 'fills', votes: [ada] });
  });

  it('is counted while more are wanted', () => {
    expect(countVote([ada], bo, { quorum: 3 })).toEqual({ kind: 'counted', have: 2, of: 3 });
  });

  it('that fills the quorum comes after those given before it', () => {
    expect(countVote([ada, bo], li, { quorum: 3 })).toEqual({ kind: 'fills', votes: [ada, bo, li] });
  });

  it('fills a quorum that has been lowered meanwhile', () => {
    expect(countVote([ada, bo], li, { quorum: 2 })).toEqual({ kind: 'fills', votes: [ada, bo, li] });
  });

  it('counts once per person, and the second time says how many there are', () => {
    expect(countVote([ada, bo], ada, { quorum: 3 })).toEqual({ kind: 'already-voted', have: 2, of: 3 });
  });

  it('counts once per person even under new names', () => {
    const renamed = aVote({ identities: ['KEYEXAMPLE\\ada2'] });
    expect(countVote([ada], renamed, { quorum: 2 })).toEqual({ kind: 'already-voted', have: 1, of: 2 });
  });

  it('counts once per backend identity, and names whose it was', () => {
    const second = aVote({ person: aPersonId('U0ADA2'), identities: ['x', ' keyexample\\AOKAFOR'] });
    expect(countVote([bo, ada], second, { quorum: 3 })).toEqual({ kind: 'same-identity', other: ada });
  });

  it('counts for the same user id in another workspace', () => {
    const twin = aVote({ person: aPersonId('U0ADA', 'T0OTHER'), identities: ['KEYEXAMPLE\\other'] });
    expect(countVote([ada], twin, { quorum: 2 }).kind).toBe('fills');
  });

  it('counts for people no system knows, by person', () => {
    const other = { ...unmapped, person: aPersonId('U0ZOE') };
    expect(countVote([unmapped], other, { quorum: 2 }).kind).toBe('fills');
    expect(countVote([unmapped], unmapped, { quorum: 2 }).kind).toBe('already-voted');
  });

  it('does not count with those given on another revision of the facts', () => {
    expect(countVote([ada, bo], { ...li, revision: 2 }, { quorum: 2 })).toEqual({
      kind: 'counted',
      have: 1,
      of: 2,
    });
    expect(countVote([ada], { ...ada, revision: 2 }, { quorum: 2 })).toEqual({
      kind: 'counted',
      have: 1,
      of: 2,
    });
  });
});

describe('a denial', () => {
  const denial = { ...bo, verdict: 'deny' } as const;

  it('decides at once, and stands alone', () => {
    expect(countVote([ada], denial, { quorum: 3 })).toEqual({ kind: 'fills', votes: [denial] });
  });

  it('decides though its person approved before', () => {
    expect(countVote([bo], denial, { quorum: 3 })).toEqual({ kind: 'fills', votes: [denial] });
  });

  it('is no approval when found among the votes', () => {
    expect(countVote([denial], ada, { quorum: 2 })).toEqual({ kind: 'counted', have: 1, of: 2 });
  });
});

it('votesOn keeps the approvals given on one revision, in their order', () => {
  const old = { ...li, revision: 0 };
  expect(votesOn([bo, old, { ...ada, verdict: 'deny' }, ada], 1)).toEqual([bo, ada]);
});

/** Votes of few people under few names, so that repeats and shared identities are common. */
const anyVote: fc.Arbitrary<Vote> = fc
  .record({
    user: fc.constantFrom('U1', 'U2', 'U3', 'U4', 'U5'),
    identities: fc.subarray(['a', 'A ', 'b', 'c', 'd', 'e']),
    revision: fc.constantFrom(1, 1, 1, 2),
  })
  .map(({ user, identities, revision }) =>
    aVote({ person: aPersonId(user), name: user, identities, revision }),
  );

/** Casts votes one after another, remembering those that are counted, until the quorum is full. */
function castAll(votes: readonly Vote[], quorum: number): readonly Vote[] | undefined {
  const remembered: Vote[] = [];
  for (const vote of votes) {
    const outcome = countVote(remembered, vote, { quorum });
    if (outcome.kind === 'fills') return outcome.votes;
    if (outcome.kind === 'counted') remembered.push(vote);
  }
  return undefined;
}

describe('whatever votes come, in any order and repeated', () => {
  const anyVotes = fc.array(anyVote, { maxLength: 25 });
  const anyQuorum = fc.integer({ min: 1, max: 5 });

  it('a quorum is never filled by fewer people, nor by two who share an identity', () => {
    fc.assert(
      fc.property(anyVotes, anyQuorum, (votes, quorum) => {
        const filled = castAll(votes, quorum);
        if (!filled) return;
        expect(new Set(filled.map(({ person }) => personKey(person))).size).toBe(filled.length);
        expect(filled.length).toBeGreaterThanOrEqual(quorum);
        expect(new Set(filled.map(({ revision }) => revision)).size).toBe(1);
        const sharing = filled.filter((one) =>
          filled.some(
            (other) =>
              other !== one &&
              one.identities.some((a) => other.identities.some((b) => couldBeSameName(a, b))),
          ),
        );
        expect(sharing).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('repeating them all changes nothing while the quorum is not full', () => {
    fc.assert(
      fc.property(anyVotes, (votes) => {
        expect(castAll([...votes, ...votes, ...votes], 6)).toBeUndefined();
      }),
    );
  });

  it('enough people with names of their own fill it, in any order', () => {
    const distinct = [ada, bo, li, unmapped];
    fc.assert(
      fc.property(fc.shuffledSubarray(distinct, { minLength: 3 }), (votes) => {
        expect(castAll(votes, 3)).toHaveLength(3);
      }),
    );
  });
});

describe('two votes under names that could be one person’s', () => {
  const under = (user: string, ...identities: readonly string[]): Vote =>
    aVote({ person: aPersonId(user), name: user, identities });
  const user = fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/);
  const domain = fc.constantFrom('KEYEXAMPLE', 'keyexample.com', 'CORP', 'mail.example');
  const provider = fc.constantFrom('aad', 'activedirectory', 'Azure-AD', 'k2');
  const form = fc.constantFrom('bare', 'account', 'address', 'vouched');
  const written = fc.record({ name: user, account: domain, address: domain, provider }).map((parts) => ({
    bare: parts.name,
    account: `${parts.account}\\${parts.name}`,
    address: `${parts.name}@${parts.address}`,
    vouched: `${parts.provider}::${parts.name}`,
  }));

  it('count once, whatever form each is written in and whichever came first', () => {
    fc.assert(
      fc.property(written, form, form, (names, formA, formB) => {
        const [one, other] = [under('U1', names[formA]), under('U2', names[formB].toUpperCase())];
        for (const [first, second] of [[one, other] as const, [other, one] as const]) {
          expect(countVote([first], second, { quorum: 2 })).toEqual({ kind: 'same-identity', other: first });
          expect(countDistinct([first, second])).toBe(1);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('count once in different domains, and twice where the settings declare those two', () => {
    const [corp, lab] = [under('U1', 'CORP\\jsmith'), under('U2', 'LAB\\jsmith')];
    expect(countVote([corp], lab, { quorum: 2 }).kind).toBe('same-identity');
    expect(countDistinct([corp, lab])).toBe(1);
    const domains = [
      ['CORP', 'corp.example'],
      ['LAB', 'lab.example'],
    ];
    expect(countVote([corp], lab, { quorum: 2, domains }).kind).toBe('fills');
    expect(countDistinct([corp, lab], domains)).toBe(2);
    const mailed = [under('U1', 'jsmith@corp.example'), under('U2', 'jsmith@lab.example')];
    expect(countDistinct(mailed, domains)).toBe(2);
  });

  it('count the same in any order, where a third could be either of two', () => {
    const votes = [under('U1', 'CORP\\jsmith'), under('U2', 'LAB\\jsmith'), under('U3', 'jsmith'), bo];
    fc.assert(
      fc.property(fc.shuffledSubarray(votes, { minLength: votes.length }), (shuffled) => {
        expect(countDistinct(shuffled)).toBe(2);
      }),
    );
  });
});

describe('a vote for one of the outputs a workflow offered', () => {
  const of = (vote: Vote, output: string): Vote => ({ ...vote, output });
  const adaPays = of(ada, 'Pay');
  const boHalves = of(bo, 'Pay half');

  it.each<[string, readonly Vote[], Vote, number, ReturnType<typeof countVote>]>([
    ['is counted with none for the other', [adaPays], boHalves, 2, { kind: 'counted', have: 1, of: 2 }],
    [
      'fills the quorum with those for the same',
      [adaPays, boHalves],
      of(li, 'Pay half'),
      2,
      { kind: 'fills', votes: [boHalves, of(li, 'Pay half')] },
    ],
    [
      'does not stand beside another by the same person, and says what was chosen',
      [adaPays, boHalves],
      of(ada, 'Pay half'),
      2,
      { kind: 'already-voted', have: 1, of: 2, output: 'Pay' },
    ],
    [
      'does not send what others chose, even where one of theirs is enough by now',
      [adaPays, boHalves],
      of(ada, 'Pay half'),
      1,
      { kind: 'already-voted', have: 1, of: 1, output: 'Pay' },
    ],
    [
      'fills a quorum that was lowered when it is given again',
      [adaPays, boHalves],
      adaPays,
      1,
      { kind: 'fills', votes: [adaPays] },
    ],
    [
      'is not counted beside one by the same account for another output',
      [adaPays],
      of(aVote({ person: aPersonId('U0ADA2') }), 'Pay half'),
      2,
      { kind: 'same-identity', other: adaPays },
    ],
    [
      'that refuses decides at once and alone',
      [adaPays, boHalves],
      of({ ...li, verdict: 'deny' }, 'Reject'),
      3,
      { kind: 'fills', votes: [of({ ...li, verdict: 'deny' }, 'Reject')] },
    ],
  ])('%s', (_sentence, before, vote, quorum, outcome) => {
    expect(countVote(before, vote, { quorum })).toEqual(outcome);
  });
});
