import { createHash, timingSafeEqual } from 'node:crypto';
import { systemName } from '../settings/system-name.js';
import type { RepositorySettings, WorkTasksSecrets, WorkTasksServer } from '../settings.js';

/** A repository that may tell of approvals, and what it shows to prove itself. */
export interface Keyholder {
  readonly system: string;
  readonly repository: RepositorySettings;
  /** Hashes, which are of one length, so that comparing them takes one time. */
  readonly digests: readonly Buffer[];
}

/** A Work Tasks server with what the environment knows of it. */
export interface HookServer {
  readonly server: WorkTasksServer;
  readonly secrets: WorkTasksSecrets;
}

/** Lists the repositories whose hook is on. */
export function keyholdersOf(servers: readonly HookServer[]): readonly Keyholder[] {
  return servers.flatMap(({ server, secrets }) =>
    server.repositories
      .filter(({ hook }) => hook === 'on')
      .map((repository) => {
        const system = systemName(server.name, repository);
        const digests = (secrets.hooks?.[system] ?? []).map(digestOf);
        return { system, repository, digests };
      }),
  );
}

/** Finds whom a bearer secret belongs to, in a time that does not depend on how much of it is right. */
export function whoHolds(authorization: string, keyholders: readonly Keyholder[]): readonly Keyholder[] {
  const [, secret = ''] = /^bearer +(\S+) *$/i.exec(authorization) ?? [];
  const given = digestOf(secret);
  return keyholders.filter(
    ({ digests }) => digests.map((digest) => timingSafeEqual(digest, given)).filter(Boolean).length > 0,
  );
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
