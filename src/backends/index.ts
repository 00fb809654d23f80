import type { WorkflowBackend } from '../ports/backend.js';
import type { WebRoute } from '../ports/chat.js';
import type { Log } from '../ports/runtime.js';
import type { Store } from '../ports/store.js';
import { createKeyfactorBackend } from './keyfactor/index.js';
import type { KeyfactorSecrets, KeyfactorServer } from './keyfactor/settings.js';
import { createInboundRoute, createWorkTasksBackends } from './work-tasks/index.js';
import type { WorkTasksSecrets, WorkTasksServer } from './work-tasks/settings.js';

/** Every configured server of every kind, with its secrets. */
export interface Servers {
  readonly keyfactor: readonly { readonly server: KeyfactorServer; readonly secrets: KeyfactorSecrets }[];
  readonly workTasks: readonly { readonly server: WorkTasksServer; readonly secrets: WorkTasksSecrets }[];
}

/** Creates every configured system, by its name; another kind of system is one more line here. */
export function createBackends(
  servers: Servers,
  runtime: {
    readonly log: Log;
    readonly now: () => number;
    readonly notes: Pick<Store, 'getNote' | 'putNote'>;
  },
): ReadonlyMap<string, WorkflowBackend> {
  const backends = [
    ...servers.keyfactor.map((one) => createKeyfactorBackend(one, runtime)),
    ...servers.workTasks.flatMap((one) => createWorkTasksBackends(one, runtime)),
  ];
  return new Map(backends.map((backend) => [backend.system, backend]));
}

/** Lists the addresses at which systems call the bot; none unless the settings turn one on. */
export function createRoutes(
  { workTasks }: Pick<Servers, 'workTasks'>,
  { take }: Pick<Parameters<typeof createInboundRoute>[0], 'take'>,
): readonly WebRoute[] {
  const reported = createInboundRoute({ servers: workTasks, take });
  return reported ? [reported] : [];
}
