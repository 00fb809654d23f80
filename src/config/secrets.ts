import { Buffer } from 'node:buffer';
import type { KeyfactorSecrets } from '../backends/keyfactor/settings.js';
import { systemsOf, type WorkTasksSecrets } from '../backends/work-tasks/settings.js';
import { defined } from '../shared/defined.js';
import { isPostgresUrl, nearMatch } from '../shared/text.js';
import {
  type AuthKind,
  type Checked,
  type Environment,
  nameInVariables,
  nothing,
  readNeeded,
  serverPrefix,
  serverSecrets,
  serverVariables,
  slackVariables,
  storePassword,
  type Variable,
} from './environment.js';
import {
  entriesOf,
  isGroup,
  looksSecret,
  type Problem,
  pathText,
  type RawGroup,
  valueAt,
  withValue,
} from './problems.js';

const suffixes = [...serverVariables, ...serverSecrets].map(({ name }) => name);

/** Refuses variables that would turn off the checking of certificates, and names that mean two servers. */
export function checkVariables(raw: RawGroup, environment: Environment): readonly Problem[] {
  return [...skippedChecks(raw, environment), ...ambiguousNames(raw)];
}

/** Points out variables that look meant for the bot and are not read. */
export function warnOfUnreadVariables(raw: RawGroup, environment: Environment): readonly string[] {
  return [
    ...unread({
      vendor: 'KEYFACTOR_',
      names: environment.namesWith('KEYFACTOR_').filter((name) => !name.endsWith('SKIP_VERIFY')),
      prefixes: prefixesOf(raw),
      suffixes,
    }),
    ...unread({
      vendor: 'WORKTASKS_',
      names: environment.namesWith('WORKTASKS_'),
      prefixes: workTasksPrefixes(raw),
      suffixes: workTasksSecrets.map(({ name }) => name),
    }),
    ...unread({
      vendor: 'COUNTERSIGN_',
      names: environment.namesWith('COUNTERSIGN_').filter(isPersonSecret),
      prefixes: personSecretNames(raw),
      suffixes: [''],
    }),
    ...unread({
      vendor: 'COUNTERSIGN_',
      names: environment.namesWith('COUNTERSIGN_').filter(isHookSecret),
      prefixes: hookSecretNames(raw),
      suffixes: [''],
    }),
  ];
}

function unread(of: {
  readonly vendor: string;
  /** Names that are set. */
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
}): readonly string[] {
  const { vendor, names, prefixes } = of;
  const known = prefixes.flatMap((prefix) => of.suffixes.map((suffix) => prefix + suffix));
  return names
    .filter((name) => !known.includes(name) && !known.includes(name.replace(/_FILE$/, '')))
    .map((name) => {
      const rest = name.slice(vendor.length);
      if (of.suffixes.includes(rest.replace(/_FILE$/, '')) && prefixes.length > 1) {
        return `${name}: not read, because there are several servers; write ${prefixes[0] ?? ''}${rest} and so on`;
      }
      const near = nearMatch(name, known);
      return `${name}: not read${near === undefined ? '' : `; did you mean ${near}?`}`;
    });
}

function prefixesOf(raw: RawGroup): readonly string[] {
  const servers = entriesOf(raw.keyfactor);
  return servers.map((server) => serverPrefix(String(valueAt(server, ['name']) ?? ''), servers.length));
}

function skippedChecks(raw: RawGroup, environment: Environment): readonly Problem[] {
  const names = ['KEYFACTOR_SKIP_VERIFY', ...prefixesOf(raw).map((prefix) => `${prefix}SKIP_VERIFY`)];
  const skips = [...new Set(names)].filter((name) => /^(true|1|yes|on)$/i.test(environment.read(name) ?? ''));
  const problems = skips.map((name): Problem => {
    const instead = name.replace(/SKIP_VERIFY$/, 'CA_CERT');
    return {
      path: name,
      expected: `nothing: whoever can pose as the server could decide approvals, so certificates are always checked. Name your certificate authority in ${instead}`,
      found: 'true',
      example: `${instead}=/etc/ssl/corp-root.pem`,
    };
  });
  if (environment.read('NODE_TLS_REJECT_UNAUTHORIZED') !== '0') return problems;
  const expected = 'nothing: it would turn off the checking of every certificate. Use caCert and authCaCert';
  return [...problems, { path: 'NODE_TLS_REJECT_UNAUTHORIZED', expected, found: '0' }];
}

/** Finds servers such as `corp` and `corp-auth`, of which both have a KEYFACTOR_CORP_AUTH_CA_CERT. */
function ambiguousNames(raw: RawGroup): readonly Problem[] {
  const all = prefixesOf(raw).flatMap((prefix, index) =>
    suffixes.map((suffix) => ({ variable: prefix + suffix, prefix, index })),
  );
  const clash = all.find((one, at) =>
    all.slice(0, at).some((other) => other.variable === one.variable && other.prefix !== one.prefix),
  );
  if (!clash) return [];
  const expected = 'a name whose environment variables cannot be mistaken for another server’s';
  return [{ path: `keyfactor[${clash.index}].name`, expected, found: `two servers with ${clash.variable}` }];
}

/** Settings after the environment has filled in what the file leaves out. */
export interface Filled {
  readonly raw: RawGroup;
  /** Path of a setting → the variable it came from. */
  readonly origins: ReadonlyMap<string, string>;
  /** Path of a setting → the variable that could have filled it in. */
  readonly fillable: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Fills in what the file leaves out about Keyfactor servers from the environment; the file wins. */
export function fillServers(raw: RawGroup, environment: Environment): Filled {
  if (!Array.isArray(raw.keyfactor)) return { raw, origins: new Map(), fillable: new Map(), problems: [] };
  const origins = new Map<string, string>();
  const problems: Problem[] = [];
  const servers = entriesOf(raw.keyfactor);
  const keyfactor = servers.map((server, index) => {
    if (!isGroup(server)) return server;
    const prefix = serverPrefix(String(server.name ?? ''), servers.length);
    const { server: withKind, problem } = chooseKind(server, { prefix, index, environment });
    if (problem) problems.push(problem);
    return fillServer(withKind, { prefix, index, environment, origins });
  });
  return { raw: { ...raw, keyfactor }, origins, fillable: fillableOf(servers), problems };
}

function fillableOf(servers: readonly unknown[]): ReadonlyMap<string, string> {
  const pairs = servers.flatMap((server, index) => {
    const prefix = serverPrefix(String(valueAt(server, ['name']) ?? ''), servers.length);
    return serverVariables.map(
      ({ name, fills }) => [pathText(['keyfactor', index, ...fills]), prefix + name] as const,
    );
  });
  return new Map(pairs);
}

function fillServer(
  server: RawGroup,
  context: {
    readonly prefix: string;
    readonly index: number;
    readonly environment: Environment;
    readonly origins: Map<string, string>;
  },
): RawGroup {
  const { prefix, index, environment, origins } = context;
  let filled = server;
  for (const { name, fills, kind, convert } of serverVariables) {
    if (kind !== undefined && kind !== valueAt(filled, ['auth', 'kind'])) continue;
    if (valueAt(filled, fills) !== undefined) continue;
    const text = environment.read(prefix + name);
    if (text === undefined) continue;
    filled = withValue(filled, fills, convert ? convert(text) : text);
    origins.set(pathText(['keyfactor', index, ...fills]), prefix + name);
  }
  return filled;
}

/** Settles how to sign in when the file does not say: by the variables that are set. */
function chooseKind(
  server: RawGroup,
  context: { readonly prefix: string; readonly index: number; readonly environment: Environment },
): { readonly server: RawGroup; readonly problem?: Problem } {
  const { prefix, index, environment } = context;
  const auth = server.auth ?? {};
  if (!isGroup(auth) || auth.kind !== undefined) return { server };
  const kinds = kindsIn(environment, prefix);
  const [only] = kinds;
  if (only === undefined) return { server };
  const chosen = withValue(server, ['auth', 'kind'], only);
  if (kinds.length === 1) return { server: chosen };
  const found = `variables for ${kinds.join(' and ')}`;
  const path = pathText(['keyfactor', index, 'auth', 'kind']);
  const expected = 'one way to sign in; say which, or unset the variables of the others';
  return { server: chosen, problem: { path, expected, found, example: `kind: ${only}` } };
}

/** Says which ways to sign in the environment speaks of; a domain or an audience alone speaks of none. */
function kindsIn(environment: Environment, prefix: string): readonly AuthKind[] {
  const reporting = ['USERNAME', 'PASSWORD', 'AUTH_CLIENT_ID', 'AUTH_CLIENT_SECRET', 'AUTH_ACCESS_TOKEN'];
  const kinds = [...serverVariables, ...serverSecrets]
    .filter(({ name }) => reporting.includes(name) && environment.has(prefix + name))
    .map(({ kind }) => kind)
    .filter((kind) => kind !== undefined);
  return [...new Set(kinds)];
}

/** What Slack gives out, as far as the mode needs it. */
export interface SlackSecrets {
  readonly botToken: string;
  readonly appToken?: string;
  readonly signingSecret?: string;
  readonly apiUrl?: string;
}

/** Reads Slack's secrets; what the mode does not need is not read. */
export function readSlackSecrets(raw: RawGroup, environment: Environment): Checked<SlackSecrets> {
  const mode = valueAt(raw, ['slack', 'mode']) ?? 'socket';
  const { botToken, appToken, signingSecret, apiUrl } = slackVariables;
  const bot = readNeeded(botToken, environment, 'xoxb-');
  const app = mode === 'socket' ? readNeeded(appToken, environment, 'xapp-') : nothing;
  const signing = mode === 'http' ? readNeeded(signingSecret, environment) : nothing;
  const api = environment.read(apiUrl.name);
  return {
    value: {
      botToken: bot.value ?? '',
      ...defined({ appToken: app.value, signingSecret: signing.value, apiUrl: api }),
    },
    problems: [...bot.problems, ...app.problems, ...signing.problems, ...checkApiUrl(api)],
  };
}

/** Reads, for each configured server, exactly the secrets its ways of signing in need. */
export function readServerSecrets(
  raw: RawGroup,
  environment: Environment,
): Checked<readonly KeyfactorSecrets[]> {
  const servers = entriesOf(raw.keyfactor);
  const readings = servers.map((server) => {
    const own = readOwnSecret(server, servers.length, environment);
    const { value, problems } = readPersonSecret(server, environment);
    const person = value === undefined ? {} : { personClientSecret: value };
    return { value: { ...own.value, ...person }, problems: [...own.problems, ...problems] };
  });
  return {
    value: readings.map(({ value }) => value),
    problems: readings.flatMap(({ problems }) => problems),
  };
}

/** Reads what the bot's own account proves itself with. */
function readOwnSecret(
  server: unknown,
  serverCount: number,
  environment: Environment,
): Checked<KeyfactorSecrets> {
  const kind = valueAt(server, ['auth', 'kind']);
  const needed = serverSecrets.find((secret) => secret.kind === kind);
  if (!needed) return { value: {}, problems: [] };
  const prefix = serverPrefix(String(valueAt(server, ['name']) ?? ''), serverCount);
  const { value, problems } = readNeeded({ ...needed, name: prefix + needed.name }, environment);
  return { value: value === undefined ? {} : { [needed.secret]: value }, problems };
}

function checkApiUrl(url: string | undefined): readonly Problem[] {
  if (url === undefined || isSafeAddress(url)) return [];
  const { name, example } = slackVariables.apiUrl;
  const found = looksSecret(url) ? 'an address with a password in it' : JSON.stringify(url);
  return [
    {
      path: name,
      expected: 'an https address (http only for this very machine)',
      found,
      example: `${name}=${example}`,
    },
  ];
}

function isSafeAddress(url: string): boolean {
  if (!URL.canParse(url) || looksSecret(url)) return false;
  const { protocol, hostname } = new URL(url);
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}

/** Reads the password of the store, where that is a database; one that lets the bot in otherwise has none. */
export function readStoreSecret(
  raw: RawGroup,
  environment: Environment,
): { readonly storePassword?: string } {
  if (!isPostgresUrl(String(valueAt(raw, ['store'])))) return {};
  const value = environment.read(storePassword.name);
  return value === undefined ? {} : { storePassword: value };
}

/** Locks the right to speak for people away in the store. */
export const tokenKey: Variable = {
  name: 'COUNTERSIGN_TOKEN_KEY',
  meaning:
    'Key that locks what people’s linked accounts are spoken for with: 32 random bytes or more, in base64 or hexadecimal. Needed for signalAs: person.',
  example: 'openssl rand -hex 32',
};

/** Opens what was locked before the key was changed. */
export const tokenKeyPrevious: Variable = {
  name: 'COUNTERSIGN_TOKEN_KEY_PREVIOUS',
  meaning:
    'Keys that were COUNTERSIGN_TOKEN_KEY before, with commas between; what they locked is locked anew when it is used next.',
  example: '…',
};

/** The keys of the vault; `key` alone locks. */
export interface TokenKeys {
  readonly key: Uint8Array;
  readonly previousKeys: readonly Uint8Array[];
}

/** Tells whether any server is told decisions in the name of people. */
export function hasSignalsAsPeople(raw: RawGroup): boolean {
  return entriesOf(raw.keyfactor).some((server) => valueAt(server, ['signalAs']) === 'person');
}

/** Reads the keys of the vault where a server is told decisions in the name of people; elsewhere none is needed. */
export function readTokenKeys(raw: RawGroup, environment: Environment): Checked<TokenKeys | undefined> {
  if (!hasSignalsAsPeople(raw)) return { value: undefined, problems: [] };
  const current = readNeeded(tokenKey, environment);
  const key = current.value === undefined ? undefined : readKey(tokenKey, current.value);
  const texts = (environment.read(tokenKeyPrevious.name) ?? '').split(',').map((one) => one.trim());
  const before = texts.filter((one) => one !== '').map((one) => readKey(tokenKeyPrevious, one));
  const previousKeys = before.flatMap(({ bytes }) => (bytes ? [bytes] : []));
  const wrong: readonly (Problem | undefined)[] = [key?.problem, ...before.map(({ problem }) => problem)];
  return {
    value: key?.bytes ? { key: key.bytes, previousKeys } : undefined,
    problems: [...current.problems, ...wrong.flatMap((problem) => (problem ? [problem] : []))],
  };
}

/** Seals the records of the ledger. */
export const ledgerKey: Variable = {
  name: 'COUNTERSIGN_LEDGER_KEY',
  meaning:
    'Key that seals the ledger: at least 32 random bytes, in base64 or hexadecimal. Without it records are kept and prove nothing.',
  example: 'openssl rand -hex 32',
};

/** Checks records that were sealed before the key was changed. */
export const ledgerKeyPrevious: Variable = {
  name: 'COUNTERSIGN_LEDGER_KEY_PREVIOUS',
  meaning:
    'Keys that sealed the ledger before, with commas between, the latest first; to check older records, never to seal.',
  example: '…',
};

/** The keys of the ledger; `key` alone seals. */
export interface LedgerKeys {
  readonly key?: Uint8Array;
  readonly previousKeys: readonly Uint8Array[];
}

const shortest = 32;

/** Random bytes this many have more different ones among them, but once in far more than a lifetime. */
const fewestDifferent = 12;

/** Reads the keys of the ledger; one that cannot be a good key is a problem, and none at all is allowed. */
export function readLedgerKeys(environment: Environment): Checked<LedgerKeys> {
  const current = environment.read(ledgerKey.name);
  const key = current === undefined ? undefined : readKey(ledgerKey, current);
  const before = (environment.read(ledgerKeyPrevious.name) ?? '').split(',').map((one) => one.trim());
  const previous = before.filter((one) => one !== '').map((one) => readKey(ledgerKeyPrevious, one));
  const all = [...(key ? [key] : []), ...previous];
  return {
    value: {
      ...(key?.bytes ? { key: key.bytes } : {}),
      previousKeys: previous.flatMap(({ bytes }) => (bytes ? [bytes] : [])),
    },
    problems: all.flatMap(({ problem }) => (problem ? [problem] : [])),
  };
}

/** A key, or what is wrong with it. */
interface ReadKey {
  readonly bytes?: Uint8Array;
  readonly problem?: Problem;
}

/** Reads one key; the problem with one that cannot be good never quotes it, since nearly a key is still a secret. */
function readKey({ name, example }: Variable, text: string): ReadKey {
  const bytes = bytesOf(text);
  const expected = `at least ${shortest} random bytes, in base64 or hexadecimal`;
  const found = faultOf(bytes);
  return found === undefined && bytes
    ? { bytes }
    : { problem: { path: name, expected, found: found ?? 'nothing', example } };
}

function bytesOf(text: string): Uint8Array | undefined {
  if (/^([0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function faultOf(bytes: Uint8Array | undefined): string | undefined {
  if (!bytes) return 'something that is neither';
  if (bytes.length < shortest) return `${bytes.length} bytes`;
  return new Set(bytes).size < fewestDifferent ? 'bytes that are not random' : undefined;
}

/** A secret of one Work Tasks server, without the prefix that says of which. */
interface WorkTasksSecret extends Variable {
  readonly secret: Exclude<keyof WorkTasksSecrets, 'hooks'>;
  /** What makes a server need it. */
  readonly use: string;
  readonly isNeededBy: (server: unknown) => boolean;
}

/** Secrets of a Work Tasks server; exactly those its settings need are read. */
export const workTasksSecrets: readonly WorkTasksSecret[] = [
  {
    name: 'CLIENT_SECRET',
    meaning: 'Secret of the client that signs in to Work Tasks.',
    example: '…',
    secret: 'clientSecret',
    use: 'auth kind aim or entra',
    isNeededBy: (server) => ['aim', 'entra'].includes(String(valueAt(server, ['auth', 'kind']))),
  },
  {
    name: 'ACCESS_TOKEN',
    meaning: 'Access token for Work Tasks, issued beforehand.',
    example: '…',
    secret: 'accessToken',
    use: 'auth kind token',
    isNeededBy: (server) => valueAt(server, ['auth', 'kind']) === 'token',
  },
  {
    name: 'REFRESH_TOKEN_INFO',
    meaning: 'Refresh token metadata, handed to Work Tasks as it is.',
    example: '{…}',
    secret: 'refreshTokenInfo',
    use: 'sendRefreshTokenInfo',
    isNeededBy: (server) => valueAt(server, ['sendRefreshTokenInfo']) === true,
  },
];

/** Says how the variables of a Work Tasks server begin; a single server needs no name in them. */
function workTasksPrefix(name: string, serverCount: number): string {
  return serverCount <= 1 ? 'WORKTASKS_' : `WORKTASKS_${nameInVariables(name)}_`;
}

/** Lists how the variables of each configured Work Tasks server begin. */
export function workTasksPrefixes(raw: RawGroup): readonly string[] {
  const servers = entriesOf(raw.workTasks);
  return servers.map((server) => workTasksPrefix(String(valueAt(server, ['name']) ?? ''), servers.length));
}

/** Reads, for each configured Work Tasks server, exactly the secrets its settings need. */
export function readWorkTasksSecrets(
  raw: RawGroup,
  environment: Environment,
): Checked<readonly WorkTasksSecrets[]> {
  const prefixes = workTasksPrefixes(raw);
  const readings = entriesOf(raw.workTasks).map((server, index) =>
    workTasksSecrets
      .filter(({ isNeededBy }) => isNeededBy(server))
      .map(({ secret, ...variable }) => {
        const name = `${prefixes[index] ?? ''}${variable.name}`;
        return { secret, ...readNeeded({ ...variable, name }, environment) };
      }),
  );
  const hooks = hookSecretsOf(raw, environment);
  return {
    value: readings.map((ofOne, index) => ({
      ...Object.fromEntries(ofOne.map(({ secret, value }) => [secret, value])),
      ...hooks.value[index],
    })),
    problems: [...readings.flat().flatMap(({ problems }) => problems), ...hooks.problems],
  };
}

const shortestHookSecrets = 24;

/** Tells whether a variable is called like the secret of a hook. */
function isHookSecret(name: string): boolean {
  return /_HOOK_SECRET(_FILE)?$/.test(name);
}

/** What the environment has to hold for a repository whose hook is on. */
export function hookSecretVariable(system: string): Variable {
  return {
    name: `COUNTERSIGN_${nameInVariables(system)}_HOOK_SECRET`,
    meaning:
      'Secret with which workflows of that repository tell that they wait, at least 24 characters; two with a comma between, while one replaces the other.',
    example: '…',
  };
}

/** Names the variables that hold the secrets of the hooks that are on. */
function hookSecretNames(raw: RawGroup): readonly string[] {
  return systemsWithHook(raw)
    .flat()
    .map((system) => hookSecretVariable(system).name);
}

/** Names, for each configured Work Tasks server, the systems whose hook is on. */
function systemsWithHook(raw: RawGroup): readonly (readonly string[])[] {
  return entriesOf(raw.workTasks).map((server) => {
    const name = valueAt(server, ['name']);
    return entriesOf(valueAt(server, ['repositories'])).flatMap((repository) => {
      const [own, called] = [valueAt(repository, ['name']), valueAt(repository, ['repository'])];
      const isOn = valueAt(repository, ['hook']) === 'on';
      if (!isOn || typeof name !== 'string' || typeof called !== 'string') return [];
      return systemsOf({
        name,
        repositories: [{ repository: called, ...(typeof own === 'string' ? { name: own } : {}) }],
      });
    });
  });
}

/** Reads, for each configured Work Tasks server, the secrets of its hooks that are on. */
function hookSecretsOf(
  raw: RawGroup,
  environment: Environment,
): Checked<readonly { readonly hooks?: Readonly<Record<string, readonly string[]>> }[]> {
  const taken = new Map<string, string>();
  const readings = systemsWithHook(raw).map((systems) =>
    systems.map((system) => ({ system, ...readOne(hookSecretVariable(system), environment, taken) })),
  );
  return {
    value: readings.map((ofOne) =>
      ofOne.length === 0
        ? {}
        : { hooks: Object.fromEntries(ofOne.map(({ system, value }) => [system, value])) },
    ),
    problems: readings.flat().flatMap(({ problems }) => problems),
  };
}

/** Two repositories with one secret could speak for each other. */
function readOne(
  variable: Variable,
  environment: Environment,
  taken: Map<string, string>,
): Checked<readonly string[]> {
  const { value, problems } = readNeeded(variable, environment);
  if (value === undefined) return { value: [], problems };
  const secrets = value.split(',').map((part) => part.trim());
  const { name } = variable;
  const found = fault(secrets) ?? ownerOf(secrets, taken, name);
  for (const secret of secrets) taken.set(secret, name);
  if (found === undefined) return { value: secrets, problems: [] };
  const expected = `a secret of its own, of at least ${shortestHookSecrets} characters without blanks, or two with a comma between`;
  const problem: Problem = { path: name, expected, found };
  return { value: [], problems: [problem] };
}

function fault(secrets: readonly string[]): string | undefined {
  if (secrets.length > 2) return `${secrets.length} secrets`;
  const wrong = secrets.find((secret) => secret.length < shortestHookSecrets || /\s/.test(secret));
  if (wrong === undefined) return undefined;
  return /\s/.test(wrong) ? 'a secret with blanks in it' : `a secret of ${wrong.length} characters`;
}

function ownerOf(
  secrets: readonly string[],
  taken: ReadonlyMap<string, string>,
  name: string,
): string | undefined {
  const other = secrets.map((secret) => taken.get(secret)).find((one) => one !== undefined && one !== name);
  return other === undefined ? undefined : `the secret of ${other}`;
}

/** The secret of the client with which people sign in, under the name it has for a server `<SERVER>`. */
export const personSecret: Variable = {
  name: 'COUNTERSIGN_<SERVER>_PERSON_CLIENT_SECRET',
  meaning: 'Secret of the client with which people sign in.',
  example: '…',
};

/**
 * Names the variable for one server.
 *
 * The server's name is always in it, even of a single one: the secret belongs to one identity provider, and must
 * not pass to another when a server is added.
 */
export function personSecretName(server: string): string {
  return personSecret.name.replace('<SERVER>', nameInVariables(server));
}

/** Reads the secret of a server under which people sign in; that of any other is not needed. */
function readPersonSecret(server: unknown, environment: Environment): Checked<string | undefined> {
  if (valueAt(server, ['personSignIn']) === undefined) return nothing;
  return readNeeded({ ...personSecret, name: nameFor(server) }, environment);
}

/** Lists the variables of this kind that are read. */
function personSecretNames(raw: RawGroup): readonly string[] {
  return entriesOf(raw.keyfactor)
    .filter((server) => valueAt(server, ['personSignIn']) !== undefined)
    .map(nameFor);
}

/** Tells whether a variable is meant to be of this kind. */
function isPersonSecret(name: string): boolean {
  return /^COUNTERSIGN_.*PERSON.*SECRET(_FILE)?$/.test(name);
}

function nameFor(server: unknown): string {
  return personSecretName(String(valueAt(server, ['name']) ?? ''));
}
