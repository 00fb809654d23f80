import { ConfigError, type Problem } from './config.js';
import type { LostKey } from './use-cases/ledger/lost-keys.js';

/**
 * Says why a start ends: chains of the ledger have been under a key, and would go on without one.
 *
 * Sealing them anew would hide who added or removed what meanwhile, so that is left to somebody who has looked.
 */
export function keyLost(store: string, chains: readonly LostKey[]): ConfigError {
  return new ConfigError(`The ledger in ${store}`, chains.map(problemOf));
}

function problemOf({ system, number, why }: LostKey): Problem {
  const chain = system === '' ? 'the bot itself' : system;
  return why === 'no-key'
    ? {
        path: 'COUNTERSIGN_LEDGER_KEY',
        expected: `a key, since ${chain} is sealed with one up to record ${number}`,
        found: 'none',
        example:
          'set the key again; a new one if it is lost, since without one nothing after it could be proven',
      }
    : {
        path: `${chain}, record ${number}`,
        expected: 'a record with a seal, since the ledger has been under a key before it',
        found: 'one without: the bot ran without the key, or somebody changed the store',
        example: `countersign audit verify; once you know how it came: countersign audit accept ${system === '' ? "''" : system}`,
      };
}
