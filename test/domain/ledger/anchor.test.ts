import { describe, expect, it } from '@jest/globals';
import { anchorText, readAnchor } from '../../../src/domain/ledger.js';

const mac = 'ab'.repeat(32);

describe('an anchor', () => {
  it.each(['corp-pki', ''])(
    'of the system "%s" is read as it was written, also at the end of a line',
    (system) => {
      const anchor = { system, number: 12, mac };
      expect(readAnchor(anchorText(anchor))).toEqual(anchor);
      expect(readAnchor(`2026-01-15T12:00:00.000Z ${anchorText(anchor)}`)).toEqual(anchor);
    },
  );

  it.each([`corp:0:${mac}`, `corp:x:${mac}`, `corp:1:${mac.slice(1)}`, `corp:1:${mac}0`, `1:${mac}`, ''])(
    'is not made of %p',
    (text) => {
      expect(readAnchor(text)).toBeUndefined();
    },
  );
});
