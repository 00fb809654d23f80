import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readListPlace, writeListPlace } from '../../../src/slack/ids.js';
import { createExpiringCache } from '../../../src/slack/listeners/context.js';
import { plainTyping } from '../../../src/slack/payloads.js';

describe('what a person typed', () => {
  it.each([
    ['status <@U0ADA|ada>', 'status @ada'],
    ['status <@U0ADA>', 'status @U0ADA'],
    ['list <#C0PKI|pki>', 'list #pki'],
    ['list <#C0PKI|>', 'list #C0PKI'],
    ['status <http://app.example.com|app.example.com>', 'status app.example.com'],
    ['status <https://app.example.com/x>', 'status https://app.example.com/x'],
    ['execute a mail=<mailto:a@b.example|a@b.example>', 'execute a mail=a@b.example'],
    ['status R&amp;D &lt;3', 'status R&D <3'],
    ['status &amp;lt;', 'status &lt;'],
    ['  status \u00a0 K7F3 ', 'status K7F3'],
  ])('is read back from %j', (sent, typed) => {
    expect(plainTyping(sent)).toBe(typed);
  });
});

describe('a place in a list', () => {
  it('is read back from a button as it was written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('waiting' as const, 'failed' as const, 'mine' as const, 'any' as const),
        fc.integer({ min: 1, max: 9999 }),
        fc.string({ minLength: 1, maxLength: 100 }),
        (state, page, text) => {
          const place = { state, page, text };
          expect(readListPlace(writeListPlace(place))).toEqual(place);
        },
      ),
    );
  });

  it('is not written when the words are too long for a button, and not read when it is not ours', () => {
    expect(writeListPlace({ state: 'any', page: 1, text: 'x'.repeat(2000) })).toBeUndefined();
    for (const odd of [undefined, '', '0.any.', '1.every.', '1', '-1.any.x']) {
      expect(readListPlace(odd)).toBeUndefined();
    }
  });
});

describe('a memory that expires', () => {
  it('forgets what is too old, and the oldest when there is too much', () => {
    let atMs = 0;
    const transaction = createExpiringCache<string>({ now: () => atMs, most: 2, lifeMs: 1_000 });
    transaction.put('a', 'first');
    transaction.put('b', 'second');
    transaction.put('c', 'third');
    expect([transaction.get('a'), transaction.get('b'), transaction.get('c')]).toEqual([
      undefined,
      'second',
      'third',
    ]);
    atMs = 1_001;
    expect(transaction.get('b')).toBeUndefined();
  });
});
