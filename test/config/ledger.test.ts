import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { goodEnv, load, problemAbout, someSettings } from './a-settings-file.js';

const name = 'COUNTERSIGN_LEDGER_KEY';
const key = randomBytes(32);
const older = randomBytes(48);

describe('the key of the ledger', () => {
  it.each([
    ['hexadecimal', key.toString('hex')],
    ['base64', key.toString('base64')],
    ['base64 for addresses', key.toString('base64url')],
  ])('may be written in %s', (_how, text) => {
    expect(load(someSettings(), { env: { ...goodEnv, [name]: text } }).ledger.key).toEqual(key);
  });

  it('may be missing, and may stand in a file', () => {
    expect(load(someSettings()).ledger).toEqual({
      previousKeys: [],
      anchorEveryMs: 3_600_000,
      anchorIn: ['log'],
      anchorFile: undefined,
    });
    const env = { ...goodEnv, [`${name}_FILE`]: '/run/secrets/ledger' };
    const files = { '/run/secrets/ledger': `${key.toString('hex')}\n` };
    expect(load(someSettings(), { env, files }).ledger.key).toEqual(key);
  });

  it('may follow on others, which are still known', () => {
    const previous = `${older.toString('base64')}, ${key.toString('hex')}`;
    const env = { ...goodEnv, [name]: older.toString('hex'), [`${name}_PREVIOUS`]: previous };
    expect(load(someSettings(), { env }).ledger.previousKeys).toEqual([older, key]);
  });

  it.each([
    ['too short', key.subarray(0, 31).toString('hex'), '31 bytes'],
    ['no random bytes', '0'.repeat(64), 'bytes that are not random'],
    ['neither', 'a secret that is neither!', 'something that is neither'],
  ])('is refused when it is %s, and never shown', (_how, text, found) => {
    const problem = problemAbout(name, someSettings(), { env: { ...goodEnv, [name]: text } });
    expect(problem.found).toBe(found);
    expect(JSON.stringify(problem)).not.toContain(text);
  });
});

describe('the anchors of the ledger', () => {
  it('may be kept in a file, which then has to be named', () => {
    const ledger = { anchorEvery: '10m', anchorIn: ['log', 'file'], anchorFile: '/var/log/anchors' };
    expect(load(someSettings({ ledger })).ledger).toMatchObject({
      anchorEveryMs: 600_000,
      anchorFile: '/var/log/anchors',
    });
    const unnamed = someSettings({ ledger: { anchorIn: ['file'] } });
    expect(problemAbout('ledger.anchorFile', unnamed).expected).toContain('a path');
    const useless = someSettings({ ledger: { anchorFile: '/var/log/anchors' } });
    expect(problemAbout('ledger.anchorFile', useless).expected).toContain('a path');
  });
});

describe('the sections of the settings', () => {
  it('tell what they hold, and no secret', () => {
    const env = { ...goodEnv, [name]: key.toString('hex') };
    const { sections } = load(someSettings(), { env });
    expect(Object.keys(sections)).toEqual(expect.arrayContaining(['slack', 'approvers', 'ledger', 'store']));
    const text = JSON.stringify(sections);
    for (const secret of Object.values(env)) expect(text).not.toContain(secret);
  });

  it('change where the settings change', () => {
    const one = load(someSettings()).sections;
    const other = load(someSettings({ zones: ['example.com'] })).sections;
    const changed = Object.keys(one).filter((section) => one[section] !== other[section]);
    expect(changed).toEqual(['zones']);
  });
});
