import { describe, expect, it } from '@jest/globals';
import { formatProblems } from '../../src/config.js';
import {
  aServer,
  aWorkTasksServer,
  goodEnv,
  load,
  problemAbout,
  refusal,
  someSettings,
} from './a-settings-file.js';

const personSignIn = { issuer: 'https://idp.example.com/realms/Keyfactor', clientId: 'people' };
const http = { publicUrl: 'https://countersign.example.com' };
const asPeople = someSettings({ http, keyfactor: [{ ...aServer, signalAs: 'person', personSignIn }] });
const keyName = 'COUNTERSIGN_TOKEN_KEY';
const key = '9f2c4be1a07d5863e4b1c8f03a967d52be0c7714d9a3f68125cb40e79d18a6f3';
const keyEnv = { ...goodEnv, [keyName]: key };
const name = 'COUNTERSIGN_CORP_PKI_PERSON_CLIENT_SECRET';

describe('signalling as a person', () => {
  it('is off unless asked for', () => {
    const [server] = load(someSettings()).keyfactor;
    expect(server?.server).toMatchObject({ signalAs: 'service' });
    expect(server?.server.personSignIn).toBeUndefined();
  });

  it('takes the usual scopes and claim, and the secret from the environment', () => {
    const [server] = load(asPeople, { env: { ...keyEnv, [name]: 'hunter2' } }).keyfactor;
    expect(server?.server).toMatchObject({
      signalAs: 'person',
      personSignIn: {
        ...personSignIn,
        scopes: ['openid', 'profile', 'offline_access'],
        usernameClaim: 'preferred_username',
      },
    });
    expect(server?.secrets).toEqual({ clientSecret: 'client-secret', personClientSecret: 'hunter2' });
  });

  it('reads the secret of each server from a file, too', () => {
    const lab = { ...aServer, name: 'lab', signalAs: 'person', personSignIn };
    const env = {
      ...keyEnv,
      KEYFACTOR_CORP_PKI_AUTH_CLIENT_SECRET: 'one',
      KEYFACTOR_LAB_AUTH_CLIENT_SECRET: 'two',
      COUNTERSIGN_LAB_PERSON_CLIENT_SECRET_FILE: '/run/secrets/people',
    };
    const settings = load(someSettings({ http, keyfactor: [aServer, lab] }), {
      env,
      files: { '/run/secrets/people': 'three\n' },
    });
    expect(settings.keyfactor.map(({ secrets }) => secrets)).toEqual([
      { clientSecret: 'one' },
      { clientSecret: 'two', personClientSecret: 'three' },
    ]);
    expect(settings.warnings.filter((warning) => warning.includes('PERSON'))).toEqual([]);
  });

  it('asks for the secret by its name', () => {
    expect(problemAbout(name, asPeople)).toMatchObject({ found: 'nothing', example: `${name}=…` });
  });

  it('needs to know where people sign in', () => {
    const settings = someSettings({ keyfactor: [{ ...aServer, signalAs: 'person' }] });
    expect(problemAbout('keyfactor[0].personSignIn', settings).expected).toContain('where people sign in');
  });

  it.each([
    [{ issuer: 'http://idp.example.com' }, 'issuer', 'full https address'],
    [{ issuer: 'idp.example.com' }, 'issuer', 'full https address'],
    [{ scopes: ['profile'] }, 'scopes', 'openid has to be among them'],
    [{ clientId: '' }, 'clientId', 'not empty'],
  ])('refuses %j', (change, key, expected) => {
    const keyfactor = [{ ...aServer, signalAs: 'person', personSignIn: { ...personSignIn, ...change } }];
    const problem = problemAbout(`keyfactor[0].personSignIn.${key}`, someSettings({ keyfactor }), {
      env: { ...goodEnv, [name]: 'x' },
    });
    expect(problem.expected).toContain(expected);
  });

  it.each([
    [
      { personSignIn: { ...personSignIn, clientSecret: 'hunter2' } },
      'keyfactor[0].personSignIn.clientSecret',
    ],
    [{ personSignIn, personClientSecret: 'hunter2' }, 'keyfactor[0].personClientSecret'],
  ])('says where a secret belongs that stands in the file: %#', (change, path) => {
    const settings = someSettings({ keyfactor: [{ ...aServer, ...change }] });
    expect(problemAbout(path, settings).expected).toContain(name);
    expect(formatProblems(refusal(settings))).not.toContain('hunter2');
  });

  it('points out a secret that nobody reads', () => {
    const warningsFor = (variable: string, settings: unknown) =>
      load(settings, { env: { ...keyEnv, [name]: 'x', [variable]: 'x' } }).warnings;
    expect(warningsFor('COUNTERSIGN_CORP_PERSON_CLIENT_SECRET', asPeople)).toContainEqual(
      expect.stringMatching(/^COUNTERSIGN_CORP_PERSON_CLIENT_SECRET: not read/),
    );
    expect(warningsFor(name, asPeople)).toEqual([]);
    expect(warningsFor(name, someSettings())).toEqual([`${name}: not read`]);
  });

  it('knows which systems are told by people, and takes their key', () => {
    const before = key.replace('9f', 'a0');
    const env = { ...keyEnv, [name]: 'x', [`${keyName}_PREVIOUS`]: `${before}, ` };
    const settings = load(asPeople, { env });
    expect(settings.policy.signalingAsPerson).toEqual(['corp-pki']);
    expect(settings.tokenKeys?.key).toHaveLength(32);
    expect(settings.tokenKeys?.previousKeys).toHaveLength(1);
    expect(load(someSettings()).tokenKeys).toBeUndefined();
  });

  it('needs a key to lock linked accounts away', () => {
    const env = { ...goodEnv, [name]: 'x' };
    expect(problemAbout(keyName, asPeople, { env })).toMatchObject({ found: 'nothing' });
  });

  it.each(['short', key.slice(2), '00'.repeat(32)])('refuses the bad key %s and does not quote it', (bad) => {
    const env = { ...keyEnv, [name]: 'x', [keyName]: bad };
    expect(problemAbout(keyName, asPeople, { env }).expected).toContain('32 random bytes');
    expect(formatProblems(refusal(asPeople, { env }))).not.toContain(bad);
  });

  it('needs the address under which browsers reach the bot', () => {
    const settings = { ...asPeople, http: {} };
    const problem = problemAbout('http.publicUrl', settings, { env: { ...keyEnv, [name]: 'x' } });
    expect(problem.expected).toContain('signalAs: person');
  });
});

describe('signalling to Work Tasks as a person', () => {
  const plant = {
    ...aWorkTasksServer,
    signalAs: 'person',
    personSignIn: { ...personSignIn, userTemplate: 'activedirectory::{name}' },
  };
  const secret = 'COUNTERSIGN_PLANT_PERSON_CLIENT_SECRET';
  const env = { ...keyEnv, WORKTASKS_CLIENT_SECRET: 'wt-secret', [secret]: 'hunter2' };

  it('takes its secret, and knows that decisions go out by people', () => {
    const settings = load(someSettings({ http, workTasks: [plant] }), { env });
    expect(settings.workTasks[0]?.secrets).toEqual({
      clientSecret: 'wt-secret',
      personClientSecret: 'hunter2',
    });
    expect(settings.policy.signalingAsPerson).toEqual(['plant-hr']);
    expect(settings.warnings).toEqual([]);
    expect(settings.notes).toEqual([
      expect.stringMatching(
        /which Work Tasks does not renew: an activity that calls a web API as the user fails/,
      ),
    ]);
    expect(settings.policy.startables[0]?.note).toContain('your own token');
  });

  it('asks for the secret by its name, and for where people sign in', () => {
    const { [secret]: _none, ...without } = env;
    const asking = someSettings({ http, workTasks: [plant] });
    expect(problemAbout(secret, asking, { env: without })).toMatchObject({ found: 'nothing' });
    const nowhere = someSettings({ http, workTasks: [{ ...aWorkTasksServer, signalAs: 'person' }] });
    expect(problemAbout('workTasks[0].personSignIn', nowhere, { env }).expected).toContain(
      'where people sign in',
    );
  });

  it('says where a secret belongs that stands in the file', () => {
    const written = { ...plant, personSignIn: { ...plant.personSignIn, clientSecret: 'hunter2' } };
    const problem = problemAbout(
      'workTasks[0].personSignIn.clientSecret',
      someSettings({ workTasks: [written] }),
      {
        env,
      },
    );
    expect(problem.expected).toContain(secret);
  });
});

describe('scopes asked of Microsoft Entra', () => {
  const issuer = 'https://login.microsoftonline.com/contoso/v2.0';
  const tokenUrl = 'https://login.microsoftonline.com/contoso/oauth2/v2.0/token';
  const ofApi = 'api://9f1c2b0e/.default';
  const personEnv = { ...keyEnv, [name]: 'x' };
  const warningsOf = (server: Readonly<Record<string, unknown>>) =>
    load(someSettings({ http, keyfactor: [{ ...aServer, ...server }] }), { env: personEnv }).warnings.filter(
      (one) => one.includes('Entra'),
    );

  it.each([
    ['none', [], 1],
    ['one of the API without .default', ['api://9f1c2b0e/read'], 1],
    ['the default one of the API', [ofApi], 0],
  ])('by the bot: with %s, the settings warn as they should', (_what, scopes, warnings) => {
    const found = warningsOf({ auth: { ...aServer.auth, tokenUrl, scopes } });
    expect(found).toHaveLength(warnings);
    for (const one of found)
      expect(one).toContain('auth.scopes lacks the scope api://<application id>/.default');
  });

  it.each([
    ['the usual ones', ['openid', 'profile', 'offline_access'], 1],
    ['one of the API as well', ['openid', 'api://9f1c2b0e/workflow'], 0],
  ])('by people: with %s, the settings warn as they should', (_what, scopes, warnings) => {
    const found = warningsOf({ signalAs: 'person', personSignIn: { ...personSignIn, issuer, scopes } });
    expect(found).toHaveLength(warnings);
    for (const one of found) expect(one).toContain('personSignIn.scopes lacks a scope of the API');
  });

  it('are nobody’s concern at another provider', () => {
    expect(warningsOf({ auth: { ...aServer.auth, scopes: ['openid'] } })).toEqual([]);
  });
});
