import { expect, it } from '@jest/globals';
import { isShownWhole, noFacts, type RequestFacts } from '../../src/domain/request.js';

const names = (count: number) => Array.from({ length: count }, (_, index) => `host-${index}.keyexample.com`);
const details = (count: number) =>
  Array.from({ length: count }, () => ({ kind: 'template', template: 'WebServer' }) as const);

it.each<[string, Partial<RequestFacts>, boolean]>([
  ['no names', {}, true],
  ['as many names as a card shows', { names: names(20) }, true],
  ['one name more', { names: names(21) }, false],
  ['as many other things as a card shows', { details: details(12) }, true],
  ['one thing more', { details: details(13) }, false],
  ['a value that is only counted', { notShown: 1 }, false],
])('tells whether a card shows the whole of a request with %s', (_what, facts, is) => {
  expect(isShownWhole({ ...noFacts, ...facts })).toBe(is);
});
