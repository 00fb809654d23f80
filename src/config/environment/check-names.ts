import { nearMatch } from '../../shared/near-match.js';
import type { Problem } from '../config-error.js';
import { entriesOf, type RawGroup, valueAt } from '../raw.js';
import type { Environment } from './environment.js';
import { hookSecretNames, isHookSecret } from './hook-secrets.js';
import { isPersonSecret, personSecretNames } from './person-secret.js';
import { serverPrefix, serverSecrets, serverVariables } from './variables.js';
import { workTasksPrefixes, workTasksSecrets } from './work-tasks-secrets.js';

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
