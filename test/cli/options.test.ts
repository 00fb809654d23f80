import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { runCountersign } from '../sandbox/demo/run-countersign.js';

describe('an option of another command', () => {
  it.each([
    [['start', '--check'], '--check belongs to countersign demo, not to start.'],
    [['doctor', '--write'], '--write belongs to countersign settings, not to doctor.'],
    [['settings', '--json'], '--json belongs to countersign doctor, simulate, not to settings.'],
    [['sandbox', '--config', 'mine.yml'], '--config belongs to countersign init, start, reload, report'],
    [
      ['store', 'backup', '--out', 'copy.db'],
      '--out belongs to countersign report, evidence, not to store backup.',
    ],
    [['audit', 'verify', '--format', 'csv'], '--format belongs to countersign report, audit export, not to'],
    [['store', 'prune', '--to', '/x'], '--to belongs to countersign store copy, store backup, not to'],
    [['store', 'hold', '--vacuum', 'X'], '--vacuum belongs to countersign store prune, not to store hold.'],
  ])('of %j is refused, and it is said whose it is', async (args, sentence) => {
    const refused = runCountersign(args);
    expect(await refused.ended).toBe(2);
    expect(refused.printed()).toContain(sentence);
  });

  it.each([
    [['audit', 'verify', 'corp'], '"corp" is one word too many for countersign audit verify.'],
    [['settings', '--config', 'a.yml', '--config', 'b.yml'], '--config is given twice.'],
    [['manifest', '--http', 'http://x'], '--http is an https address'],
  ])('is not passed over, and neither is a word or an option too many, as in %j', async (args, sentence) => {
    const refused = runCountersign(args);
    expect(await refused.ended).toBe(2);
    expect(refused.printed()).toContain(sentence);
  });

  it('is no obstacle where a command has it', async () => {
    const printed = runCountersign(['manifest', '--http', 'https://countersign.example.com']);
    expect(await printed.ended).toBe(0);
    expect(printed.printed()).toContain('https://countersign.example.com/slack/events');
  });

  it('is one of the options some command has, for every option there is', () => {
    const source = readFileSync('src/main.ts', 'utf8');
    const [, known = ''] = / {4}options: \{\n(.*?)\n {4}\},/s.exec(source) ?? [];
    const names = [...known.matchAll(/^ {6}'?([a-z-]+)'?:/gm)].map(([, name]) => name);
    const [, own = ''] = /const ownOptions[^{]*\{(.*?)\n\};/s.exec(source) ?? [];
    const owned = new Set([...own.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !['help', 'version'].includes(name ?? '') && !owned.has(name))).toEqual([]);
  });
});
