import { describe, expect, it } from '@jest/globals';
import { createSecretBox } from '../src/crypto.js';

const keyA = new Uint8Array(32).map((_zero, index) => index * 7 + 1);
const keyB = new Uint8Array(32).map((_zero, index) => index * 5 + 3);
const secretBox = createSecretBox({ key: keyA, previousKeys: [] });

describe('a vault', () => {
  it('opens what it locked, for the owner it was locked for', () => {
    const locked = secretBox.lock('s3cret ☂', 'ana');
    expect(secretBox.unlock(locked, 'ana')).toBe('s3cret ☂');
    expect(JSON.stringify(locked)).not.toContain('s3cret');
  });

  it('opens nothing for another owner, so that a row cannot be moved', () => {
    expect(secretBox.unlock(secretBox.lock('s3cret', 'ana'), 'li')).toBeUndefined();
  });

  it('locks the same secret into another text each time', () => {
    expect(secretBox.lock('s3cret', 'ana').text).not.toBe(secretBox.lock('s3cret', 'ana').text);
  });

  it('opens nothing that was changed in any place', () => {
    const { keyId, text } = secretBox.lock('s3cret', 'ana');
    const bytes = Buffer.from(text, 'base64');
    for (const [index, byte] of bytes.entries()) {
      const changed = Buffer.from(bytes);
      changed[index] = byte ^ 1;
      expect(secretBox.unlock({ keyId, text: changed.toString('base64') }, 'ana')).toBeUndefined();
    }
    for (const short of ['', 'AAAA']) expect(secretBox.unlock({ keyId, text: short }, 'ana')).toBeUndefined();
  });

  it('opens what an earlier key locked, and locks anew with the present one', () => {
    const locked = secretBox.lock('s3cret', 'ana');
    const rotated = createSecretBox({ key: keyB, previousKeys: [keyA] });
    expect(rotated.unlock(locked, 'ana')).toBe('s3cret');
    const anew = rotated.lock('s3cret', 'ana');
    expect(anew.keyId).not.toBe(locked.keyId);
    expect(secretBox.unlock(anew, 'ana')).toBeUndefined();
    expect(createSecretBox({ key: keyB, previousKeys: [] }).unlock(locked, 'ana')).toBeUndefined();
  });

  it('knows its own signatures, also those of an earlier key, and no others', () => {
    const signature = secretBox.sign('text');
    expect(secretBox.isSigned('text', signature)).toBe(true);
    expect(secretBox.isSigned('other', signature)).toBe(false);
    expect(secretBox.isSigned('text', `${signature}x`)).toBe(false);
    expect(createSecretBox({ key: keyB, previousKeys: [keyA] }).isSigned('text', signature)).toBe(true);
    expect(createSecretBox({ key: keyB, previousKeys: [] }).isSigned('text', signature)).toBe(false);
    expect(signature).toMatch(/^[\w-]+$/);
  });
});
