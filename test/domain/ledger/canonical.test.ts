import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonical, type Plain } from '../../../src/domain/ledger.js';

const { value } = fc.letrec<{ value: Plain; group: { readonly [name: string]: Plain } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('group'),
  ),
  group: fc.dictionary(fc.string({ maxLength: 6 }), tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));

describe('the canonical text', () => {
  it('is the same in whatever order names were put there', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value, { noNullPrototype: true }), (group) => {
        const turned = Object.fromEntries(Object.entries(group).reverse());
        expect(canonical(turned)).toBe(canonical(group));
      }),
    );
  });

  it('leads back to the value, so that no two values share one', () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(JSON.parse(canonical(one))).toEqual(one);
      }),
    );
  });

  it('has sorted names, no white space, and nothing that is undefined', () => {
    expect(canonical({ b: [1, { d: undefined, c: 'x y' }], a: null })).toBe('{"a":null,"b":[1,{"c":"x y"}]}');
  });
});
