import { expect, it } from '@jest/globals';
import { type Aftermath, brokenPromises } from '../../support/promises.js';

const well: Aftermath = {
  runs: [
    { id: 'waits', isWaiting: true, taken: [] },
    { id: 'done', isWaiting: false, taken: ['step bot'] },
  ],
  approvals: [
    { run: 'waits', state: 'waiting' },
    { run: 'done', state: 'ended', ending: 'approved' },
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
  ['a wait without a card', { cards: [] }, /waits, and no card is live/],
  [
    'live buttons of what is over',
    { cards: [...well.cards, { name: 'card 3', run: 'done', isLive: true }] },
    /done is over, and live on card 3/,
  ],
])('finds %s', (_what, change, words) => {
  expect(brokenPromises({ ...well, ...change }).join('\n')).toMatch(words);
});
