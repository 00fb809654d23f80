import type { WorkTasksSecrets } from '../../backends/work-tasks/settings.js';
import { entriesOf, type RawGroup, valueAt } from '../raw.js';
import type { Environment } from './environment.js';
import { hookSecretsOf } from './hook-secrets.js';
import { type Checked, readNeeded } from './read-needed.js';
import { nameInVariables, type Variable } from './variables.js';

/** A secret of one Work Tasks server, without the prefix that says of which. */
export interface WorkTasksSecret extends Variable {
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
export function workTasksPrefix(name: string, serverCount: number): string {
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
