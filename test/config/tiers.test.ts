import { describe, expect, it } from '@jest/globals';
import { aRule, load, problemAbout, someSettings } from './a-settings-file.js';

function rulesOf(rule: Readonly<Record<string, unknown>>) {
  return load(someSettings({ approvers: [{ ...aRule, ...rule }] })).policy.approvers;
}

describe('a rule in the settings', () => {
  it('asks for findings, a way to approve and a hold', () => {
    const rule = { when: { finding: ['wildcard', 'weak-key'] }, approveWith: 'typed', hold: '10s' };
    expect(rulesOf(rule)).toMatchObject([
      { match: { finding: ['wildcard', 'weak-key'] }, approveWith: 'typed', holdMs: 10_000 },
    ]);
  });

  it.each([['high'], [['high']]])('asks for findings by their severity: %j', (finding) => {
    expect(rulesOf({ when: { finding } })).toMatchObject([{ match: { finding: ['high'] } }]);
  });

  it('names user groups beside people', () => {
    expect(rulesOf({ people: ['Ana', 'S02AB3CD4'], quorum: 2 })).toMatchObject([
      { people: [{ userId: 'U0ANA' }], groups: ['S02AB3CD4'] },
    ]);
  });

  it('names user groups among operators', () => {
    const operators = [{ verbs: 'read', people: ['S02AB3CD4'] }];
    expect(load(someSettings({ operators })).policy.operators).toMatchObject([
      { people: [], groups: ['S02AB3CD4'] },
    ]);
  });

  it.each([
    ['a finding nobody knows', { when: { finding: ['odd'] } }, 'approvers[0].when.finding[0]', 'wildcard'],
    ['no finding at all', { when: { finding: [] } }, 'approvers[0].when.finding', 'a list of findings'],
    ['a hold of more than a minute', { hold: '2m' }, 'approvers[0].hold', '1m'],
    [
      'a way to approve nobody knows',
      { approveWith: 'two-clicks' },
      'approvers[0].approveWith',
      'portal-only',
    ],
  ])('is refused with %s', (_sentence, rule, path, expected) => {
    const problem = problemAbout(path, someSettings({ approvers: [{ ...aRule, ...rule }] }));
    expect(problem.expected).toContain(expected);
  });

  it.each([
    ['any', ['high', 'replaces'], true],
    ['medium', ['high', 'wildcard'], true],
    ['medium', ['replaces'], false],
    ['high', ['weak-key', 'login-identity'], true],
    ['high', 'medium', false],
    ['high', 'any', false],
    [['wildcard', 'high'], ['weak-key', 'wildcard'], true],
  ])('is warned of where one before it asks for %j and it for %j: %s', (wide, narrow, isWarned) => {
    const approvers = [
      { ...aRule, name: 'wide', when: { finding: wide } },
      { ...aRule, name: 'narrow', when: { finding: narrow } },
    ];
    const { warnings } = load(someSettings({ approvers }));
    expect(warnings.some((one) => /narrow.*never counts/.test(one))).toBe(isWarned);
  });

  it('is refused with a finding nobody knows, and says which was meant', () => {
    const approvers = [{ ...aRule, when: { finding: ['wildcrad'] } }];
    const problem = problemAbout('approvers[0].when.finding[0]', someSettings({ approvers }));
    expect(problem.expected).toContain('did you mean wildcard?');
  });

  it('is warned of where one before it fits all its findings', () => {
    const approvers = [
      { ...aRule, name: 'wide', when: { finding: ['wildcard', 'weak-key'] } },
      { ...aRule, name: 'narrow', when: { finding: ['wildcard'] } },
    ];
    expect(load(someSettings({ approvers })).warnings).toContainEqual(
      expect.stringMatching(/narrow.*never counts/),
    );
  });
});
