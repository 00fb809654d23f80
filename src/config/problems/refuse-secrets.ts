import { personSecretName } from '../environment/person-secret.js';
import { serverPrefix, storePassword } from '../environment/variables.js';
import { workTasksPrefixes } from '../environment/work-tasks-secrets.js';
import { entriesOf, isGroup, type RawGroup, valueAt } from '../raw.js';
import { looksSecret } from './describe-found.js';
import type { Path } from './path-text.js';
import { type PlacedProblem, problemAt } from './placed-problem.js';

/** Finds secrets in the settings file, by their names and by how their values look. */
export function findSecrets(raw: RawGroup): readonly PlacedProblem[] {
  return secretPaths(raw, []).map((path) => {
    const variable = variableFor(path, raw);
    const instead = variable
      ? `set ${variable}, or ${variable}_FILE to the path of a file that holds it`
      : 'secrets come from the environment';
    const expected = `no secret in this file: ${instead}`;
    return problemAt(path, { expected, found: 'a secret (not shown)' });
  });
}

function secretPaths(value: unknown, path: Path): readonly Path[] {
  if (typeof value === 'string') return looksSecret(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((entry, index) => secretPaths(entry, [...path, index]));
  if (!isGroup(value)) return [];
  const isOfNames = path.at(-1) === 'identities';
  return Object.entries(value).flatMap(([key, inside]) =>
    !isOfNames && isSecretName(key) ? [[...path, key]] : secretPaths(inside, [...path, key]),
  );
}

/** Tells names such as `client_secret` and `botToken` from `tokenUrl`. */
function isSecretName(key: string): boolean {
  const letters = key.replace(/[^a-z]/gi, '').toLowerCase();
  return /(password|passwd|passphrase|secret|token|apikey|credential|privatekey)s?$|^refreshtokeninfo$/.test(
    letters,
  );
}

function variableFor(path: Path, raw: RawGroup): string | undefined {
  const name = String(path.at(-1)).toLowerCase();
  if (path[0] === 'keyfactor' && (path[2] === 'personSignIn' || name.includes('person'))) {
    return personVariableFor(path[1], raw);
  }
  if (path[0] === 'keyfactor') return serverVariableFor(name, path[1], raw);
  if (path[0] === 'workTasks') return workTasksVariableFor(name, path[1], raw);
  if (path[0] === 'store') return storePassword.name;
  if (path[0] !== 'slack') return undefined;
  if (name.includes('app')) return 'SLACK_APP_TOKEN';
  return name.includes('sign') ? 'SLACK_SIGNING_SECRET' : 'SLACK_BOT_TOKEN';
}

function serverVariableFor(name: string, index: string | number | undefined, raw: RawGroup): string {
  const servers = entriesOf(raw.keyfactor);
  const server = typeof index === 'number' ? servers[index] : undefined;
  const prefix = serverPrefix(String(valueAt(server, ['name']) ?? ''), servers.length);
  if (name.includes('pass')) return `${prefix}PASSWORD`;
  return `${prefix}${name.includes('token') ? 'AUTH_ACCESS_TOKEN' : 'AUTH_CLIENT_SECRET'}`;
}

function personVariableFor(index: string | number | undefined, raw: RawGroup): string {
  const server = typeof index === 'number' ? entriesOf(raw.keyfactor)[index] : undefined;
  return personSecretName(String(valueAt(server, ['name']) ?? ''));
}

function workTasksVariableFor(name: string, index: string | number | undefined, raw: RawGroup): string {
  const prefix = (typeof index === 'number' ? workTasksPrefixes(raw)[index] : undefined) ?? 'WORKTASKS_';
  if (name.includes('refresh')) return `${prefix}REFRESH_TOKEN_INFO`;
  return `${prefix}${name.includes('token') ? 'ACCESS_TOKEN' : 'CLIENT_SECRET'}`;
}
