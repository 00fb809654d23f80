import { expect, it } from '@jest/globals';
import { type Aftermath, brokenPromises } from '../../support/promises.js';

const well: Aftermath = {
  runs: [
    { id: 'waits', isWaiting: true, taken: [] },
    { id: 'done', isWaiting: false, taken: ['step bot'], verdicts: ['approve'] },
  ],
  approvals: [
    { run: 'waits', state: 'waiting' },
    { run: 'done', state: 'ended', ending: 'approved', choices: { approve: 2, deny: 0, quorum: 2 } },
  ],
  cards: [
    { name: 'card 1', run: 'waits', isLive: true },
    { name: 'card 2', run: 'done', isLive: false },
  ],
  decisions: [{ name: 'a press', ends: ['decided'] }],
};
const [waits, done] = well.runs;
if (!waits || !done) throw new Error('There are two runs');

it('finds nothing broken where all is well', () => {
  expect(brokenPromises(well)).toEqual([]);
});

it.each<readonly [string, Partial<Aftermath>, RegExp]>([
  ['a decision without an end', { decisions: [{ name: 'a press', ends: [undefined] }] }, /a press has/],
  ['a decision nobody remembers', { decisions: [{ name: 'a press', ends: [] }] }, /a press has 0 ends/],
  ['a decision with two ends', { decisions: [{ name: 'a press', ends: ['a', 'b'] }] }, /has 2 ends/],
  ['a signal sent twice', { runs: [waits, { ...done, taken: ['step bot', 'step bot'] }] }, /twice/],
  ['an approval of ours nobody took', { runs: [waits, { ...done, taken: [] }] }, /took 0 signals/],
  [
    'a decision of ours credited to others',
    { approvals: [{ run: 'done', state: 'ended', ending: 'decided-elsewhere' }] },
    /decided elsewhere, and took ours/,
  ],
  ['an end of what still waits', { runs: [waits, { ...done, isWaiting: true }] }, /done waits, and is said/],
  [
    'an unknown outcome of what was never sent',
    { approvals: [{ run: 'waits', state: 'ended', ending: 'outcome-unknown' }] },
    /waits waits, and is said/,
  ],
  [
    'a wait that is put to people twice',
    { approvals: [...well.approvals, { run: 'waits', state: 'waiting' }] },
    /waits was put to people 2 times/,
  ],
  [
    'a yes that is said to be a no',
    { approvals: [{ run: 'done', state: 'ended', ending: 'denied' }] },
    /said to be denied, and was told to approve/,
  ],
  [
    'a yes of too few',
    { approvals: [{ run: 'done', state: 'ended', choices: { approve: 1, deny: 1, quorum: 2 } }] },
    /told to approve, which 1 of 2 chose/,
  ],
  [
    'a no of nobody',
    {
      runs: [waits, { ...done, verdicts: ['deny'] }],
      approvals: [{ run: 'done', state: 'checking', choices: { approve: 2, deny: 0, quorum: 2 } }],
    },
    /told to deny, which 0 of 1 chose/,
  ],
  [
    'an approval that waits for what is over',
    { approvals: [{ run: 'done', state: 'waiting' }] },
    /done is over, and its approval still waits/,
  ],
  ['a wait without a card', { cards: [] }, /waits, and no card is live/],
  [
    'live buttons of what is over',
    { cards: [...well.cards, { name: 'card 3', run: 'done', isLive: true }] },
    /done is over, and live on card 3/,
  ],
])('finds %s', (_what, change, text) => {
  expect(brokenPromises({ ...well, ...change }).join('\n')).toMatch(text);
});
