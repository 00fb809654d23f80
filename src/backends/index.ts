import type { WorkflowBackend } from '../ports/backend.js';
import type { Log } from '../ports/log.js';
import type { Store } from '../ports/store.js';
import { createKeyfactorBackend } from './keyfactor/index.js';
import type { KeyfactorSecrets, KeyfactorServer } from './keyfactor/settings.js';

/** Creates every configured system, by its name; another kind of system is one more line here. */
export function createBackends(
  systems: {
    readonly keyfactor: readonly { readonly server: KeyfactorServer; readonly secrets: KeyfactorSecrets }[];
  },
  around: {
    readonly log: Log;
    readonly now: () => number;
    readonly notes: Pick<Store, 'getNote' | 'putNote'>;
  },
): ReadonlyMap<string, WorkflowBackend> {
  const backends = systems.keyfactor.map(({ server, secrets }) =>
    createKeyfactorBackend({ server, secrets }, around),
  );
  return new Map(backends.map((backend) => [backend.system, backend]));
}
