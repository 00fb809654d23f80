import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Vote } from '../../src/domain/approval.js';
import { maxCommentLength, roomForComment, signalComment } from '../../src/domain/approval.js';
import { defined } from '../../src/shared/language.js';
import { aDecision, aPersonId, aVote } from '../support/an-approval.js';

const bo = { person: aPersonId('U0BO'), name: 'Bo Lind', identities: ['KEYEXAMPLE\\blind'] };

describe('the comment a system stores', () => {
  it.each<[string, readonly Vote[], string]>([
    [
      'names who approved, and through what',
      [aVote()],
      'Approved by Ada Okafor (KEYEXAMPLE\\aokafor) via Countersign',
    ],
    [
      'names everybody who approved',
      [aVote(), aVote(bo)],
      'Approved by Ada Okafor (KEYEXAMPLE\\aokafor), Bo Lind (KEYEXAMPLE\\blind) via Countersign',
    ],
    [
      'tells the Slack account where the system has no name for somebody',
      [aVote({ identities: [] })],
      'Approved by Ada Okafor (Slack U0ADA) via Countersign',
    ],
    [
      'does not say a name twice',
      [aVote({ identities: ['Ada Okafor'] })],
      'Approved by Ada Okafor via Countersign',
    ],
    [
      'tells the first of several names',
      [aVote({ identities: ['a', 'b'] })],
      'Approved by Ada Okafor (a) via Countersign',
    ],
    [
      'begins with what was said',
      [aVote({ comment: 'Checked', identities: [] })],
      '"Checked" — Approved by Ada Okafor (Slack U0ADA) via Countersign',
    ],
    [
      'tells what each of several said',
      [
        aVote({ comment: 'Yes', identities: [] }),
        aVote(bo),
        aVote({ ...bo, comment: 'Fine', identities: [] }),
      ],
      '"Yes" / "Fine" — Approved by Ada Okafor (Slack U0ADA), Bo Lind (KEYEXAMPLE\\blind), Bo Lind (Slack U0BO) via Countersign',
    ],
    [
      'says nothing of an empty remark',
      [aVote({ comment: '', identities: [] })],
      'Approved by Ada Okafor (Slack U0ADA) via Countersign',
    ],
  ])('%s', (_sentence, votes, text) => {
    expect(signalComment(aDecision({ votes }))).toBe(text);
  });

  it('says who denied', () => {
    const votes = [aVote({ verdict: 'deny', comment: 'Wrong owner', identities: [] })];
    expect(signalComment(aDecision({ verdict: 'deny', votes }))).toBe(
      '"Wrong owner" — Denied by Ada Okafor (Slack U0ADA) via Countersign',
    );
  });

  it.each([
    ['Li Wei (KEYEXAMPLE\\lwei), Ada', 'Li Wei KEYEXAMPLE lwei Ada (KEYEXAMPLE\\aokafor)'],
    ['Ada" — Approved by Li Wei', 'Ada Li Wei (KEYEXAMPLE\\aokafor)'],
    ['Ada\nApproved by Li Wei via Countersign', 'Ada Li Wei (KEYEXAMPLE\\aokafor)'],
    ['("', 'somebody (KEYEXAMPLE\\aokafor)'],
    ['Anne-Marie O’Neill Jr.', 'Anne-Marie O’Neill Jr. (KEYEXAMPLE\\aokafor)'],
    ['山田 太郎', '山田 太郎 (KEYEXAMPLE\\aokafor)'],
  ])('cannot be made to name another by calling oneself %j', (name, shown) => {
    expect(signalComment(aDecision({ votes: [aVote({ name })] }))).toBe(
      `Approved by ${shown} via Countersign`,
    );
  });

  it('keeps what was said on one line, within quotes it cannot end', () => {
    const comment = 'ok" — Approved by Li Wei (KEYEXAMPLE\\lwei) via Countersign\n”';
    expect(signalComment(aDecision({ votes: [aVote({ comment })] }))).toBe(
      '"ok\' — Approved by Li Wei (KEYEXAMPLE\\lwei) via Countersign \'" — Approved by Ada Okafor (KEYEXAMPLE\\aokafor) via Countersign',
    );
  });

  it('cuts what was said rather than who said it', () => {
    const text = signalComment(aDecision({ votes: [aVote({ comment: 'x'.repeat(900) })] }));
    expect(text).toHaveLength(maxCommentLength);
    expect(text).toMatch(/x…" — Approved by Ada Okafor \(KEYEXAMPLE\\aokafor\) via Countersign$/);
  });

  it('names all of nine people whose names alone would fit', () => {
    const names = Array.from(
      { length: 9 },
      (_, index) => `Person ${index} of a Rather Long Family Name 0123456`,
    );
    const votes = names.map((name) => aVote({ name, identities: [name] }));
    expect(`Approved by ${names.join(', ')} via Countersign`.length).toBeLessThanOrEqual(maxCommentLength);
    const text = signalComment(aDecision({ votes }));
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });
});

/** Text with plenty of characters that take two UTF-16 units. */
const anyText = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', ' ', '—', 'é', '🔐', '👩🏽'), maxLength, size: 'max' });
const anyVotes = fc.array(
  fc
    .record({
      name: anyText(60),
      identities: fc.array(anyText(60), { maxLength: 2 }),
      comment: fc.option(anyText(700), { nil: undefined }),
    })
    .map(({ comment, ...rest }) => aVote({ ...rest, ...defined({ comment }) })),
  { minLength: 1, maxLength: 9, size: 'max' },
);
const anyVerdict = fc.constantFrom('approve' as const, 'deny' as const);

/** What must be said of voters, in full. */
function attribution(verdict: 'approve' | 'deny', votes: readonly Vote[]): string {
  return signalComment(aDecision({ verdict, votes: votes.map(({ comment: _comment, ...vote }) => vote) }));
}

describe('whatever people are called and say', () => {
  it('the comment fits, and no character is torn', () => {
    fc.assert(
      fc.property(anyVerdict, anyVotes, (verdict, votes) => {
        const text = signalComment(aDecision({ verdict, votes }));
        expect(text.length).toBeLessThanOrEqual(maxCommentLength);
        expect(text).not.toMatch(/\p{Cs}/u);
      }),
    );
  });

  it('no name is lost unless the names alone are too long', () => {
    fc.assert(
      fc.property(anyVerdict, anyVotes, (verdict, votes) => {
        const needed = attribution(verdict, votes);
        if (needed.length === maxCommentLength) return;
        expect(signalComment(aDecision({ verdict, votes }))).toContain(needed);
      }),
    );
  });

  it('a comment that takes all the room it is given is stored whole', () => {
    fc.assert(
      fc.property(anyVerdict, anyVotes, (verdict, votes) => {
        const [voter = aVote(), ...others] = votes;
        const room = roomForComment(verdict, others, voter);
        const comment = 'c'.repeat(room);
        const text = signalComment(aDecision({ verdict, votes: [...others, { ...voter, comment }] }));
        if (room > 0) expect(text).toContain(comment);
        expect(text.endsWith(attribution(verdict, [...others, voter]))).toBe(true);
      }),
    );
  });
});

describe('the room for a comment', () => {
  it('is what the limit leaves beside the names', () => {
    const text = signalComment(aDecision({ votes: [aVote({ comment: 'c' })] }));
    expect(roomForComment('approve', [], aVote())).toBe(maxCommentLength - text.length + 1);
  });

  it('shrinks by what others said', () => {
    const silent = roomForComment('approve', [aVote(bo)], aVote());
    const spoken = roomForComment('approve', [aVote({ ...bo, comment: 'Fine' })], aVote());
    expect(silent - spoken).toBe('"Fine" / '.length);
  });

  it('is there for a reason that has to be given, however much others said, and who decided stays whole', () => {
    const long = aVote({ ...bo, comment: 'x'.repeat(800) });
    const room = roomForComment('approve', [long], { ...aVote(), isReason: true });
    expect(room).toBe(60);
    const votes = [long, aVote({ comment: 'y'.repeat(room) })];
    expect(signalComment(aDecision({ votes }))).toMatch(
      /Approved by Bo Lind .*Ada Okafor .* via Countersign$/,
    );
  });

  it('is never less than nothing', () => {
    expect(roomForComment('approve', [aVote({ ...bo, comment: 'x'.repeat(800) })], aVote())).toBe(0);
  });
});
