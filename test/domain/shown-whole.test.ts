import { expect, it } from '@jest/globals';
import { isShownWhole, noFacts, type RequestFacts } from '../../src/domain/request.js';

const names = (count: number) => Array.from({ length: count }, (_, index) => `host-${index}.keyexample.com`);
const details = (count: number) =>
  Array.from({ length: count }, () => ({ kind: 'template', template: 'WebServer' }) as const);
const long = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => `${index}`.padEnd(length, 'x'));
const hidden = `good.example.com${'\u200b'.repeat(40)}.evil.test`;
const others = Array.from({ length: 10 }, (_, index) => ({ label: `Label ${index}`, value: 'Web team' }));
const longOthers = Array.from({ length: 10 }, () => ({ label: 'x'.repeat(35), value: 'x'.repeat(90) }));
const longDetails = Array.from(
  { length: 12 },
  () => ({ kind: 'template', template: 'x'.repeat(140) }) as const,
);

it.each<[string, Partial<RequestFacts>, boolean]>([
  ['no names', {}, true],
  ['as many names as a card shows', { names: names(20) }, true],
  ['one name more', { names: names(21) }, false],
  ['as many other things as a card shows', { details: details(12) }, true],
  ['one thing more', { details: details(13) }, false],
  ['a value that is only counted', { notShown: 1 }, false],
  ['20 names of 240 characters, of which a card has room for 18', { names: long(20, 240) }, false],
  ['a name that codes for what cannot be seen make too long', { names: [hidden] }, false],
  ['an address that escapes make too long', { names: [`URI https://a.test/?${'&'.repeat(70)}`] }, false],
  ['a name in letters of another script, written by their codes', { names: ['é'.repeat(60)] }, false],
  [
    '20 names, 12 details and 10 values of usual length',
    { names: names(20), details: details(12), others },
    true,
  ],
  [
    'more values than one message has room for',
    { names: long(20, 200), details: longDetails, others: longOthers },
    false,
  ],
  [
    'a start of a revocation that is longer than its place',
    { revocation: { effectiveAt: 'x'.repeat(60) } },
    false,
  ],
  ['a requester whose name is longer than its place', { requesters: ['x'.repeat(101)] }, false],
  ['a key whose name is longer than its place', { key: { algorithm: 'x'.repeat(101) } }, false],
  ['a label that is longer than its place', { others: [{ label: 'x'.repeat(41), value: '' }] }, false],
])('tells whether a card shows the whole of a request with %s', (_what, facts, is) => {
  expect(isShownWhole({ ...noFacts, ...facts })).toBe(is);
});
