import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { ConfigError, formatProblems } from '../../src/config.js';
import { goodEnv, load, someSettings } from './a-settings-file.js';

/** Whatever somebody may write where a setting belongs, with the keys of real settings among the names. */
const anything = fc.jsonValue({ maxDepth: 3 });
const names = [
  'slack',
  'people',
  'keyfactor',
  'workTasks',
  'approvers',
  'operators',
  'routes',
  'observe',
  'http',
  'operations',
  'zones',
  'store',
  'log',
];
const inner = [
  'name',
  'when',
  'people',
  'auth',
  'kind',
  'identities',
  'id',
  'system',
  'every',
  'token',
  'repositories',
  'repository',
  'verbs',
  'systems',
];
const group = fc.dictionary(fc.constantFrom(...inner), anything);
const change = fc.dictionary(fc.constantFrom(...names), fc.oneof(anything, group, fc.array(group)));

describe('loadSettings', () => {
  it('either loads or tells its problems, whatever stands in the file', () => {
    fc.assert(
      fc.property(change, (changes) => {
        const reported = problemsOf(someSettings(changes));
        expect(reported === undefined || reported.startsWith('countersign.yml: ')).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('either loads or tells its problems, whatever text the file holds', () => {
    const lines = fc.array(
      fc.oneof(fc.string(), fc.constantFrom('slack:', '  - a', '\t', '&a', '*a', '---')),
    );
    fc.assert(
      fc.property(lines, (parts) => {
        expect(typeof problemsOf(parts.join('\n'))).toBe('string');
      }),
      { numRuns: 100 },
    );
  });

  it('repeats no secret, wherever somebody has put it', () => {
    const secret = 'xoxb-17-hunter2';
    const paths = names.flatMap((name) => inner.map((key) => [name, key] as const));
    for (const [name, key] of paths) {
      const text = stringify(someSettings({ [name]: [{ [key]: secret, token: 'hunter2' }] }));
      expect(problemsOf(text)).not.toContain('hunter2');
      const asKey = stringify(someSettings({ [name]: [{ [key]: { [secret]: 1 } }], [secret]: 1 }));
      expect(problemsOf(asKey)).not.toContain('hunter2');
    }
  });
});

/** Gives what the operator would read; undefined if the settings load. */
function problemsOf(settings: unknown): string | undefined {
  try {
    load(settings, { env: goodEnv });
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return formatProblems(error);
    throw error;
  }
}
