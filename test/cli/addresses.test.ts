import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addressProblems, start } from '../../src/cli/start.js';
import { loadSettings } from '../../src/config.js';

type Whose = 'sandbox' | 'real';
type Host = 'here' | 'far';

const slackTokens = {
  sandbox: { SLACK_BOT_TOKEN: 'xoxb-sandbox-0123456789ab', SLACK_APP_TOKEN: 'xapp-sandbox-0123456789ab' },
  real: { SLACK_BOT_TOKEN: 'xoxb-1-2-abcdefghijkl', SLACK_APP_TOKEN: 'xapp-1-A0-1-abcdefghijkl' },
};

const secretOf = { sandbox: 'sandbox-0123456789abcdef', real: 'a-secret-of-many-characters' };

/** Settings in which everything is real and far, but for what a test turns. */
function settings(change: {
  readonly slack?: readonly [Whose, Host];
  readonly command?: readonly [Whose, Host];
  readonly tokens?: Host;
  readonly workTasks?: readonly [Whose, Host];
}) {
  const { slack = ['real', 'far'], command = ['real', 'far'], workTasks = ['real', 'far'] } = change;
  const { tokens = command[1] } = change;
  const base = (host: Host, far: string) => (host === 'here' ? 'http://127.0.0.1:4000' : `https://${far}`);
  const file = `
slack: { team: T01AB2CD3, operatorsChannel: C0123456789, fallbackChannel: C0123456789 }
people: [{ id: U0123456789, name: Ana Ruiz }]
approvers: [{ name: All, when: {}, people: [Ana Ruiz] }]
keyfactor:
  - name: corp
    hostname: ${command[1] === 'here' ? '127.0.0.1:4000' : 'keyfactor.example.com'}
    ${command[1] === 'here' ? 'scheme: http' : ''}
    portalUrl: none
    auth: { kind: oauth, clientId: countersign, tokenUrl: '${base(tokens, 'id.example.com')}/token' }
workTasks:
  - name: plant
    baseUrl: ${base(workTasks[1], 'tasks.example.com')}/Workflow.WebAPI
    auth: { kind: aim, clientId: countersign, tokenUrl: '${base(workTasks[1], 'tasks.example.com')}/token' }
    repositories: [{ name: plant, repository: Plant, workflows: [{ name: Leave WF }] }]
alerts: { enabled: 'off' }
store: countersign.db
`;
  const env = {
    ...slackTokens[slack[0]],
    ...(slack[1] === 'here' ? { SLACK_API_URL: 'http://127.0.0.1:4000/api/' } : {}),
    KEYFACTOR_AUTH_CLIENT_SECRET: secretOf[command[0]],
    WORKTASKS_CLIENT_SECRET: secretOf[workTasks[0]],
  };
  return { file, env };
}

function problems(change: Parameters<typeof settings>[0], isLoopbackAllowed = false) {
  const { file, env } = settings(change);
  const loaded = loadSettings({ file: 'countersign.yml', env, readFile: () => Buffer.from(file) });
  return addressProblems(loaded, isLoopbackAllowed);
}

describe.each([
  ['slack', 'SLACK_API_URL'],
  ['command', 'keyfactor corp'],
  ['workTasks', 'workTasks plant'],
] as const)('a start with the secrets of %s', (part, path) => {
  it('goes on where real ones go far', () => {
    expect(problems({ [part]: ['real', 'far'] })).toEqual([]);
  });

  it('goes on where those of the sandbox stay here', () => {
    expect(problems({ [part]: ['sandbox', 'here'] })).toEqual([]);
  });

  it('is refused where those of the sandbox would go far, whatever is allowed', () => {
    const expected = expect.stringMatching(/secrets of its own for .*\.com/);
    const found = 'a secret of countersign sandbox';
    const problem = { path, expected, found };
    expect(problems({ [part]: ['sandbox', 'far'] })).toEqual([problem]);
    expect(problems({ [part]: ['sandbox', 'far'] }, true)).toEqual([problem]);
  });

  it('is refused where real ones would stay here, unless that is allowed', () => {
    const [problem, ...more] = problems({ [part]: ['real', 'here'] });
    expect(problem).toMatchObject({ path, found: expect.stringContaining('127.0.0.1:4000') });
    expect(problem?.example).toContain('--allow-loopback');
    expect(more).toEqual([]);
    expect(problems({ [part]: ['real', 'here'] }, true)).toEqual([]);
  });
});

describe('a start between two hosts', () => {
  it('is refused where a real secret would be shown to a token endpoint on this machine', () => {
    expect(problems({ command: ['real', 'far'], tokens: 'here' })).toMatchObject([
      { path: 'keyfactor corp' },
    ]);
  });

  it('is refused where a secret of the sandbox would be shown to a token endpoint elsewhere', () => {
    expect(problems({ command: ['sandbox', 'here'], tokens: 'far' })).toMatchObject([
      { path: 'keyfactor corp', found: 'a secret of countersign sandbox' },
    ]);
  });
});

describe('countersign start', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['sandbox', 'far', false, /SLACK_API_URL[\s\S]*slack\.com[\s\S]*a secret of countersign sandbox/],
    ['sandbox', 'far', true, /SLACK_API_URL[\s\S]*slack\.com[\s\S]*a secret of countersign sandbox/],
    ['real', 'here', false, /SLACK_API_URL[\s\S]*127\.0\.0\.1[\s\S]*--allow-loopback/],
  ] as const)(
    'with Slack’s tokens %s and its host %s (allowed: %s) ends with 2 before anything is started',
    async (whose, host, allowsLoopback, said) => {
      const { file, env } = settings({ slack: [whose, host] });
      const config = join(folder, 'countersign.yml');
      writeFileSync(config, file);
      const printed: string[] = [];
      const { write } = process.stderr;
      process.stderr.write = (text: string | Uint8Array) => printed.push(String(text)) > 0;
      try {
        expect(await start({ file: config, env, allowsLoopback, exit: () => {} })).toBe(2);
      } finally {
        process.stderr.write = write;
      }
      expect(printed.join('')).toMatch(said);
    },
  );
});
