import type { Identity } from './directory.js';

/** The access strings the workflow routes ask for. */
export const access = {
  readAll: '/workflows/instances/read/',
  readPending: '/workflows/instances/read/pending/',
  readMine: '/workflows/instances/read/mine/',
  manage: '/workflows/instances/manage/',
  readDefinitions: '/workflows/definitions/read/',
} as const;

/** Tells whether an identity holds an access string or one that contains it. */
export function holds(identity: Identity, wanted: string): boolean {
  return identity.permissions.some((held) => wanted.toLowerCase().startsWith(held.toLowerCase()));
}
