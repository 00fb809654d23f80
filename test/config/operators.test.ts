import { describe, expect, it } from '@jest/globals';
import { changingVerbs, readingVerbs } from '../../src/domain/commands.js';
import { ana, aWorkTasksServer, goodEnv, li, load, problemAbout, someSettings } from './a-settings-file.js';

const anaId = { teamId: 'T0EXAMPLE', userId: 'U0ANA' };
const rule = { verbs: ['restart'], people: ['Ana'] };
const env = { ...goodEnv, WORKTASKS_CLIENT_SECRET: 'wt-secret' };

/** Loads settings with these operator rules, and a Work Tasks server besides. */
function withOperators(operators: unknown, changes: Readonly<Record<string, unknown>> = {}) {
  return load(someSettings({ operators, workTasks: [aWorkTasksServer], ...changes }), { env });
}

describe('operators', () => {
  it('are nobody unless somebody is named', () => {
    for (const operators of [undefined, []]) {
      const { policy, warnings } = load(someSettings({ operators }));
      expect([policy.operators, warnings]).toEqual([[], []]);
    }
  });

  it('are held to systems and workflows when the rule names them, and to nothing else', () => {
    const full = {
      name: 'Web team',
      verbs: ['status', 'restart'],
      people: ['Ana', 'U0ANA'],
      systems: 'corp-*',
      workflows: ['Web*', 'User'],
    };
    expect(load(someSettings({ operators: [full, rule] })).policy.operators).toEqual([
      {
        name: 'Web team',
        people: [anaId],
        verbs: ['status', 'restart'],
        systems: ['corp-*'],
        definitions: ['Web*', 'User'],
      },
      { name: 'Operators 2', people: [anaId], verbs: ['restart'] },
    ]);
  });

  it.each([
    ['read', readingVerbs],
    ['all', [...readingVerbs, ...changingVerbs]],
    [
      ['read', 'stop'],
      [...readingVerbs, 'stop'],
    ],
    [['status', 'read', 'status'], readingVerbs],
  ])('may do for %j exactly that', (verbs, expected) => {
    const [operator] = load(someSettings({ operators: [{ ...rule, verbs }] })).policy.operators;
    expect(operator?.verbs).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['a mistyped verb', { verbs: ['read', 'restrat'] }, '.verbs[1]', 'mean restart?', 'restrat'],
    ['a verb that needs no rule', { verbs: ['help'] }, '.verbs[0]', 'one of read, status', 'help'],
    ['all in a list', { verbs: ['all'] }, '.verbs[0]', 'one of read', 'all'],
    ['a single verb', { verbs: 'restart' }, '.verbs', 'a list of verbs', 'restart'],
    ['no verbs', { verbs: [] }, '.verbs', 'a list of verbs', 'an empty list'],
    ['verbs left out', { verbs: undefined }, '.verbs', 'read, all, or', 'nothing'],
    ['a name nobody has', { people: ['Anna'] }, '.people[0]', 'mean Ana?', 'Anna'],
    ['a system nobody configured', { systems: 'corp-pky' }, '.systems', 'mean corp-pki?', 'corp-pky'],
    ['a list of nothing', { workflows: [] }, '.workflows', 'a pattern', 'an empty list'],
    ['a pattern that is a number', { workflows: ['Web*', 7] }, '.workflows[1]', 'a pattern', '7'],
    ['a key of approvers', { quorum: 2 }, '.quorum', 'one of name, verbs', 'unknown setting'],
  ])('are refused for %s, and told what was expected', (_, changes, path, expected, found) => {
    const settings = someSettings({ operators: [{ ...rule, ...changes }] });
    const problem = problemAbout(`operators[0]${path}`, settings);
    expect(problem.expected).toContain(expected);
    expect(problem.found).toContain(found);
  });

  it('by a bare member id need the workspace it belongs to', () => {
    const slack = { operatorsChannel: 'C0OPS', fallbackChannel: 'C0PKI' };
    const operators = [{ ...rule, people: ['U0SAM'] }];
    const settings = someSettings({ slack, people: [], approvers: [], operators });
    expect(problemAbout('slack.team', settings).expected).toContain('U0SAM');
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ['a rule names nobody', { people: [] }, {}, 'operators[0]: names nobody'],
    [
      'the system would not know in whose name to act',
      { name: 'Plant', verbs: 'all' },
      {},
      'operators[0] (Plant): Ana has no identity in plant-hr and can only look there',
    ],
    [
      'an e-mail address is not enough for the system',
      { verbs: ['execute'], people: ['U0SAM'], systems: 'plant-*' },
      { emailMatching: 'on' },
      'U0SAM has no identity in plant-hr',
    ],
  ])('come with a warning when %s', (_, changes, others, warning) => {
    const { warnings } = withOperators([{ ...rule, ...changes }], others);
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('come with a warning where they may do more than the approvers of the same workflows', () => {
    const wide = { name: 'On call', verbs: ['status', 'restart', 'stop'], people: ['Ana', 'U0SAM'] };
    const about = (rule: object) =>
      withOperators([rule]).warnings.filter((warning) => warning.startsWith('operators'));
    expect(about(wide)).toEqual([
      expect.stringContaining('(On call): lets U0SAM restart, stop workflows whose approvals approvers[0]'),
    ]);
    expect(about({ ...wide, systems: 'plant-*' })).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['only look', { verbs: 'read' }, {}],
    ['only change another system', { verbs: 'all', systems: 'corp-pki' }, {}],
    ['do what is not done in a name', { verbs: ['read', 'restart', 'stop'] }, {}],
    [
      'are known to the system',
      { verbs: 'all' },
      { people: [{ ...ana, identities: { ...ana.identities, 'plant-hr': 'ad::ana' } }, li] },
    ],
    [
      'are known by e-mail address to a system that takes it',
      { verbs: 'all', people: ['U0SAM'], systems: 'plant-*' },
      { emailMatching: 'on', workTasks: [{ ...aWorkTasksServer, userTemplate: 'ad::{email}' }] },
    ],
  ])('come without a warning when they %s', (_, changes, others) => {
    expect(withOperators([{ ...rule, ...changes }], others).warnings).toEqual([]);
  });
});
