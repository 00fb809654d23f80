import { describe, expect, it } from '@jest/globals';
import { createBackends } from '../../src/backends/kind.js';
import { formatProblems } from '../../src/config.js';
import {
  ana,
  aServer,
  aWorkTasksServer,
  goodEnv,
  li,
  load,
  problemAbout,
  refusal,
  someSettings,
} from './a-settings-file.js';

const env: Readonly<Record<string, string>> = { ...goodEnv, WORKTASKS_CLIENT_SECRET: 'wt-secret' };
const lab = { ...aWorkTasksServer, name: 'lab' };

/** Loads settings with these Work Tasks servers. */
function withServers(
  workTasks: readonly unknown[],
  changes: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string>> = env,
) {
  return load(someSettings({ workTasks, ...changes }), { env: environment });
}

/** What signing in as a service brings. */
const noInboxItem: unknown = expect.stringContaining('gets no inbox item');

describe('Work Tasks servers', () => {
  it('are none unless the file has some', () => {
    expect(load(someSettings()).workTasks).toEqual([]);
  });

  it('come with their defaults and their secret', () => {
    const [configured] = withServers([aWorkTasksServer]).workTasks;
    expect(configured?.server).toMatchObject({ name: 'plant', label: 'Work Tasks', timeout: 30_000 });
    expect(configured?.secrets).toEqual({ clientSecret: 'wt-secret' });
    expect(JSON.stringify(configured?.server)).not.toContain('wt-secret');
  });

  it('are enough without a Keyfactor Command server', () => {
    const people = [{ ...ana, identities: { 'plant-hr': 'ad::ana' } }];
    const { KEYFACTOR_AUTH_CLIENT_SECRET: _, ...without } = env;
    const changes = { keyfactor: undefined, people, approvers: [] };
    const settings = withServers([aWorkTasksServer], changes, without);
    expect(settings.keyfactor).toEqual([]);
    expect(settings.warnings).toEqual(['approvers: there are no rules, so nobody may decide']);
  });

  it.each([undefined, []])('or Keyfactor Command servers have to be there, not %j of both', (none) => {
    const { problems } = refusal(someSettings({ keyfactor: none, workTasks: none, people: [] }));
    expect(problems.filter(({ path }) => path === 'keyfactor')).toHaveLength(1);
  });

  it('become one system for each repository, beside those of Keyfactor Command', async () => {
    const repositories = [
      { repository: 'HR' },
      { repository: 'Plant Floor' },
      { repository: 'X', name: 'x' },
    ];
    const settings = withServers([{ ...aWorkTasksServer, repositories }]);
    const nothing = () => {};
    const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const notes = { getNote: async () => undefined, putNote: async () => {} };
    const backends = await createBackends(settings.servers, { log, now: () => 0, notes });
    expect([...backends.keys()]).toEqual(['corp-pki', 'plant-hr', 'plant-plant-floor', 'x']);
  });

  it('tell which workflows can be started with which values', () => {
    const variables = [
      { name: 'Days', type: 'number', required: true },
      { name: 'Note', default: 'none' },
    ];
    const repositories = [
      { repository: 'HR', workflows: [{ name: 'Leave WF', title: 'Leave request', variables }] },
      { repository: 'IT', name: 'it', workflows: [{ name: 'Access WF' }] },
    ];
    expect(withServers([{ ...aWorkTasksServer, repositories }]).policy.startables).toEqual([
      {
        system: 'plant-hr',
        definition: 'Leave WF',
        title: 'Leave request',
        note: expect.stringContaining('gets no inbox item'),
        takesVersion: false,
        takesData: false,
        variables: [
          { name: 'Days', type: 'number', isRequired: true },
          { name: 'Note', type: 'string', isRequired: false, default: 'none' },
        ],
      },
      {
        system: 'it',
        definition: 'Access WF',
        note: expect.any(String),
        takesVersion: true,
        takesData: false,
        variables: [],
      },
    ]);
  });

  it.each([
    ['a value', { variables: [{ name: 'Days', type: 'number', required: true }] }],
    ['a default', { variables: [{ name: 'Days', type: 'number', default: '3' }] }],
    ['data', { data: '<request/>' }],
  ])('take no version for a workflow that always starts with %s', (_what, more) => {
    const workflows = [{ name: 'Leave WF', version: '2', ...more }];
    const repositories = [{ repository: 'HR', workflows }];
    const settings = someSettings({ workTasks: [{ ...aWorkTasksServer, repositories }] });
    const { expected } = problemAbout('workTasks[0].repositories[0].workflows[0].version', settings);
    expect(expected).toContain('Work Tasks starts the latest version');
  });

  it('may be named by identities and rules, repository by repository', () => {
    const people = [{ ...ana, identities: { ...ana.identities, 'plant-hr': ['ad::ana'] } }, li];
    const operators = [{ verbs: 'all', people: ['Ana'], systems: 'plant-*' }];
    const { policy, warnings } = withServers([aWorkTasksServer], { people, operators });
    expect(policy.people[0]?.identities['plant-hr']).toEqual(['ad::ana']);
    expect(warnings).toEqual([]);
  });

  it('ask no approver for an identity, since no approval comes from them', () => {
    expect(withServers([aWorkTasksServer]).warnings).toEqual([]);
    expect(withServers([aWorkTasksServer]).notes).toEqual([noInboxItem]);
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    [
      'a system that a Keyfactor Command server is already',
      { workTasks: [{ ...aWorkTasksServer, repositories: [{ repository: 'HR', name: 'corp-pki' }] }] },
      'workTasks[0].repositories[0].name',
      'of its own',
      '"corp-pki", already at keyfactor[0]',
    ],
    [
      'a system of another server',
      { workTasks: [aWorkTasksServer, { ...lab, repositories: [{ repository: 'X', name: 'plant-hr' }] }] },
      'workTasks[1].repositories[0].name',
      'of its own',
      'already at workTasks[0].repositories[0]',
    ],
    [
      'a repository twice',
      { workTasks: [{ ...aWorkTasksServer, repositories: [{ repository: 'HR' }, { repository: 'hr' }] }] },
      'workTasks[0].repositories',
      'two repositories',
      'a list of 2',
    ],
    [
      'the name of another server',
      { workTasks: [aWorkTasksServer, { ...aWorkTasksServer, repositories: [{ repository: 'IT' }] }] },
      'workTasks[1].name',
      'of its own',
      '"plant", already at workTasks[0]',
    ],
    [
      'a server that signs in somehow',
      { workTasks: [{ ...aWorkTasksServer, auth: { kind: 'amm' } }] },
      'workTasks[0].auth.kind',
      'mean aim?',
      'amm',
    ],
    [
      'an identity in the server instead of a repository',
      { people: [{ ...ana, identities: { plant: 'ad::ana' } }, li], workTasks: [aWorkTasksServer] },
      'people[0].identities.plant',
      'one of corp-pki, plant-hr',
      'plant',
    ],
    ['one server without a list', { workTasks: aWorkTasksServer }, 'workTasks', 'a list', 'a group'],
  ])('are refused with %s', (_, changes, path, expected, found) => {
    const problem = problemAbout(path, someSettings(changes), { env });
    expect(problem.expected).toContain(expected);
    expect(problem.found).toContain(found);
  });
});

describe('secrets of Work Tasks', () => {
  it('carry the server’s name when there are several, and may come from files', () => {
    const { WORKTASKS_CLIENT_SECRET: _, ...rest } = env;
    const workTasks = [
      { ...aWorkTasksServer, name: 'plant-one' },
      { ...lab, auth: { kind: 'token' } },
    ];
    const source = {
      env: { ...rest, WORKTASKS_PLANT_ONE_CLIENT_SECRET_FILE: '/secret', WORKTASKS_LAB_ACCESS_TOKEN: 'at' },
      files: { '/secret': 'from-file\n' },
    };
    const settings = load(someSettings({ workTasks }), source);
    expect(settings.workTasks.map(({ secrets }) => secrets)).toEqual([
      { clientSecret: 'from-file' },
      { accessToken: 'at' },
    ]);
    expect(settings.warnings).toEqual([]);
    expect(settings.notes).toEqual([noInboxItem, expect.stringContaining('never renewed')]);
  });

  it('are none where the server asks for no token', () => {
    const [configured] = withServers(
      [{ ...aWorkTasksServer, auth: { kind: 'none' } }],
      {},
      goodEnv,
    ).workTasks;
    expect(configured?.secrets).toEqual({});
  });

  it('include refresh token metadata only when it is to be handed on', () => {
    const sending = { ...aWorkTasksServer, sendRefreshTokenInfo: true };
    const both = { ...env, WORKTASKS_REFRESH_TOKEN_INFO: '{"a":1}' };
    expect(withServers([sending], {}, both).workTasks[0]?.secrets.refreshTokenInfo).toBe('{"a":1}');
    expect(withServers([aWorkTasksServer], {}, both).workTasks[0]?.secrets).not.toHaveProperty(
      'refreshTokenInfo',
    );
    const { found } = problemAbout('WORKTASKS_REFRESH_TOKEN_INFO', someSettings({ workTasks: [sending] }), {
      env,
    });
    expect(found).toBe('nothing');
  });

  it.each([
    [[aWorkTasksServer], 'WORKTASKS_CLIENT_SECRET'],
    [[aWorkTasksServer, lab], 'WORKTASKS_LAB_CLIENT_SECRET'],
    [[{ ...aWorkTasksServer, auth: { kind: 'token' } }], 'WORKTASKS_ACCESS_TOKEN'],
  ])('are asked for by name when they are missing: %#', (workTasks, name) => {
    const problem = problemAbout(name, someSettings({ workTasks }), { env: goodEnv });
    expect(problem.expected).toContain(`Set ${name}, or ${name}_FILE`);
  });

  it.each([
    ['clientSecret', 'WORKTASKS_CLIENT_SECRET'],
    ['accessToken', 'WORKTASKS_ACCESS_TOKEN'],
    ['refreshTokenInfo', 'WORKTASKS_REFRESH_TOKEN_INFO'],
  ])('are refused in the file, naming where %s belongs and never its value', (key, name) => {
    const settings = someSettings({ workTasks: [{ ...aWorkTasksServer, [key]: 'hunter2' }] });
    expect(problemAbout(`workTasks[0].${key}`, settings, { env }).expected).toContain(name);
    expect(formatProblems(refusal(settings, { env }))).not.toContain('hunter2');
  });

  it.each<[readonly unknown[], string, string]>([
    [[aWorkTasksServer], 'WORKTASKS_CLIENT_SECRT', 'did you mean WORKTASKS_CLIENT_SECRET?'],
    [[aWorkTasksServer], 'WORKTASKS_SKIP_VERIFY', 'not read'],
    [[], 'WORKTASKS_ACCESS_TOKEN', 'not read'],
  ])('are pointed out when nobody reads them: %#', (workTasks, name, warning) => {
    const { warnings } = withServers(workTasks, {}, { ...env, [name]: 'x' });
    expect(warnings).toContainEqual(expect.stringMatching(`^${name}: .*${warning.replace('?', '\\?')}`));
  });

  it('are pointed out when it cannot be told for which server they are', () => {
    const all = { ...env, WORKTASKS_PLANT_CLIENT_SECRET: 'one', WORKTASKS_LAB_CLIENT_SECRET: 'two' };
    const labOnly = { ...lab, repositories: [{ repository: 'Lab' }] };
    const { warnings } = withServers([aWorkTasksServer, labOnly], { keyfactor: [aServer] }, all);
    expect(warnings).toEqual([
      'WORKTASKS_CLIENT_SECRET: not read, because there are several servers; write WORKTASKS_PLANT_CLIENT_SECRET and so on',
    ]);
  });
});
