import { stringify } from 'yaml';
import { keyfactor, workTasks } from '../../src/backends/index.js';
import type { BackendKind, ConfiguredServer } from '../../src/backends/kind.js';
import { ConfigError, formatProblems, loadSettings, type Problem, type Settings } from '../../src/config.js';

/** Where the settings of these tests seem to stand. */
export const file = 'countersign.yml';

/** An environment that satisfies the settings of these tests. */
export const goodEnv: Readonly<Record<string, string>> = {
  SLACK_BOT_TOKEN: 'xoxb-good',
  SLACK_APP_TOKEN: 'xapp-good',
  KEYFACTOR_AUTH_CLIENT_SECRET: 'client-secret',
};

/** One server that signs in as a client. */
export const aServer = {
  name: 'corp-pki',
  hostname: 'keyfactor.example.com',
  auth: { kind: 'oauth', tokenUrl: 'https://idp.example.com/token', clientId: 'countersign' },
};

/** One Work Tasks server with one repository, the system `plant-hr`. */
export const aWorkTasksServer = {
  name: 'plant',
  baseUrl: 'https://worktasks.example.com/Workflow.WebAPI',
  auth: { kind: 'aim', tokenUrl: 'https://aim.example.com/token', clientId: 'countersign' },
  repositories: [{ repository: 'HR', workflows: [{ name: 'Leave WF' }] }],
};

/** Somebody with an identity. */
export const ana = { id: 'U0ANA', name: 'Ana', identities: { 'corp-pki': 'KEYEXAMPLE\\ana' } };

/** Somebody else with an identity. */
export const li = { id: 'U0LI2', name: 'Li', identities: { 'corp-pki': 'KEYEXAMPLE\\li' } };

/** A rule without conditions that names both. */
export const aRule = { name: 'Everybody', when: {}, people: ['Ana', 'Li'] };

/** Settings as small as they can be, with whatever a test wants to be different. */
export function someSettings(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    slack: { team: 'T0EXAMPLE', operatorsChannel: 'C0OPS', fallbackChannel: 'C0PKI' },
    people: [ana, li],
    keyfactor: [aServer],
    approvers: [aRule],
    ...changes,
  };
}

/** What loading is done from. */
export interface Source {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Loads settings given as a value or as the text of the file; gives the servers of each kind as well. */
export function load(settings: unknown, { env = goodEnv, files = {} }: Source = {}) {
  const text = typeof settings === 'string' ? settings : stringify(settings);
  const all: Readonly<Record<string, string | Uint8Array>> = { [file]: text, ...files };
  const readFile = (path: string): Uint8Array => {
    const content = all[path];
    if (content === undefined) throw Object.assign(new Error('absent'), { code: 'ENOENT' });
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
  const loaded = loadSettings({ file, readFile, env });
  return { ...loaded, keyfactor: serversOf(loaded, keyfactor), workTasks: serversOf(loaded, workTasks) };
}

function serversOf<Server extends { readonly name: string }, Secrets extends object>(
  { servers }: Settings,
  kind: BackendKind<Server, Secrets>,
): readonly ConfiguredServer<Server, Secrets>[] {
  return servers.filter((one): one is ConfiguredServer<Server, Secrets> => one.kind.key === kind.key);
}

/** Loads settings that are expected to be refused, and gives the error. */
export function refusal(settings: unknown, source: Source = {}): ConfigError {
  try {
    load(settings, source);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('These settings were expected to be refused.');
}

/** Gives the problem told about a place. */
export function problemAbout(path: string, settings: unknown, source: Source = {}): Problem {
  const error = refusal(settings, source);
  const problem = error.problems.find((one) => one.path === path);
  if (!problem) throw new Error(`Nothing was said about ${path}:\n${formatProblems(error)}`);
  return problem;
}
