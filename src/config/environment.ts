import { Buffer } from 'node:buffer';
import type { Variable } from '../backends/kind.js';
import { defined } from '../shared/language.js';
import { isPostgresUrl, isSafeUrl } from '../shared/text.js';
import {
  decodeText,
  looksSecret,
  type Problem,
  type RawGroup,
  type ReadFile,
  valueAt,
  whyUnreadable,
} from './problems.js';

/** What Slack gives out for an app. */
export const slackVariables = {
  botToken: {
    name: 'SLACK_BOT_TOKEN',
    meaning: 'Bot token of the Slack app; always needed.',
    example: 'xoxb-…',
  },
  appToken: {
    name: 'SLACK_APP_TOKEN',
    meaning: 'App-level token with the scope connections:write; needed in mode socket.',
    example: 'xapp-…',
  },
  refreshToken: {
    name: 'SLACK_REFRESH_TOKEN',
    meaning:
      'Refresh token of the Slack app, where its tokens rotate; takes the place of SLACK_BOT_TOKEN, and needs the two below and COUNTERSIGN_TOKEN_KEY.',
    example: 'xoxe-1-…',
  },
  clientId: {
    name: 'SLACK_CLIENT_ID',
    meaning: 'Client ID of the Slack app; needed where its tokens rotate.',
    example: '0123456789.0123456789',
  },
  clientSecret: {
    name: 'SLACK_CLIENT_SECRET',
    meaning: 'Client secret of the Slack app; needed where its tokens rotate.',
    example: '0123456789abcdef…',
  },
  signingSecret: {
    name: 'SLACK_SIGNING_SECRET',
    meaning: 'Signing secret of the Slack app; needed in mode http.',
    example: '0123456789abcdef…',
  },
  apiUrl: {
    name: 'SLACK_API_URL',
    meaning: 'Another address of Slack’s Web API, for a proxy or a simulator.',
    example: 'https://slack.com/api/',
  },
} as const satisfies Record<string, Variable>;

/** Lets the bot into its own store, where that is a PostgreSQL database. */
export const storePassword: Variable = {
  name: 'COUNTERSIGN_STORE_PASSWORD',
  meaning: 'Password for the database named by store; needed where the database needs one.',
  example: '…',
};

/** Seals the records of the ledger, and checks those sealed before the key was changed. */
export const ledgerVariables: KeyVariables = {
  key: {
    name: 'COUNTERSIGN_LEDGER_KEY',
    meaning:
      'Key that seals the ledger: at least 32 random bytes, in base64 or hexadecimal. Without it records are kept but prove nothing.',
    example: 'openssl rand -hex 32',
  },
  previous: {
    name: 'COUNTERSIGN_LEDGER_KEY_PREVIOUS',
    meaning:
      'Earlier keys of the ledger, separated by commas, the latest first; to check older records, never to seal.',
    example: '…',
  },
};

/** Locks the right to speak for people away in the store, and opens what was locked before the key was changed. */
export const tokenVariables: KeyVariables = {
  key: {
    name: 'COUNTERSIGN_TOKEN_KEY',
    meaning:
      'Key that encrypts the tokens of linked accounts and of Slack: 32 random bytes or more, in base64 or hexadecimal. Needed for signalAs: person, and where Slack tokens rotate.',
    example: 'openssl rand -hex 32',
  },
  previous: {
    name: 'COUNTERSIGN_TOKEN_KEY_PREVIOUS',
    meaning:
      'Earlier values of COUNTERSIGN_TOKEN_KEY, separated by commas; what they encrypted is encrypted again when it is next used.',
    example: '…',
  },
};

/** Lets spans into a collector that wants to know who sends them. */
export const otelHeaders: Variable = {
  name: 'COUNTERSIGN_OTEL_HEADERS',
  meaning:
    'Headers for otel.endpoint, as names and values with = between and commas behind each; a comma in a value is written %2C.',
  example: 'authorization=Bearer …',
};

/** Names every variable of ours that belongs to no server. */
export const ownVariables: readonly string[] = [
  storePassword,
  otelHeaders,
  ...[ledgerVariables, tokenVariables].flatMap(({ key, previous }) => [key, previous]),
].map(({ name }) => name);

/** The variables of a key that may be changed. */
interface KeyVariables {
  readonly key: Variable;
  readonly previous: Variable;
}

/** What Slack gives out, as far as the mode needs it. */
export interface SlackSecrets {
  /** Of no use where tokens rotate. */
  readonly botToken: string;
  readonly rotation?: SlackRotation;
  readonly appToken?: string;
  readonly signingSecret?: string;
  readonly apiUrl?: string;
}

/** What a rotating bot token is refreshed with, and the keys under which it is stored. */
interface SlackRotation {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly keys: Required<Keys>;
}

/** Reads Slack's secrets; what the mode does not need is not read. */
export function readSlackSecrets(raw: RawGroup, environment: Environment): Checked<SlackSecrets> {
  const mode = valueAt(raw, ['slack', 'mode']) ?? 'socket';
  const { botToken, appToken, signingSecret, apiUrl } = slackVariables;
  const rotates = environment.has(slackVariables.refreshToken.name);
  const bot = rotates ? nothing : readNeeded(botToken, environment, 'xoxb-');
  const rotation = rotates ? readRotation(environment) : { value: undefined, problems: [] };
  const app = mode === 'socket' ? readNeeded(appToken, environment, 'xapp-') : nothing;
  const signing = mode === 'http' ? readNeeded(signingSecret, environment) : nothing;
  const api = environment.read(apiUrl.name);
  return {
    value: {
      botToken: bot.value ?? '',
      ...defined({
        rotation: rotation.value,
        appToken: app.value,
        signingSecret: signing.value,
        apiUrl: api,
      }),
    },
    problems: [
      ...bot.problems,
      ...rotation.problems,
      ...app.problems,
      ...signing.problems,
      ...apiUrlProblems(api),
    ],
  };
}

function readRotation(environment: Environment): Checked<SlackRotation | undefined> {
  const refresh = readNeeded(slackVariables.refreshToken, environment, 'xoxe-');
  const id = readNeeded(slackVariables.clientId, environment);
  const secret = readNeeded(slackVariables.clientSecret, environment);
  const { value: keys, problems } = readTokenKeys(true, environment);
  const found = [...refresh.problems, ...id.problems, ...secret.problems, ...problems];
  if (!keys || !refresh.value || !id.value || !secret.value) return { value: undefined, problems: found };
  const value = { clientId: id.value, clientSecret: secret.value, refreshToken: refresh.value, keys };
  return { value, problems: found };
}

/** Says through which proxy Slack is reached: the one in the settings, else the one for every https address. */
export function readSlackProxy(
  inSettings: string | undefined,
  { apiUrl = 'https://slack.com/api/' }: SlackSecrets,
  environment: Environment,
): { readonly url: string; readonly except?: string } | undefined {
  const [forAll, except] = [environment.read('HTTPS_PROXY'), environment.read('NO_PROXY')].map(
    (upper, index) => upper ?? environment.read(index === 0 ? 'https_proxy' : 'no_proxy'),
  );
  const url = inSettings ?? (apiUrl.startsWith('https:') ? forAll : undefined);
  return url === undefined ? undefined : { url, ...defined({ except }) };
}

function apiUrlProblems(url: string | undefined): readonly Problem[] {
  if (url === undefined || (isSafeUrl(url) && !looksSecret(url) && !/\s/.test(url))) return [];
  const { name, example } = slackVariables.apiUrl;
  const expected = 'an https address (http only for this very machine)';
  const found = looksSecret(url)
    ? 'an address with a password in it'
    : `${JSON.stringify(url)}${/\s/.test(url) ? ', which has a blank in it' : ''}`;
  return [{ path: name, expected, found, example: `${name}=${example}` }];
}

/** Reads the password of the store, where that is a database; one that lets the bot in otherwise has none. */
export function readStoreSecret(
  raw: RawGroup,
  environment: Environment,
): { readonly storePassword?: string } {
  const store = valueAt(raw, ['store']);
  if (typeof store !== 'string' || !isPostgresUrl(store)) return {};
  return defined({ storePassword: environment.readSecret(storePassword.name) });
}

/** Reads the headers for the collector of spans; with headers, its address must be one that keeps them secret. */
export function readOtelHeaders(
  raw: RawGroup,
  environment: Environment,
): Checked<Readonly<Record<string, string>>> {
  const endpoint = valueAt(raw, ['otel', 'endpoint']);
  const { name, example } = otelHeaders;
  const text = typeof endpoint === 'string' ? environment.readSecret(name) : undefined;
  if (text === undefined) return { value: {}, problems: [] };
  const pairs = text.split(',').map((pair) => /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(\S.*?)\s*$/.exec(pair));
  const expected = 'headers as name=value, with commas between';
  if (pairs.includes(null)) {
    const found = 'something else (not shown)';
    return { value: {}, problems: [{ path: name, expected, found, example: `${name}=${example}` }] };
  }
  if (!isSafeUrl(String(endpoint))) {
    const safe = 'an https address (http only for this very machine), since headers are sent there';
    return { value: {}, problems: [{ path: 'otel.endpoint', expected: safe, found: 'an http address' }] };
  }
  const headers = pairs.map((pair) => [pair?.[1] ?? '', (pair?.[2] ?? '').replaceAll('%2C', ',')]);
  return { value: Object.fromEntries(headers), problems: [] };
}

/** A key and those before it; `key` alone seals and locks. */
export interface Keys {
  readonly key?: Uint8Array;
  readonly previousKeys: readonly Uint8Array[];
}

/** Reads the keys of the ledger; one that cannot be a good key is a problem, and none at all is allowed. */
export function readLedgerKeys(environment: Environment): Checked<Keys> {
  return readKeys(ledgerVariables, environment);
}

/** Reads the keys for linked accounts, where a system is told decisions in the name of people; none elsewhere. */
export function readTokenKeys(
  isNeeded: boolean,
  environment: Environment,
): Checked<Required<Keys> | undefined> {
  if (!isNeeded) return { value: undefined, problems: [] };
  const { problems } = readNeeded(tokenVariables.key, environment);
  const { value, problems: faults } = readKeys(tokenVariables, environment);
  const { key, previousKeys } = value;
  return { value: key && { key, previousKeys }, problems: [...problems, ...faults] };
}

function readKeys({ key, previous }: KeyVariables, environment: Environment): Checked<Keys> {
  const current = environment.readSecret(key.name);
  const before = (environment.read(previous.name) ?? '').split(',').flatMap((one) => one.trim() || []);
  const read = current === undefined ? undefined : readKey(key, current);
  const others = before.map((text) => readKey(previous, text));
  return {
    value: {
      ...defined({ key: read?.bytes }),
      previousKeys: others.flatMap(({ bytes }) => bytes ?? []),
    },
    problems: [...(read ? [read] : []), ...others].flatMap(({ problem }) => problem ?? []),
  };
}

const fewestBytes = 32;

/** Random bytes this many have more different ones among them, but once in far more than a lifetime. */
const fewestDifferent = 12;

/** Reads one key; the problem with one that cannot be good never quotes it, since nearly a key is still a secret. */
function readKey(
  { name, example }: Variable,
  text: string,
): { readonly bytes?: Uint8Array; readonly problem?: Problem } {
  const bytes = bytesOf(text);
  const expected = `at least ${fewestBytes} random bytes, in base64 or hexadecimal`;
  if (!bytes) return { problem: { path: name, expected, found: 'something that is neither', example } };
  const found =
    bytes.length < fewestBytes
      ? `${bytes.length} bytes`
      : new Set(bytes).size < fewestDifferent
        ? 'bytes that are not random'
        : undefined;
  return found === undefined ? { bytes } : { problem: { path: name, expected, found, example } };
}

function bytesOf(text: string): Uint8Array | undefined {
  if (/^([0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** The environment the bot was started in, with values taken from files where `NAME_FILE` says so. */
export interface Environment {
  /** Gives the value of `NAME`, or what the file named by `NAME_FILE` holds; an empty value counts as none. */
  read(name: string): string | undefined;
  /** The same of a secret, in which blanks around it, a comment behind it or quotes are problems, not part of it. */
  readSecret(name: string): string | undefined;
  /** Tells whether `NAME` or `NAME_FILE` is set, without reading. */
  has(name: string): boolean;
  /** Names that are set and begin like this. */
  namesWith(prefix: string): readonly string[];
  /** What went wrong with the variables that were read. */
  problems(): readonly Problem[];
}

/** Opens the environment; each variable's problems are told once, however often it is read. */
export function createEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  readFile: ReadFile,
): Environment {
  const readings = new Map<string, Reading>();
  const isSet = (name: string) => (env[name] ?? '') !== '';
  const readingOf = (name: string, isSecret = false): Reading => {
    const known = readings.get(name) ?? readVariable(name, env, readFile);
    const checked = isSecret && !known.problem ? withoutStray(name, env[name] ?? '', known) : known;
    readings.set(name, checked);
    return checked;
  };
  return {
    read: (name) => readingOf(name).value,
    readSecret: (name) => readingOf(name, true).value,
    has: (name) => isSet(name) || isSet(`${name}_FILE`),
    namesWith: (prefix) => Object.keys(env).filter((name) => name.startsWith(prefix) && isSet(name)),
    problems: () => [...readings.values()].flatMap(({ problem }) => (problem ? [problem] : [])),
  };
}

/**
 * Tells what stands in a variable that is hardly part of a secret: shells cut it off, but files of variables, as Docker
 * and Kubernetes read them, keep it.
 */
function strayIn(text: string): string | undefined {
  const secret = text.trim();
  if (secret === '') return undefined;
  if (/[\r\n]/.test(secret)) return 'several lines';
  if (/\s#/.test(secret)) return 'a secret with a comment behind it';
  if (/^(["'`]).*\1$/.test(secret)) return 'a secret in quotes';
  return secret === text.replace(/\r?\n$/, '') ? undefined : 'a secret with blanks around it';
}

/** Gives what was read of a secret, or the problem with what stands in its variable or its file beside it. */
function withoutStray(name: string, text: string, known: Reading): Reading {
  const found = strayIn(text);
  if (found !== undefined) return { problem: strayProblem(name, found) };
  const { value = '' } = known;
  const isFromFile = text.trim() === '';
  const path = isFromFile ? `${name}_FILE` : name;
  if (isFromFile && /[\r\n]/.test(value)) return { problem: wrongSecret(path, 'a file of several lines') };
  if (isFromFile && value.startsWith(`${name}=`))
    return { problem: wrongSecret(path, `a file that holds ${name}= and the value`) };
  // Nobody gives out a token with such a character; a password that people have made up may have one.
  const isStrange = /PASSWORD/.test(name) ? value.includes('…') : /[^\t\x20-\x7e]/.test(value);
  return isStrange ? { problem: wrongSecret(path, 'characters that no secret has, such as …') } : known;
}

function wrongSecret(path: string, found: string): Problem {
  return { path, expected: 'the secret and nothing else', found: `${found} (not shown)` };
}

function strayProblem(name: string, found: string): Problem {
  const expected = `the secret and nothing else; if that is part of it, put it into a file and its path into ${name}_FILE`;
  return { path: name, expected, found: `${found} (not shown)` };
}

interface Reading {
  readonly value?: string | undefined;
  readonly problem?: Problem;
}

function readVariable(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  readFile: ReadFile,
): Reading {
  const value = env[name]?.trim() || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (file === undefined) return { value };
  if (value !== undefined) {
    return { value, problem: { path: name, expected: `either ${name} or ${name}_FILE`, found: 'both' } };
  }
  return readFromFile(name, file, readFile);
}

function readFromFile(name: string, file: string, readFile: ReadFile): Reading {
  const path = `${name}_FILE`;
  const expected = 'the path of a readable file that holds the value';
  let bytes: Uint8Array;
  try {
    bytes = readFile(file);
  } catch (error) {
    return { problem: { path, expected, found: `${file}: ${whyUnreadable(error)}` } };
  }
  const content = decodeText(bytes)?.trim();
  if (content === undefined) return { problem: { path, expected, found: `${file}: not UTF-8 text` } };
  if (content === '') return { problem: { path, expected, found: `${file}: an empty file` } };
  return { value: content };
}

/** Something read, with what was wrong about it; of no use while there are problems. */
export interface Checked<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/** What is read where nothing is needed. */
const nothing: Checked<string | undefined> = { value: undefined, problems: [] };

/** Reads a variable that has to be there and, if told, to begin in a certain way. */
export function readNeeded(
  variable: Variable,
  environment: Environment,
  beginning = '',
): Checked<string | undefined> {
  const { name, meaning } = variable;
  const value = environment.readSecret(name);
  const example = `${name}=${variable.example}`;
  if (value === undefined) {
    const isStated = environment.has(name);
    const expected = `${meaning} Set ${name}, or ${name}_FILE to the path of a file that holds it`;
    return { value, problems: isStated ? [] : [{ path: name, expected, found: 'nothing', example }] };
  }
  const isBroken = beginning !== '' && /\s/.test(value);
  if (value.startsWith(beginning) && !isBroken) return { value, problems: [] };
  const found = /^x(oxb|oxp|oxe|app)-/.exec(value)?.[0];
  const problem: Problem = {
    path: name,
    expected: `${meaning} It begins with ${beginning}`,
    found: isBroken
      ? 'a token with a blank in it'
      : found
        ? `a token that begins with ${found}`
        : 'something that begins otherwise',
    example,
  };
  return { value, problems: [problem] };
}
