import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startBot } from '../../src/bot.js';
import { checkRuntime, doctor, renderCheckUps } from '../../src/cli/doctor.js';
import { realRuntime } from '../../src/cli/start.js';
import type { Settings } from '../../src/config.js';
import type { CheckUp } from '../../src/ports/backend.js';
import { createKeyfactorCommand, type KeyfactorCommand } from '../../src/sandbox/keyfactor/command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../../src/sandbox/slack/workspace.js';
import type { SlackWorkspaceOptions } from '../../src/sandbox/slack/world.js';
import { createWorkTasks, type WorkTasks } from '../../src/sandbox/work-tasks/work-tasks.js';
import { openSqliteStore } from '../../src/stores/sqlite.js';
import { captureLog } from '../support/stage/captured-log.js';
import { places, seedCommand, seedSlack, seedWorkTasks, serviceAccount } from '../support/stage/personas.js';
import { type StageRules, stageSettings } from '../support/stage/stage-settings.js';

let folder: string;
let slack: SlackWorkspace;
let command: KeyfactorCommand;
let workTasks: WorkTasks;
let addresses: {
  slackApiUrl: string;
  commandUrl: string;
  tokenUrl: string;
  workTasks: { url: string; tokenUrl: string };
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  slack = createSlackWorkspace({ rateLimits: 'off' });
  command = createKeyfactorCommand();
  workTasks = createWorkTasks();
  seedSlack(slack);
  seedCommand(command);
  seedWorkTasks(workTasks);
  const { slackApiUrl } = await slack.start();
  const { url: commandUrl, tokenUrl } = await command.start();
  addresses = { slackApiUrl, commandUrl, tokenUrl, workTasks: await workTasks.start() };
});

afterEach(async () => {
  await Promise.all([slack.stop(), command.stop(), workTasks.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Approvers everybody can recognise, so that only what a story breaks is wrong. */
const ledgerKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('hex');
const sound: StageRules = { approvers: ['ana', 'li'], operators: ['ana'], ledgerKey };

function settingsWith(change: Partial<Settings> = {}, rules: StageRules = sound): Settings {
  const store = join(folder, 'countersign.db');
  const parts = { ...addresses, transport: 'socket', slack, command, store } as const;
  return { ...stageSettings(rules, parts), ...change };
}

/** Plays with another Slack, in which nobody and nothing is. */
async function withSlack<T>(
  options: SlackWorkspaceOptions,
  play: (apiUrl: string) => Promise<T>,
): Promise<T> {
  const other = createSlackWorkspace({ rateLimits: 'off', ...options });
  const { slackApiUrl } = await other.start();
  try {
    return await play(slackApiUrl);
  } finally {
    await other.stop();
  }
}

const check = (settings: Settings) => checkRuntime(settings, captureLog().log);
const named = (checks: readonly CheckUp[], name: string) => checks.filter((one) => one.name.startsWith(name));
const wrong = (checks: readonly CheckUp[]) => checks.filter(({ verdict }) => verdict === 'bad');

describe('the doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const checks = await check(settingsWith());
    expect(wrong(checks)).toEqual([]);
    for (const name of [
      'Slack: bot token',
      'Slack: workspace',
      'Slack: scopes',
      'Slack: app-level token',
      'Slack: clock',
      `Slack: channel ${places.pki}`,
      'corp: answers',
      'corp: clock',
      'corp: sees what waits for it',
      'corp: sees every workflow',
      'corp: reads definitions',
      'plant: answers',
      'port of operations',
      'people',
    ]) {
      expect([name, ...named(checks, name).map(({ verdict }) => verdict)]).toEqual([name, 'good']);
    }
  });

  it('names the roles that waiting steps ask for, and claims nothing about what the account holds', async () => {
    const roles = named(await check(settingsWith()), 'corp: role for');
    expect(roles).toContainEqual({
      name: 'corp: role for Web server enrollment, Security approval',
      verdict: 'unknown',
      detail: 'asks for PKI Approvers; which roles the account holds cannot be read',
      fix: expect.any(String),
    });
  });

  it('changes nothing: no message, no signal, no connection, no store', async () => {
    await check(settingsWith());
    const methods = new Set(slack.calls.map(({ method }) => method));
    expect([...methods].sort()).toEqual([
      'apps.connections.open',
      'auth.test',
      'conversations.info',
      'users.info',
    ]);
    expect(command.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(existsSync(join(folder, 'countersign.db'))).toBe(false);
  });

  it('says that the records were sealed with another key than the one that is set', async () => {
    const settings = settingsWith();
    const bot = await startBot(settings, { ...realRuntime(captureLog().log), jobs: 'by-hand' });
    await bot.stop();
    const other = { ...settings.ledger, key: Buffer.alloc(32, 7) };
    const found = await check({ ...settings, ledger: other });
    expect(named(found, 'ledger: key')).toMatchObject([
      { verdict: 'bad', detail: expect.stringContaining('another key') },
    ]);
    const previousKeys = settings.ledger.key ? [settings.ledger.key] : [];
    const changed = await check({ ...settings, ledger: { ...other, previousKeys } });
    expect(named(changed, 'ledger: key')).toMatchObject([{ verdict: 'good' }]);
  });

  it('does not take the bot of another store for its own', async () => {
    const settings = settingsWith();
    const bot = await startBot(settings, { ...realRuntime(captureLog().log), jobs: 'by-hand' });
    const operations = { host: '127.0.0.1', port: bot.operationsPort ?? 0 };
    const checks = await check({ ...settings, operations, store: join(folder, 'another.db') });
    await bot.stop();
    expect(named(checks, 'port of operations')).toMatchObject([
      { verdict: 'bad', detail: expect.stringContaining('another bot') },
    ]);
  });

  it('does a running bot no harm, and sees that its ports and its store are its own', async () => {
    const settings = settingsWith();
    const bot = await startBot(settings, { ...realRuntime(captureLog().log), jobs: 'by-hand' });
    const port = bot.operationsPort ?? 0;
    const checks = await check({ ...settings, operations: { host: '127.0.0.1', port } });
    expect(wrong(checks)).toEqual([]);
    expect(named(checks, 'port of operations')[0]?.detail).toContain('held by a bot at work');
    expect(named(checks, 'store').map(({ name, verdict }) => [name, verdict])).toEqual([
      ['store: tables', 'good'],
      ['store: writable', 'good'],
      ['store: size', 'good'],
    ]);
    await bot.observe();
    await bot.stop();
  });

  it('says which permission the account lacks, and what is missing without it', async () => {
    command.addIdentity({ ...serviceAccount, permissions: ['/workflows/instances/read/pending/'] });
    const checks = await check(settingsWith());
    expect(wrong(checks)).toEqual([]);
    expect(named(checks, 'corp: sees every workflow')[0]).toMatchObject({
      verdict: 'unknown',
      fix: 'grant /workflows/instances/read/ to a role of the account',
    });
    expect(named(checks, 'corp: reads definitions')[0]?.detail).toContain('/workflows/definitions/read/');
  });

  it('finds it wrong when the account may not even see what waits', async () => {
    command.addIdentity({ ...serviceAccount, permissions: [] });
    const [first] = named(await check(settingsWith()), 'corp: sees what waits');
    expect(first).toMatchObject({ verdict: 'bad', fix: expect.stringContaining('read/pending/') });
  });

  it('finds names in rules that fit nothing there, and says which may be meant', async () => {
    const settings = settingsWith();
    const [rule] = settings.policy.approvers;
    const match = {
      type: ['Enrolment'],
      definition: ['Web server enrollment', 'Web sever enrollment'],
      step: ['RequireApproval1', 'Security aproval'],
      template: ['WebServer*'],
      authority: ['Issuing CA'],
    };
    const approvers = rule ? [{ ...rule, match }] : [];
    const checks = await check({ ...settings, policy: { ...settings.policy, approvers } });
    const lines = named(checks, 'corp: names in rules').map(({ verdict, detail, fix }) => [
      verdict,
      detail,
      fix,
    ]);
    expect(lines).toEqual([
      ['bad', expect.stringContaining('the type Enrolment,'), 'did you mean Enrollment?'],
      [
        'bad',
        expect.stringContaining('the definition Web sever enrollment,'),
        'did you mean Web server enrollment?',
      ],
      ['bad', expect.stringContaining('the step Security aproval,'), 'did you mean Security approval?'],
    ]);
    expect(named(checks, 'corp: other names in rules')[0]).toMatchObject({
      verdict: 'unknown',
      detail: 'what there is cannot be read from here: template WebServer*, authority Issuing CA',
      fix: expect.stringContaining('grant /certificate_templates/read/ and /certificate_authorities/read/'),
    });
  });

  it('finds templates and authorities in rules that the server does not have, and says which may be meant', async () => {
    const more = ['/certificate_templates/read/', '/certificate_authorities/read/'];
    command.addIdentity({ ...serviceAccount, permissions: [...serviceAccount.permissions, ...more] });
    const settings = settingsWith();
    const [rule] = settings.policy.approvers;
    const match = {
      template: ['WebServr', 'Code*', 'Lab 90d'],
      authority: ['CorpIssuingCA1', 'CorpIsuingCA2'],
    };
    const approvers = rule ? [{ ...rule, match }] : [];
    const checks = await check({ ...settings, policy: { ...settings.policy, approvers } });
    expect(named(checks, 'corp: names in rules').map(({ verdict, fix }) => [verdict, fix])).toEqual([
      ['bad', 'did you mean WebServer?'],
      ['bad', 'did you mean CorpIssuingCA2?'],
    ]);
    expect(named(checks, 'corp: other names in rules')).toEqual([]);
  });

  it('finds nothing wrong with names in rules that are there', async () => {
    const settings = settingsWith();
    const [rule] = settings.policy.approvers;
    const match = { type: ['enrollment'], definition: ['Web*'], step: ['Security approval'] };
    const approvers = rule ? [{ ...rule, match }] : [];
    const checks = await check({ ...settings, policy: { ...settings.policy, approvers } });
    expect(wrong(checks)).toEqual([]);
    expect(named(checks, 'corp: names in rules').map(({ verdict }) => verdict)).toEqual(['good']);
  });

  it('says which names in rules were not compared where definitions may not be read', async () => {
    command.addIdentity({ ...serviceAccount, permissions: ['/workflows/instances/read/'] });
    const settings = settingsWith();
    const [rule] = settings.policy.approvers;
    const approvers = rule ? [{ ...rule, match: { type: ['Enrolment'] } }] : [];
    const checks = await check({ ...settings, policy: { ...settings.policy, approvers } });
    expect(named(checks, 'corp: other names in rules')[0]?.detail).toContain('type Enrolment');
  });

  it('finds a password that is not right', async () => {
    command.addIdentity({ ...serviceAccount, password: 'changed meanwhile' });
    const [replies] = named(await check(settingsWith()), 'corp');
    expect(replies).toMatchObject({
      name: 'corp: answers',
      verdict: 'bad',
      fix: expect.stringContaining('secret'),
    });
  });

  it('finds a system that does not answer, and still checks the others', async () => {
    await command.stop();
    const checks = await check(settingsWith());
    expect(wrong(checks).map(({ name }) => name)).toEqual(['corp: answers']);
    expect(named(checks, 'plant: answers')[0]?.verdict).toBe('good');
  });

  it('finds a bot token that Slack does not take', async () => {
    const settings = settingsWith();
    const checks = await check({ ...settings, slack: { ...settings.slack, botToken: 'xoxb-nobodys' } });
    expect(named(checks, 'Slack: bot token')[0]).toMatchObject({ verdict: 'bad', detail: 'invalid_auth' });
    expect(named(checks, 'Slack: channel')).toEqual([]);
  });

  it('finds an app-level token that Slack does not take', async () => {
    const settings = settingsWith();
    const checks = await check({ ...settings, slack: { ...settings.slack, appToken: 'xapp-nobodys' } });
    expect(wrong(checks).map(({ name }) => name)).toEqual(['Slack: app-level token']);
  });

  it('says which scopes are missing, and does not guess about channels it may not read', async () => {
    const { app } = slack;
    const other = createSlackWorkspace({
      rateLimits: 'off',
      app: { ...app, scopes: ['chat:write', 'commands'] },
    });
    const { slackApiUrl: apiUrl } = await other.start();
    const settings = settingsWith();
    const checks = await check({ ...settings, slack: { ...settings.slack, apiUrl } });
    expect(wrong(checks)).toMatchObject([
      {
        name: 'Slack: scopes',
        detail: 'missing: im:write, users:read',
        fix: expect.stringContaining('manifest'),
      },
    ]);
    expect(new Set(named(checks, 'Slack: channel').map(({ verdict }) => verdict))).toEqual(
      new Set(['unknown']),
    );
    await other.stop();
  });

  it('says in which workspace it is, and of which Enterprise Grid', async () => {
    const settings = settingsWith();
    const alone = await check(settings);
    expect(named(alone, 'Slack: workspace')[0]?.detail).toBe('T0SIMULATED, of no Enterprise Grid');
    const inGrid = await withSlack({ grid: { id: 'E0GRID', teamIdIs: 'organization' } }, (apiUrl) =>
      check({ ...settings, slack: { ...settings.slack, apiUrl } }),
    );
    expect(named(inGrid, 'Slack: workspace')).toMatchObject([
      {
        verdict: 'good',
        detail: expect.stringMatching(/T0SIMULATED of the Enterprise Grid E0GRID.*members of it/),
      },
    ]);
    expect(wrong(inGrid).filter(({ name }) => !/^Slack: (channel|person)/.test(name))).toEqual([]);
  });

  it('finds an app that is installed for a whole Enterprise Grid', async () => {
    const settings = settingsWith();
    const checks = await withSlack(
      { grid: { id: 'E0GRID', teamIdIs: 'organization', isOrgWide: true } },
      (apiUrl) => check({ ...settings, slack: { ...settings.slack, apiUrl } }),
    );
    expect(named(checks, 'Slack: workspace')).toMatchObject([
      {
        verdict: 'bad',
        detail: expect.stringMatching(/whole Enterprise Grid/),
        fix: expect.stringMatching(/install it into the workspace/),
      },
    ]);
  });

  it('finds people who are named with another workspace than the one the app is in', async () => {
    const settings = settingsWith();
    const [rule] = settings.policy.approvers;
    const other = { teamId: 'T0HOME', userId: 'W0WEN' };
    const approvers = rule ? [{ ...rule, people: [...rule.people, other] }] : [];
    const checks = await check({ ...settings, policy: { ...settings.policy, approvers } });
    expect(named(checks, 'Slack: people')).toMatchObject([
      {
        verdict: 'bad',
        detail: expect.stringMatching(/T0HOME\/W0WEN/),
        fix: expect.stringMatching(/T0SIMULATED/),
      },
    ]);
  });

  it('names the scope that only matching by e-mail address needs', async () => {
    const { app } = slack;
    const scopes = ['chat:write', 'commands', 'im:write', 'users:read'];
    const other = createSlackWorkspace({ rateLimits: 'off', app: { ...app, scopes } });
    const { slackApiUrl: apiUrl } = await other.start();
    const settings = settingsWith();
    const policy = { ...settings.policy, emailMatching: true };
    const checks = await check({ ...settings, policy, slack: { ...settings.slack, apiUrl } });
    expect(named(checks, 'Slack: scopes')[0]?.detail).toBe('missing: users:read.email');
    await other.stop();
  });

  it('finds channels that are archived, unknown, or without the bot', async () => {
    const settings = settingsWith();
    slack.archive(places.pki);
    slack.addChannel({ id: 'C0ALONE', name: 'alone', members: [] });
    const policy = { ...settings.policy, fallbackChannel: 'C0ALONE', operatorsChannel: 'C0NOWHERE' };
    const checks = await check({ ...settings, policy });
    expect(
      named(checks, 'Slack: channel').map(({ name, verdict, detail }) => [name, verdict, detail]),
    ).toEqual([
      ['Slack: channel C0ALONE', 'bad', 'the bot is not a member'],
      ['Slack: channel C0NOWHERE', 'bad', 'channel_not_found'],
      [`Slack: channel ${places.pki}`, 'bad', 'it is archived'],
    ]);
  });

  it('finds approvers whose name in a system is not known', async () => {
    const checks = await check(settingsWith({}, { ...sound, approvers: ['ana', 'una'] }));
    expect(wrong(checks)).toMatchObject([
      { name: 'people', fix: 'add identities.corp for them under people' },
    ]);
    expect(wrong(checks)[0]?.detail).toContain('U0UNA');
  });

  it('finds a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const checks = await check(settingsWith({ operations: { host: '127.0.0.1', port } }));
    expect(wrong(checks).map(({ name }) => name)).toEqual(['port of operations']);
    other.close();
  });

  it('checks the public port where something calls the bot, and only there', async () => {
    const isChecked = async (rules: StageRules) =>
      named(await check(settingsWith({}, { ...sound, ...rules })), 'port of http').length > 0;
    expect(await isChecked({ withHook: false })).toBe(false);
    expect(await isChecked({ withHook: true })).toBe(true);
    expect(await isChecked({ people: { issuer: 'http://127.0.0.1:1', httpPort: 3000 } })).toBe(true);
  });

  it('finds that slack.team is not the workspace of the token', async () => {
    const settings = settingsWith();
    const checks = await check({ ...settings, slack: { ...settings.slack, team: 'T0WRONG' } });
    expect(wrong(checks)).toMatchObject([
      { name: 'Slack: workspace', fix: `write slack.team: T0SIMULATED, or use the token of T0WRONG` },
    ]);
  });

  it('finds people of the settings who are not there, have left, or are guests', async () => {
    const settings = settingsWith();
    slack.addMember({ id: 'U0GONE', name: 'gone', isDeactivated: true });
    slack.addMember({ id: 'U0GUEST', name: 'guest', isGuest: true });
    const team = 'T0SIMULATED';
    const ids = ['U0GONE', 'U0GUEST', 'U0NOBODY'].map((userId) => ({ teamId: team, userId }));
    const [first] = settings.policy.routes;
    const routes = first ? [{ ...first, people: ids }] : [];
    const checks = await check({ ...settings, policy: { ...settings.policy, routes } });
    expect(wrong(checks).map(({ name, detail }) => [name, detail])).toEqual([
      ['Slack: person U0GONE', 'deactivated, so no click of theirs counts'],
      ['Slack: person U0GUEST', 'a guest, so no click of theirs counts'],
      ['Slack: person U0NOBODY', 'nobody of this workspace, so no click of theirs counts'],
    ]);
  });

  it('finds user groups that are not there, or that nobody is in', async () => {
    const { app } = slack;
    const settings = settingsWith();
    const other = createSlackWorkspace({
      rateLimits: 'off',
      app: { ...app, scopes: ['usergroups:read'] },
    });
    other.addGroup({ id: 'S0EMPTY', name: 'Empty', handle: 'empty', members: [] });
    const ana = other.addMember({ id: 'U0ANA', name: 'ana' });
    other.addGroup({ id: 'S0FULL', name: 'Full', handle: 'full', members: [ana.id] });
    const groups = ['S0EMPTY', 'S0FULL', 'S0NOWHERE'];
    const approvers = settings.policy.approvers.map((rule) => ({ ...rule, groups }));
    const { slackApiUrl: apiUrl } = await other.start();
    const checks = await check({
      ...settings,
      slack: { ...settings.slack, apiUrl },
      policy: { ...settings.policy, approvers },
    });
    await other.stop();
    expect(
      named(checks, 'Slack: user group').map(({ name, verdict, detail }) => [name, verdict, detail]),
    ).toEqual([
      ['Slack: user group S0EMPTY', 'bad', 'nobody is in it'],
      ['Slack: user group S0FULL', 'good', '1 in it'],
      ['Slack: user group S0NOWHERE', 'bad', 'no_such_subteam'],
    ]);
  });

  it('finds that the ledger has no key, and that its anchors cannot be written', async () => {
    const settings = settingsWith({}, { ...sound, ledgerKey: '' });
    const anchorFile = join(folder, 'nowhere', 'anchors');
    const checks = await check({ ...settings, ledger: { ...settings.ledger, anchorFile } });
    expect(wrong(checks).map(({ name, detail }) => [name, detail])).toEqual([
      ['ledger: key', 'there is none, so the records prove nothing'],
      ['ledger: anchor file', `${anchorFile}: the folder ${join(folder, 'nowhere')} is not there`],
    ]);
  });

  it('finds that the folder of a store yet to be made is not there, or is none', async () => {
    writeFileSync(join(folder, 'file'), '');
    const details = [];
    for (const place of ['nowhere', 'file']) {
      const checks = await check(settingsWith({ store: join(folder, place, 'countersign.db') }));
      details.push(...wrong(checks).map(({ name, detail }) => `${name}: ${detail.replaceAll(folder, '')}`));
    }
    expect(details).toEqual([
      'store: /nowhere/countersign.db: the folder /nowhere is not there',
      'store: /file/countersign.db: /file is no folder',
    ]);
  });

  it('goes on with everything else when one check breaks', async () => {
    const settings = settingsWith();
    const [server, ...others] = settings.servers;
    if (!server) throw new Error('There is no server');
    const broken = { ...server, secrets: {} };
    const checks = await check({ ...settings, servers: [broken, ...others] });
    expect(wrong(checks).map(({ name }) => name)).toEqual([server.server.name]);
    expect(named(checks, 'plant: answers')[0]?.verdict).toBe('good');
    expect(named(checks, 'store')).toHaveLength(1);
  });

  it('writes JSON that is whole also when the settings are wrong', async () => {
    const file = join(folder, 'countersign.yml');
    writeFileSync(file, 'slack: { team: T0, mode: carrier-pigeon }\n');
    const written: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = (text) => written.push(String(text)) > 0;
    const code = await doctor({ file, env: {}, isJson: true }).finally(() => {
      process.stdout.write = write;
    });
    expect(code).toBe(2);
    const checks = JSON.parse(written.join('')) as readonly CheckUp[];
    expect(checks).toContainEqual(expect.objectContaining({ name: 'settings', verdict: 'bad' }));
    expect(checks.map(({ detail }) => detail).join()).toContain('slack.mode');
  });

  it('finds a store it cannot open, and leaves one that is whole as it was', async () => {
    const missing = await check(settingsWith({ store: folder }));
    expect(wrong(missing).map(({ name }) => name)).toEqual(['store']);
    const store = await openSqliteStore({ file: join(folder, 'countersign.db') });
    await store.putNote('key', 'value');
    await store.close();
    expect(wrong(await check(settingsWith()))).toEqual([]);
    const again = await openSqliteStore({ file: join(folder, 'countersign.db') });
    expect(await again.getNote('key')).toBe('value');
    await again.close();
  });
});

describe('what the doctor prints', () => {
  it('is one line for each check, with the fix under what needs one', () => {
    const text = renderCheckUps([
      { name: 'store', verdict: 'good', detail: 'writable', fix: 'nothing' },
      { name: 'Slack: bot token', verdict: 'bad', detail: 'invalid_auth', fix: 'install the app again' },
      { name: 'corp: may stop', verdict: 'unknown', detail: 'not tried' },
    ]);
    expect(text).toBe(
      [
        '✓ store: writable',
        '✗ Slack: bot token: invalid_auth',
        '    → install the app again',
        '– corp: may stop: not tried',
        '',
        'One thing is wrong (✗). 1 could not be checked from here (–).',
        '',
      ].join('\n'),
    );
  });
});
