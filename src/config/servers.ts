import { X509Certificate } from 'node:crypto';
import * as kinds from '../backends/index.js';
import type { BackendKind, OwnSecret, ServerSecret, SystemSketch, Variable } from '../backends/kind.js';
import { defined } from '../shared/language.js';
import { nearMatch } from '../shared/text.js';
import { type Checked, type Environment, ownVariables, readNeeded } from './environment.js';
import {
  decodeText,
  entriesOf,
  isGroup,
  type Path,
  type PlacedProblem,
  type Problem,
  pathText,
  problemAt,
  type RawGroup,
  type ReadFile,
  valueAt,
  whyUnreadable,
  withValue,
} from './problems.js';

/** Every kind of workflow system, in the order in which the settings file describes them. */
export const backendKinds: readonly BackendKind[] = Object.values(kinds);

/** What the settings file says of one server, before anybody has checked it. */
export interface ServerEntry {
  readonly kind: BackendKind;
  readonly index: number;
  readonly entry: RawGroup;
  /** Empty where it has none. */
  readonly name: string;
  /** How the names of its variables begin: with a single server the plain names are meant. */
  readonly prefix: string;
}

/** Lists the servers the file describes, also those that cannot be read. */
export function serverEntries(raw: RawGroup): readonly ServerEntry[] {
  return backendKinds.flatMap((kind) => entriesOfKind(kind, raw));
}

function entriesOfKind(kind: BackendKind, raw: RawGroup): readonly ServerEntry[] {
  const list = entriesOf(raw[kind.key]);
  return list.map((one, index) => {
    const entry = isGroup(one) ? one : {};
    const name = String(entry.name ?? '');
    const prefix = list.length === 1 ? kind.prefix : `${kind.prefix}${nameInVariables(name)}_`;
    return { kind, index, entry, name, prefix };
  });
}

/** Writes a name the way it stands in the names of variables. */
function nameInVariables(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** Lists the systems of a server, each with its place in the file. */
export function systemsOf({ kind, index, entry, name }: ServerEntry): readonly SystemSketch[] {
  const sketches = kind.systemsOf(entry, name);
  return sketches.map((system) => ({ ...system, path: [kind.key, index, ...system.path] }));
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

/** Fills in what the file leaves out about servers from the environment; the file wins. */
export function fillServers(raw: RawGroup, environment: Environment): Filled {
  const origins = new Map<string, string>();
  const fillable = new Map<string, string>();
  const problems: Problem[] = [];
  let filled = raw;
  for (const server of serverEntries(raw)) {
    const { kind, index, prefix } = server;
    if (!isGroup(valueAt(raw, [kind.key, index]))) continue;
    const { entry, problem } = chooseAuth(server, environment);
    if (problem) problems.push(problem);
    let complete = entry;
    for (const { name, fills, auth, convert } of kind.variables) {
      const [path, variable] = [pathText([kind.key, index, ...fills]), prefix + name];
      fillable.set(path, variable);
      if (auth !== undefined && auth !== valueAt(complete, ['auth', 'kind'])) continue;
      if (valueAt(complete, fills) !== undefined) continue;
      const text = environment.read(variable);
      if (text === undefined) continue;
      complete = withValue(complete, fills, convert ? convert(text) : text);
      origins.set(path, variable);
    }
    filled = { ...filled, [kind.key]: entriesOf(filled[kind.key]).with(index, complete) };
  }
  return { raw: filled, origins, fillable, problems };
}

/** Settles how to sign in when the file does not say: by the variables that are set. */
function chooseAuth(
  { kind, index, entry, prefix }: ServerEntry,
  environment: Environment,
): { readonly entry: RawGroup; readonly problem?: Problem } {
  const auth = entry.auth ?? {};
  if (!isGroup(auth) || auth.kind !== undefined) return { entry };
  const choosing = [
    ...kind.variables.map(({ auth: one, ...rest }) => ({ ...rest, ways: one === undefined ? [] : [one] })),
    ...kind.secrets.map((secret) => ({ ...secret, ways: waysNeeding(secret) })),
  ];
  // A domain or an audience alone speaks of no way to sign in.
  const stated = choosing.filter(({ name, choosesAuth }) => choosesAuth && environment.has(prefix + name));
  const [only, ...others] = new Set(stated.flatMap(({ ways }) => ways));
  if (only === undefined) return { entry };
  const chosen = withValue(entry, ['auth', 'kind'], only);
  if (others.length === 0) return { entry: chosen };
  const found = `variables for ${[only, ...others].join(' and ')}`;
  const path = pathText([kind.key, index, 'auth', 'kind']);
  const expected = 'one way to sign in; say which, or unset the variables of the others';
  return { entry: chosen, problem: { path, expected, found, example: `kind: ${only}` } };
}

function waysNeeding({ neededBy }: ServerSecret): readonly string[] {
  return 'auth' in neededBy ? neededBy.auth : [];
}

/** Reads, for each configured server, exactly the secrets its settings need. */
export function readServerSecrets(raw: RawGroup, environment: Environment): Checked<readonly object[]> {
  const problems: Problem[] = [];
  const read = (variable: Variable): string | undefined => {
    const { value, problems: found } = readNeeded(variable, environment);
    problems.push(...found);
    return value;
  };
  const readOwned = (ownSecret: OwnSecret<object>, server: ServerEntry) =>
    ownersIn(ownSecret, server).flatMap((variable) => {
      const text = read(variable);
      return text === undefined ? [] : [{ ...variable, text }];
    });
  const ofKind = (kind: BackendKind): readonly object[] => {
    const all = new Map<OwnSecret<object>, Map<string, string>>();
    const secrets = entriesOfKind(kind, raw).map((server) => {
      const { entry, prefix } = server;
      const needed = kind.secrets.filter((secret) => isNeeded(secret, entry));
      const vendors = needed.map(({ secret, ...variable }) => [
        secret,
        read({ ...variable, name: prefix + variable.name }),
      ]);
      const owned = (kind.ownSecrets ?? []).map((ownSecret) => {
        const read = readOwned(ownSecret, server);
        const before = all.get(ownSecret) ?? new Map<string, string>();
        for (const { name, text } of read) before.set(name, text);
        all.set(ownSecret, before);
        const byOwner = new Map(read.map(({ owner, text }) => [owner, text]));
        return byOwner.size > 0 ? ownSecret.secretsOf(byOwner) : {};
      });
      return Object.assign(defined(Object.fromEntries(vendors)), ...owned);
    });
    for (const [ownSecret, texts] of all) problems.push(...(ownSecret.check?.(texts) ?? []));
    return secrets;
  };
  return { value: backendKinds.flatMap(ofKind), problems };
}

function isNeeded({ neededBy }: ServerSecret, entry: RawGroup): boolean {
  if ('setting' in neededBy) return entry[neededBy.setting] === true;
  return neededBy.auth.includes(String(valueAt(entry, ['auth', 'kind'])));
}

/** Lists the variables of one kind of secret that a server has, each with whose it is. */
function ownersIn(ownSecret: OwnSecret<object>, { entry, name }: ServerEntry) {
  return ownSecret.ownersIn(entry, name).map((owner) => ownVariable(ownSecret, owner));
}

/** Gives the variable of a secret that the vendor has no name for. */
export function ownVariable(
  { name, meaning, example }: OwnSecret<object>,
  owner: string,
): Variable & { readonly owner: string } {
  return { owner, name: `COUNTERSIGN_${nameInVariables(owner)}_${name}`, meaning, example };
}

/** Names the variable for a secret that stands at a place in the file; undefined if no server is there. */
export function serverVariableAt([key, index, ...path]: Path, raw: RawGroup): string | undefined {
  const kind = backendKinds.find((one) => one.key === key);
  if (!kind) return undefined;
  const server = typeof index === 'number' ? entriesOfKind(kind, raw)[index] : undefined;
  const variable = kind.variableAt(path);
  const own = kind.ownSecrets?.find(({ name }) => name === variable);
  if (own) return ownVariable(own, server?.name ?? '').name;
  return `${server?.prefix ?? kind.prefix}${variable}`;
}

/** Finds certificate authorities that cannot be trusted as they stand: a path nobody can read, or no certificate in it. */
export function checkAuthorities(raw: RawGroup, readFile: ReadFile): readonly PlacedProblem[] {
  return serverEntries(raw).flatMap(({ kind, index, entry }) =>
    (kind.authorities ?? []).flatMap((setting) => {
      const given = entry[setting];
      const found = typeof given === 'string' ? faultInAuthorities(given, readFile) : undefined;
      if (found === undefined) return [];
      const expected = 'the path of a readable file with certificates in PEM form, or their PEM text';
      return [
        problemAt([kind.key, index, setting], {
          expected,
          found,
          example: `${setting}: /etc/ssl/corp-root.pem`,
        }),
      ];
    }),
  );
}

function faultInAuthorities(given: string, readFile: ReadFile): string | undefined {
  const isPem = given.includes('-----BEGIN');
  const shown = isPem ? 'PEM text' : given;
  try {
    const pem = isPem ? given.replaceAll('\\n', '\n') : decodeText(readFile(given));
    const certificates = pem?.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
    if (certificates.length === 0) return `${shown}: no certificate in PEM form`;
    const odd = certificates.findIndex((one) => !isCertificate(one));
    return odd < 0 ? undefined : `${shown}: certificate ${odd + 1} of ${certificates.length} cannot be read`;
  } catch (error) {
    return `${shown}: ${whyUnreadable(error)}`;
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/** Refuses variables that would turn off the checking of certificates, and names that mean two servers. */
export function checkVariables(raw: RawGroup, environment: Environment): readonly Problem[] {
  return [
    ...backendKinds.flatMap((kind) => skippedChecks(kind, raw, environment)),
    ...(environment.read('NODE_TLS_REJECT_UNAUTHORIZED') === '0' ? [skippedEverywhere] : []),
    ...backendKinds.flatMap((kind) => ambiguousNames(kind, raw)),
  ];
}

const skippedEverywhere: Problem = {
  path: 'NODE_TLS_REJECT_UNAUTHORIZED',
  expected: 'nothing: it would turn off the checking of every certificate. Use caCert and authCaCert',
  found: '0',
};

function skippedChecks(kind: BackendKind, raw: RawGroup, environment: Environment): readonly Problem[] {
  const { skipsChecks, variables } = kind;
  if (!skipsChecks) return [];
  const prefixes = new Set([kind.prefix, ...entriesOfKind(kind, raw).map(({ prefix }) => prefix)]);
  return [...prefixes].flatMap((prefix) => {
    const path = prefix + skipsChecks.name;
    if (!/^(true|1|yes|on)$/i.test(environment.read(path) ?? '')) return [];
    const instead = prefix + skipsChecks.instead;
    const expected = `nothing: whoever can pose as the server could decide approvals, so certificates are always checked. Name your certificate authority in ${instead}`;
    const example = variables.find(({ name }) => name === skipsChecks.instead)?.example ?? '';
    return [{ path, expected, found: 'true', example: `${instead}=${example}` }];
  });
}

/** Finds servers such as `corp` and `corp-auth`, of which both have a variable called `…_CORP_AUTH_CA_CERT`. */
function ambiguousNames(kind: BackendKind, raw: RawGroup): readonly Problem[] {
  const all = entriesOfKind(kind, raw).flatMap(({ prefix, index }) =>
    namesOfKind(kind).map((name) => ({ variable: prefix + name, prefix, index })),
  );
  const clash = all.find((one, at) =>
    all.slice(0, at).some((other) => other.variable === one.variable && other.prefix !== one.prefix),
  );
  if (!clash) return [];
  const expected = 'a name whose environment variables cannot be mistaken for another server’s';
  const path = pathText([kind.key, clash.index, 'name']);
  return [{ path, expected, found: `two servers with ${clash.variable}` }];
}

function namesOfKind({ variables, secrets }: BackendKind): readonly string[] {
  return [...variables, ...secrets].map(({ name }) => name);
}

/** Points out variables that look meant for the bot and are not read. */
export function warnOfUnreadVariables(raw: RawGroup, environment: Environment): readonly string[] {
  const vendors = backendKinds.flatMap((kind) => {
    const { prefix, skipsChecks } = kind;
    const prefixes = entriesOfKind(kind, raw).map((server) => server.prefix);
    const isRefused = (name: string) => skipsChecks !== undefined && name.endsWith(skipsChecks.name);
    const names = environment.namesWith(prefix).filter((name) => !isRefused(name));
    return unread({ vendor: prefix, names, prefixes, suffixes: namesOfKind(kind) });
  });
  // Several kinds may have the same one.
  const ours = new Set(backendKinds.flatMap(({ ownSecrets = [] }) => ownSecrets));
  const owned = [...ours].flatMap((ownSecret) =>
    unread({
      vendor: 'COUNTERSIGN_',
      names: environment.namesWith('COUNTERSIGN_').filter((name) => ownSecret.pattern.test(name)),
      prefixes: backendKinds
        .filter(({ ownSecrets = [] }) => ownSecrets.includes(ownSecret))
        .flatMap((kind) => entriesOfKind(kind, raw))
        .flatMap((server) => ownersIn(ownSecret, server))
        .map(({ name }) => name),
      suffixes: [''],
    }),
  );
  const ownNames = environment
    .namesWith('COUNTERSIGN_')
    .filter((name) => ![...ours].some(({ pattern }) => pattern.test(name)) && !ofKubernetes.test(name));
  const others = unread({
    vendor: 'COUNTERSIGN_',
    names: ownNames,
    prefixes: ownVariables,
    suffixes: [''],
  });
  return [...vendors, ...owned, ...others];
}

/** It sets these in every container beside a service called countersign. */
const ofKubernetes = /^COUNTERSIGN_(SERVICE_(HOST|PORT)|PORT$|PORT_\d)/;

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
