import type { Problem } from '../config-error.js';
import { pathText } from '../problems/path-text.js';
import { entriesOf, isGroup, type RawGroup, valueAt, withValue } from '../raw.js';
import type { Environment } from './environment.js';
import { type AuthKind, serverPrefix, serverSecrets, serverVariables } from './variables.js';

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
