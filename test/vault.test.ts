import { describe, expect, it } from '@jest/globals';
import { createVault } from '../src/vault.js';

const keyA = new Uint8Array(32).map((_zero, index) => index * 7 + 1);
const keyB = new Uint8Array(32).map((_zero, index) => index * 5 + 3);
const vault = createVault({ key: keyA, previousKeys: [] });

describe('a vault', () => {
  it('opens what it locked, for the owner it was locked for', () => {
    const locked = vault.lock('s3cret ☂', 'ana');
    expect(vault.unlock(locked, 'ana')).toBe('s3cret ☂');
    expect(JSON.stringify(locked)).not.toContain('s3cret');
  });

  it('opens nothing for another owner, so that a row cannot be moved', () => {
    expect(vault.unlock(vault.lock('s3cret', 'ana'), 'li')).toBeUndefined();
  });

  it('locks the same secret into another text each time', () => {
    expect(vault.lock('s3cret', 'ana').text).not.toBe(vault.lock('s3cret', 'ana').text);
  });

  it('opens nothing that was changed in any place', () => {
    const { keyId, text } = vault.lock('s3cret', 'ana');
    const bytes = Buffer.from(text, 'base64');
    for (const [index, byte] of bytes.entries()) {
      const changed = Buffer.from(bytes);
      changed[index] = byte ^ 1;
      expect(vault.unlock({ keyId, text: changed.toString('base64') }, 'ana')).toBeUndefined();
    }
    for (const short of ['', 'AAAA']) expect(vault.unlock({ keyId, text: short }, 'ana')).toBeUndefined();
  });

  it('opens what an earlier key locked, and locks anew with the present one', () => {
    const locked = vault.lock('s3cret', 'ana');
    const rotated = createVault({ key: keyB, previousKeys: [keyA] });
    expect(rotated.unlock(locked, 'ana')).toBe('s3cret');
    const anew = rotated.lock('s3cret', 'ana');
    expect(anew.keyId).not.toBe(locked.keyId);
    expect(vault.unlock(anew, 'ana')).toBeUndefined();
    expect(createVault({ key: keyB, previousKeys: [] }).unlock(locked, 'ana')).toBeUndefined();
  });

  it('knows its own signatures, also those of an earlier key, and no others', () => {
    const signature = vault.sign('text');
    expect(vault.isSigned('text', signature)).toBe(true);
    expect(vault.isSigned('other', signature)).toBe(false);
    expect(vault.isSigned('text', `${signature}x`)).toBe(false);
    expect(createVault({ key: keyB, previousKeys: [keyA] }).isSigned('text', signature)).toBe(true);
    expect(createVault({ key: keyB, previousKeys: [] }).isSigned('text', signature)).toBe(false);
    expect(signature).toMatch(/^[\w-]+$/);
  });
});
