import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { loadSettings } from '../../src/config.js';
import { ana, aRule, aServer, goodEnv, li, load, someSettings } from './a-settings-file.js';

const anaId = { teamId: 'T0EXAMPLE', userId: 'U0ANA' };
const liId = { teamId: 'T0EXAMPLE', userId: 'U0LI2' };

describe('settings that are right', () => {
  it('loads the example file without a warning', () => {
    const settings = loadSettings({
      file: 'docs/countersign.example.yml',
      readFile: (path) => readFileSync(path),
      env: goodEnv,
    });
    expect(settings.warnings).toEqual([]);
    expect(settings.policy.approvers.map(({ name, quorum }) => [name, quorum])).toEqual([
      ['Root CA Approvers', 2],
      ['PKI Approvers', 1],
    ]);
    expect(settings.servers[0]?.secrets).toEqual({ clientSecret: 'client-secret' });
  });

  it('fills in every default', () => {
    const settings = load(someSettings({ approvers: [{ when: {}, people: ['Ana'] }] }));
    expect(settings.slack).toEqual({
      mode: 'socket',
      team: 'T0EXAMPLE',
      command: '/workflow',
      botToken: 'xoxb-good',
      appToken: 'xapp-good',
    });
    expect(settings.observe).toEqual({
      cron: '*/15 * * * * *',
      peekCron: '*/2 * * * * *',
      unreachableAfter: 3,
    });
    expect(settings.http).toEqual({ host: '0.0.0.0', port: 3000 });
    expect(settings.operations).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(settings.store).toBe('countersign.db');
    expect(settings.log).toEqual({ level: 'info' });
    expect(settings.policy).toEqual({
      approvers: [
        {
          name: 'Approvers 1',
          match: {},
          people: [anaId],
          quorum: 1,
          ownRequest: 'forbidden',
          approveWith: 'comment',
        },
      ],
      routes: [],
      people: [
        { id: anaId, name: 'Ana', identities: { 'corp-pki': ['KEYEXAMPLE\\ana'] } },
        { id: liId, name: 'Li', identities: { 'corp-pki': ['KEYEXAMPLE\\li'] } },
      ],
      operators: [],
      startables: [],
      alerts: { isOn: true, channel: 'C0OPS', rules: [], quietAfterMs: 4 * 60 * 60_000 },
      signalingAsPerson: [],
      receipts: 'all',
      report: { weekday: 'mon', atMinute: 480, timeZone: 'UTC', people: false },
      bulkLimit: 20,
      emailMatching: false,
      emailNamed: [],
      domains: [],
      zones: [],
      validityLimits: [],
      fallbackChannel: 'C0PKI',
      operatorsChannel: 'C0OPS',
      keepTryingForMs: 600_000,
    });
  });

  it('finds people by name and by id, with and without a workspace, and counts each once', () => {
    const rule = { ...aRule, people: ['Ana', 'U0ANA', 'T0EXAMPLE/U0ANA', 'T0OTHER/U0ANA'] };
    const { policy } = load(someSettings({ approvers: [rule] }));
    expect(policy.approvers[0]?.people).toEqual([anaId, { teamId: 'T0OTHER', userId: 'U0ANA' }]);
  });

  it('takes one pattern or several for each condition', () => {
    const when = { system: 'corp-*', template: ['Web*', 'User'], requester: 'X\\*' };
    const { policy } = load(someSettings({ approvers: [{ ...aRule, when }] }));
    expect(policy.approvers[0]?.match).toEqual({
      system: ['corp-*'],
      template: ['Web*', 'User'],
      requester: ['X\\*'],
    });
  });

  it('routes to channels and people', () => {
    const routes = [
      { when: { type: 'Enrollment' }, channels: ['C0WEB', 'C0WEB', 'G0PRIVATE'], people: ['Li'] },
    ];
    expect(load(someSettings({ routes })).policy.routes).toEqual([
      { name: 'Route 1', match: { type: ['Enrollment'] }, channels: ['C0WEB', 'G0PRIVATE'], people: [liId] },
    ]);
  });

  it.each([
    ['1s', '* * * * * *'],
    ['15s', '*/15 * * * * *'],
    ['60s', '0 * * * * *'],
    ['1m', '0 * * * * *'],
    ['5m', '0 */5 * * * *'],
    ['1h', '0 0 * * * *'],
  ])('observes every %s with %s', (every, cron) => {
    expect(load(someSettings({ observe: { every } })).observe.cron).toBe(cron);
  });

  it('takes a cron expression as it is', () => {
    expect(load(someSettings({ observe: { cron: '0 8-18 * * 1-5' } })).observe.cron).toBe('0 8-18 * * 1-5');
  });

  it('asks for a signing secret instead of an app token in mode http', () => {
    const slack = { mode: 'http', team: 'T0EXAMPLE', operatorsChannel: 'C0OPS', fallbackChannel: 'C0PKI' };
    const env = { ...goodEnv, SLACK_SIGNING_SECRET: 'signing', SLACK_APP_TOKEN: '' };
    const settings = load(someSettings({ slack }), { env });
    expect(settings.slack).toMatchObject({ mode: 'http', signingSecret: 'signing' });
    expect(settings.slack).not.toHaveProperty('appToken');
  });

  it('keeps the servers apart from their secrets', () => {
    const { keyfactor } = load(someSettings({ keyfactor: [aServer] }));
    expect(JSON.stringify(keyfactor[0]?.server)).not.toContain('client-secret');
  });
});

describe('settings that are allowed but probably not meant', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['there are no rules', { approvers: [] }, 'nobody may decide'],
    [
      'a rule names nobody',
      { approvers: [{ ...aRule, people: [] }] },
      'approvers[0] (Everybody): names nobody',
    ],
    [
      'a rule names a type of workflow that no document names',
      { approvers: [{ ...aRule, when: { type: 'Enrolment' } }] },
      'approvers[0] (Everybody): "Enrolment" is none of the types of workflows that are documented (Enrollment, Revocation, CertificateEnteredCollection, CertificateLeftCollection, Expiration), so the rule may never count; did you mean Enrollment?',
    ],
    [
      'a route names a type that nothing is near to',
      { routes: [{ when: { type: ['Revocation', 'StoreFound'] }, channels: ['C0A'] }] },
      'routes[0]: "StoreFound" is none of the types of workflows that are documented (Enrollment, Revocation, CertificateEnteredCollection, CertificateLeftCollection, Expiration), so the rule may never count; countersign doctor asks the servers for theirs',
    ],
    [
      'a limit names a type that no document names',
      {
        validityLimits: [
          { when: { type: 'Enrole*' }, days: 10 },
          { when: {}, days: 'public-tls' },
        ],
      },
      'validityLimits[0]: "Enrole*" is none',
    ],
    [
      'a limit can never count',
      {
        validityLimits: [
          { when: {}, days: 398 },
          { name: 'Web', when: { template: 'Web*' }, days: 100 },
        ],
      },
      'validityLimits[1] (Web): never counts, because validityLimits[0] fits all it is about',
    ],
    [
      'a rule can never count',
      { approvers: [aRule, { ...aRule, name: 'Later', when: { template: 'Web*' } }] },
      'approvers[1] (Later): never counts, because approvers[0] (Everybody) fits all it is about',
    ],
    [
      'a route can never count',
      {
        routes: [
          { when: { template: 'W*', system: '*' }, channels: ['C0A'] },
          { when: { template: ['Web*', 'WiFi'], type: 'Enrollment' }, channels: ['C0B'] },
        ],
      },
      'routes[1]: never counts, because routes[0] fits all it is about',
    ],
    [
      'an approver could not be told from the requester',
      { people: [ana, { ...li, identities: {} }] },
      'approvers[0] (Everybody): Li has no identity in corp-pki and will be refused there',
    ],
    [
      'an approver is listed nowhere',
      { approvers: [{ ...aRule, people: ['Ana', 'U0SAM'] }] },
      'U0SAM has no identity in corp-pki',
    ],
    [
      'an approver is known by e-mail only, which shows of nobody that they did not ask',
      { emailMatching: 'on', approvers: [{ ...aRule, people: ['Ana', 'U0SAM'] }] },
      'U0SAM has no identity in corp-pki and will be refused there, because own requests are forbidden',
    ],
    [
      'an approver is known by e-mail only, and names the setting for systems that call people so',
      { emailMatching: 'on', approvers: [{ ...aRule, people: ['U0SAM'] }] },
      'or set userNames: email for corp-pki',
    ],
  ])('warns when %s', (_, changes, warning) => {
    expect(load(someSettings(changes)).warnings).toContainEqual(expect.stringContaining(warning));
  });

  it.each<[string, Record<string, unknown>]>([
    ['own requests are allowed', { approvers: [{ ...aRule, people: ['U0SAM'], ownRequest: 'allowed' }] }],
    [
      'people are known by e-mail and own requests are allowed',
      { emailMatching: 'on', approvers: [{ ...aRule, people: ['U0SAM'], ownRequest: 'allowed' }] },
    ],
    ['a later rule is wider', { approvers: [{ ...aRule, when: { template: 'Web*' } }, aRule] }],
    [
      'a star only stands where something may be missing',
      {
        approvers: [
          { ...aRule, when: { template: '*' } },
          { ...aRule, when: { type: 'Revocation' } },
        ],
      },
    ],
    [
      'people of one user name have domains that are declared to differ',
      {
        domains: [['KEYEXAMPLE', 'keyexample.com'], ['LAB']],
        people: [ana, { ...li, identities: { 'corp-pki': 'LAB\\ana' } }],
      },
    ],
    [
      'people are known by e-mail to a system that calls them so',
      {
        emailMatching: 'on',
        keyfactor: [{ ...aServer, userNames: 'email' }],
        approvers: [{ ...aRule, people: ['U0SAM'] }],
      },
    ],
  ])('does not warn when %s', (_, changes) => {
    expect(load(someSettings(changes)).warnings).toEqual([]);
  });
});
