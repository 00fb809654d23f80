import { describe, expect, it } from '@jest/globals';
import { formatProblems } from '../../src/config.js';
import { aRule, aServer, goodEnv, load, problemAbout, refusal, someSettings } from './a-settings-file.js';

const channels = { team: 'T0EXAMPLE', operatorsChannel: 'C0OPS', fallbackChannel: 'C0PKI' };

describe('secrets in the settings file', () => {
  it.each<[Record<string, unknown>, string, string]>([
    [{ slack: { ...channels, botToken: 'hunter2' } }, 'slack.botToken', 'SLACK_BOT_TOKEN'],
    [{ slack: { ...channels, token: 'hunter2' } }, 'slack.token', 'SLACK_BOT_TOKEN'],
    [{ slack: { ...channels, app_token: 'hunter2' } }, 'slack.app_token', 'SLACK_APP_TOKEN'],
    [{ slack: { ...channels, signingSecret: 'hunter2' } }, 'slack.signingSecret', 'SLACK_SIGNING_SECRET'],
    [{ keyfactor: [{ ...aServer, password: 'hunter2' }] }, 'keyfactor[0].password', 'KEYFACTOR_PASSWORD'],
    [
      { keyfactor: [{ ...aServer, auth: { ...aServer.auth, clientSecret: 'hunter2' } }] },
      'keyfactor[0].auth.clientSecret',
      'KEYFACTOR_AUTH_CLIENT_SECRET',
    ],
    [
      {
        keyfactor: [
          { ...aServer, accessToken: 'hunter2' },
          { ...aServer, name: 'b' },
        ],
      },
      'keyfactor[0].accessToken',
      'KEYFACTOR_CORP_PKI_AUTH_ACCESS_TOKEN',
    ],
    [{ store: 'postgres://bot:hunter2@db/x' }, 'store', 'COUNTERSIGN_STORE_PASSWORD'],
    [{ store: 'postgres://bot@db/x?ssl=1&password=hunter2' }, 'store', 'COUNTERSIGN_STORE_PASSWORD'],
    [{ zones: ['xoxb-1-hunter2'] }, 'zones[0]', 'environment'],
    [{ extra: { apiKey: 'hunter2' } }, 'extra.apiKey', 'environment'],
  ])('are refused at %#, naming where they belong and never their value', (changes, path, variable) => {
    const error = refusal(someSettings(changes));
    expect(formatProblems(error)).not.toContain('hunter2');
    expect(problemAbout(path, someSettings(changes)).expected).toContain(variable);
    expect(error.problems.filter((problem) => problem.path === path)).toHaveLength(1);
  });

  it.each([
    'password: *hunter2',
    'password: !hunter2 x',
    'password: |hunter2',
    'password: "hunter2\\q"',
    'password: @hunter2',
  ])('are not repeated when YAML cannot read them (%s)', (line) => {
    expect(formatProblems(refusal(`${line}\n`))).not.toContain('hunter2');
  });

  it('may be the name of a system', () => {
    const keyfactor = [{ ...aServer, name: 'token' }];
    const people = [{ id: 'U0ANA', name: 'Ana', identities: { token: 'KEYEXAMPLE\\ana' } }];
    const approvers = [{ ...aRule, people: ['Ana'] }];
    expect(load(someSettings({ keyfactor, people, approvers })).warnings).toEqual([]);
  });
});

describe('secrets in the environment', () => {
  it.each([
    ['SLACK_BOT_TOKEN', 'xoxb-good # the bot', 'a secret with a comment behind it'],
    ['SLACK_APP_TOKEN', '"xapp-good"', 'a secret in quotes'],
    ['SLACK_APP_TOKEN', 'xapp-go od', 'a token with a blank in it'],
    ['KEYFACTOR_AUTH_CLIENT_SECRET', ' hunter2', 'a secret with blanks around it'],
    ['KEYFACTOR_AUTH_CLIENT_SECRET', 'hunter2\t', 'a secret with blanks around it'],
    ['KEYFACTOR_AUTH_CLIENT_SECRET', "'hunter2'", 'a secret in quotes'],
    ['KEYFACTOR_AUTH_CLIENT_SECRET', 'hunter2\nhunter3', 'several lines'],
    ['SLACK_BOT_TOKEN', 'xoxb-…', 'characters that no secret has'],
    ['SLACK_APP_TOKEN', 'xapp-…', 'characters that no secret has'],
    ['KEYFACTOR_AUTH_CLIENT_SECRET', '…', 'characters that no secret has'],
    ['SLACK_API_URL', 'https://slack.com/api/ # the proxy', 'which has a blank in it'],
    ['COUNTERSIGN_LEDGER_KEY', `${'9f'.repeat(32)} # of 2026`, 'a secret with a comment behind it'],
  ])('are refused with what files of variables leave on them: %s=%j', (name, value, found) => {
    const problem = problemAbout(name, someSettings(), { env: { ...goodEnv, [name]: value } });
    expect(problem.found).toContain(found);
    expect(JSON.stringify(problem)).not.toContain('hunter');
  });

  it.each([
    ['KEYFACTOR_AUTH_CLIENT_SECRET=hunter2', 'KEYFACTOR_AUTH_CLIENT_SECRET= and the value'],
    ['hunter2\nhunter3', 'several lines'],
  ])('are refused where their file holds more than the value: %j', (content, found) => {
    const { KEYFACTOR_AUTH_CLIENT_SECRET: _secret, ...others } = goodEnv as Record<string, string>;
    const env = { ...others, KEYFACTOR_AUTH_CLIENT_SECRET_FILE: 'secret' };
    const files = { secret: `${content}\n` };
    const problem = problemAbout('KEYFACTOR_AUTH_CLIENT_SECRET_FILE', someSettings(), { env, files });
    expect(problem.found).toContain(found);
    expect(JSON.stringify(problem)).not.toContain('hunter');
  });

  it('are noted where their variable is misspelled, but not those Kubernetes sets for a service', () => {
    const env = {
      ...goodEnv,
      COUNTERSIGN_LEDGERKEY: 'x',
      COUNTERSIGN_PORT_9464_TCP: 'y',
      COUNTERSIGN_PORT: 'z',
    };
    expect(load(someSettings(), { env }).warnings).toEqual([
      'COUNTERSIGN_LEDGERKEY: not read; did you mean COUNTERSIGN_LEDGER_KEY?',
    ]);
  });

  it.each(['two words', 'with#hash', 'x"y', "it's", 'line\n'])(
    'may hold what passwords hold: %j',
    (value) => {
      const env = { ...goodEnv, KEYFACTOR_AUTH_CLIENT_SECRET: value };
      expect(load(someSettings(), { env }).keyfactor[0]?.secrets).toEqual({ clientSecret: value.trim() });
    },
  );

  it('come from a file named by NAME_FILE, without the line end', () => {
    const env = { ...goodEnv, SLACK_BOT_TOKEN: '', SLACK_BOT_TOKEN_FILE: '/run/secrets/bot' };
    const settings = load(someSettings(), { env, files: { '/run/secrets/bot': 'xoxb-file\n' } });
    expect(settings.slack.botToken).toBe('xoxb-file');
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['is missing', { SLACK_BOT_TOKEN: '' }, 'SLACK_BOT_TOKEN', 'nothing'],
    ['is given twice', { SLACK_BOT_TOKEN_FILE: '/bot' }, 'SLACK_BOT_TOKEN', 'both'],
    [
      'is in no file',
      { SLACK_APP_TOKEN: '', SLACK_APP_TOKEN_FILE: '/no' },
      'SLACK_APP_TOKEN_FILE',
      'no such file',
    ],
    [
      'is in an empty file',
      { SLACK_APP_TOKEN: '', SLACK_APP_TOKEN_FILE: '/empty' },
      'SLACK_APP_TOKEN_FILE',
      'empty',
    ],
    ['is another token', { SLACK_BOT_TOKEN: 'xapp-hunter2' }, 'SLACK_BOT_TOKEN', 'begins with xapp-'],
    ['is no token', { SLACK_APP_TOKEN: 'hunter2' }, 'SLACK_APP_TOKEN', 'begins otherwise'],
    ['is the client’s', { KEYFACTOR_AUTH_CLIENT_SECRET: '' }, 'KEYFACTOR_AUTH_CLIENT_SECRET', 'nothing'],
  ])('is asked for by name when it %s', (_, env, path, found) => {
    const source = { env: { ...goodEnv, ...env }, files: { '/empty': ' \n' } };
    const error = refusal(someSettings(), source);
    expect(error.problems).toHaveLength(1);
    expect(error.problems[0]).toMatchObject({ path, found: expect.stringContaining(found) });
    expect(formatProblems(error)).not.toContain('hunter2');
  });

  it.each([
    [{ kind: 'basic', username: 'svc' }, { KEYFACTOR_PASSWORD: 'pw' }, { password: 'pw' }],
    [{ kind: 'token' }, { KEYFACTOR_AUTH_ACCESS_TOKEN: 'at' }, { accessToken: 'at' }],
    [aServer.auth, { KEYFACTOR_PASSWORD: 'pw' }, { clientSecret: 'client-secret' }],
  ])('are read for the way of signing in only: %j', (auth, env, secrets) => {
    const settings = load(someSettings({ keyfactor: [{ ...aServer, auth }] }), {
      env: { ...goodEnv, ...env },
    });
    expect(settings.keyfactor[0]?.secrets).toEqual(secrets);
  });

  it.each([
    ['http://slack.example.com/api/', 'https address'],
    ['not an address', 'https address'],
  ])('refuses %s as the address of the Web API', (SLACK_API_URL, expected) => {
    const env = { ...goodEnv, SLACK_API_URL };
    expect(problemAbout('SLACK_API_URL', someSettings(), { env }).expected).toContain(expected);
  });

  it('lets a simulator on this machine stand in for Slack', () => {
    const env = { ...goodEnv, SLACK_API_URL: 'http://127.0.0.1:4000/api/' };
    expect(load(someSettings(), { env }).slack.apiUrl).toBe('http://127.0.0.1:4000/api/');
  });
});
