import type { Behaviour } from './behaviour.js';
import type { Directory } from './directory.js';
import { createDirectory } from './directory.js';
import type { Records } from './records.js';
import { createRecords } from './records.js';
import type { Codes } from './sessions/codes.js';
import { createCodes } from './sessions/codes.js';
import type { Sessions } from './sessions/sessions.js';
import { createSessions } from './sessions/sessions.js';
import type { SigningKeys } from './sessions/signing-keys.js';
import { createSigningKeys } from './sessions/signing-keys.js';

/** All the provider remembers, in memory, and the clock and ids it runs on. */
export interface World {
  readonly now: () => number;
  readonly newId: () => string;
  /** Who access tokens are for. */
  readonly audience: string;
  readonly directory: Directory;
  readonly codes: Codes;
  readonly sessions: Sessions;
  readonly keys: SigningKeys;
  readonly records: Records;
  /** The clock in whole seconds, as tokens have it. */
  seconds(): number;
  /** The provider's own address; only known once the port is open. */
  issuer(): string;
  setIssuer(issuer: string): void;
  behaviour(): Behaviour;
  changeBehaviour(change: Partial<Behaviour>): void;
}

/** Creates a world without people, applications and sessions. */
export function createWorld(
  start: Behaviour,
  source: { readonly now: () => number; readonly newId: () => string; readonly audience: string },
): World {
  const { now, newId } = source;
  let behaviour = start;
  let issuer = '';
  return {
    ...source,
    directory: createDirectory(newId),
    codes: createCodes(now, () => `code.${newId()}`),
    sessions: createSessions(now, () => `refresh.${newId()}`),
    keys: createSigningKeys(),
    records: createRecords(),
    seconds: () => Math.floor(now() / 1000),
    issuer: () => issuer,
    setIssuer(address) {
      issuer = address;
    },
    behaviour: () => behaviour,
    changeBehaviour(change) {
      behaviour = { ...behaviour, ...change };
    },
  };
}
