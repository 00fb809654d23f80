import { decodeText, type Problem, type ReadFile, whyUnreadable } from './problems.js';

/** Something read, with what was wrong about it; of no use while there are problems. */
export interface Checked<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/** What is read where nothing is needed. */
export const nothing: Checked<string | undefined> = { value: undefined, problems: [] };

/** Reads a variable that has to be there and, if told, to begin in a certain way. */
export function readNeeded(
  variable: Variable,
  environment: Environment,
  beginning = '',
): Checked<string | undefined> {
  const { name, meaning } = variable;
  const value = environment.read(name);
  const example = `${name}=${variable.example}`;
  if (value === undefined) {
    const isStated = environment.has(name);
    const expected = `${meaning} Set ${name}, or ${name}_FILE to the path of a file that holds it`;
    return { value, problems: isStated ? [] : [{ path: name, expected, found: 'nothing', example }] };
  }
  if (value.startsWith(beginning)) return { value, problems: [] };
  const found = /^x(oxb|oxp|oxe|app)-/.exec(value)?.[0];
  const problem: Problem = {
    path: name,
    expected: `${meaning} It begins with ${beginning}`,
    found: found ? `a token that begins with ${found}` : 'something that begins otherwise',
    example,
  };
  return { value, problems: [problem] };
}

/** The environment the bot was started in, with values taken from files where `NAME_FILE` says so. */
export interface Environment {
  /** Gives the value of `NAME`, or what the file named by `NAME_FILE` holds; an empty value counts as none. */
  read(name: string): string | undefined;
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
  const readingOf = (name: string): Reading => {
    const known = readings.get(name) ?? readVariable(name, env, readFile);
    readings.set(name, known);
    return known;
  };
  return {
    read: (name) => readingOf(name).value,
    has: (name) => isSet(name) || isSet(`${name}_FILE`),
    namesWith: (prefix) => Object.keys(env).filter((name) => name.startsWith(prefix) && isSet(name)),
    problems: () => [...readings.values()].flatMap(({ problem }) => (problem ? [problem] : [])),
  };
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

/** An environment variable the bot reads. */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  readonly example: string;
}

/** A variable of one Keyfactor server, without the prefix that says of which. */
interface ServerVariable extends Variable {
  /** Setting it fills in where the file leaves it out. */
  readonly fills: readonly string[];
  /** Only for this way of signing in. */
  readonly kind?: AuthKind;
  /** Turns the text into what the settings file would say. */
  readonly convert?: (text: string) => unknown;
}

/** A secret of one Keyfactor server. */
interface ServerSecret extends Variable {
  readonly secret: 'password' | 'clientSecret' | 'accessToken';
  readonly kind: AuthKind;
}

/** Ways to sign in to Keyfactor Command. */
export type AuthKind = 'basic' | 'oauth' | 'token';

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
  meaning: 'Password for the database named by store; needed where the database asks for one.',
  example: '…',
};

/** What may stand in the environment instead of the settings file, under the vendor's own names. */
export const serverVariables: readonly ServerVariable[] = [
  {
    name: 'HOSTNAME',
    meaning: 'Host of the server.',
    example: 'keyfactor.example.com',
    fills: ['hostname'],
  },
  { name: 'PORT', meaning: 'Port of the server.', example: '8443', fills: ['port'], convert: numberOf },
  { name: 'API_PATH', meaning: 'Path of the API.', example: 'KeyfactorAPI', fills: ['apiPath'] },
  {
    name: 'CA_CERT',
    meaning: 'Certificate authorities to trust for the server: a path, or PEM text.',
    example: '/etc/ssl/corp-root.pem',
    fills: ['caCert'],
  },
  {
    name: 'CLIENT_TIMEOUT',
    meaning: 'How many seconds one reading request may take.',
    example: '60',
    fills: ['timeout'],
    convert: (text) => (/^\d+$/.test(text) ? `${text}s` : text),
  },
  {
    name: 'USERNAME',
    meaning: 'Who signs in.',
    example: 'svc-countersign',
    fills: ['auth', 'username'],
    kind: 'basic',
  },
  {
    name: 'DOMAIN',
    meaning: 'Domain of that user.',
    example: 'CORP',
    fills: ['auth', 'domain'],
    kind: 'basic',
  },
  {
    name: 'AUTH_CLIENT_ID',
    meaning: 'Client that signs in.',
    example: 'countersign',
    fills: ['auth', 'clientId'],
    kind: 'oauth',
  },
  {
    name: 'AUTH_TOKEN_URL',
    meaning: 'Token endpoint of the identity provider.',
    example: 'https://idp.example.com/token',
    fills: ['auth', 'tokenUrl'],
    kind: 'oauth',
  },
  {
    name: 'AUTH_SCOPES',
    meaning: 'Scopes to ask for, with commas between.',
    example: 'openid,profile',
    fills: ['auth', 'scopes'],
    kind: 'oauth',
    convert: listOf,
  },
  {
    name: 'AUTH_AUDIENCE',
    meaning: 'Audience to ask for.',
    example: 'keyfactor-api',
    fills: ['auth', 'audience'],
    kind: 'oauth',
  },
  {
    name: 'AUTH_CA_CERT',
    meaning: 'Certificate authorities to trust for the token endpoint: a path, or PEM text.',
    example: '/etc/ssl/idp-root.pem',
    fills: ['authCaCert'],
  },
];

/** Secrets of a server; exactly the one its way of signing in needs is read. */
export const serverSecrets: readonly ServerSecret[] = [
  { name: 'PASSWORD', meaning: 'Password of that user.', example: '…', secret: 'password', kind: 'basic' },
  {
    name: 'AUTH_CLIENT_SECRET',
    meaning: 'Secret of that client.',
    example: '…',
    secret: 'clientSecret',
    kind: 'oauth',
  },
  {
    name: 'AUTH_ACCESS_TOKEN',
    meaning: 'Access token issued beforehand.',
    example: '…',
    secret: 'accessToken',
    kind: 'token',
  },
];

/** Says how the variables of a server begin; with a single server the vendor's plain names are meant. */
export function serverPrefix(name: string, serverCount: number): string {
  return serverCount <= 1 ? 'KEYFACTOR_' : `KEYFACTOR_${nameInVariables(name)}_`;
}

/** Writes a server's name the way it stands in the names of variables. */
export function nameInVariables(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

function numberOf(text: string): unknown {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
