import type { Log } from '../../../ports/log.js';
import type { Operations } from '../../../ports/operations.js';
import type { Client } from '../http/client.js';
import type { FindSuccessors } from '../instances/find-successors.js';
import type { Instances } from '../instances/instances.js';
import { createWideAccess } from '../instances/wide-access.js';
import type { KeyfactorServer } from '../settings.js';
import { createChange, keyfactorChanges } from './change.js';
import { createFind } from './find.js';
import { createFindRestarted } from './find-restarted.js';
import { createLast } from './last.js';
import { createList } from './list.js';
import { createListDefinitions } from './list-definitions.js';
import { createNewestInstances } from './search/newest-instances.js';

/** Creates what operators can do to one server. Nothing here deletes. */
export function createOperations(deps: {
  readonly server: KeyfactorServer;
  readonly client: Client;
  readonly instances: Instances;
  readonly findSuccessors: FindSuccessors;
  /** After so long a change's request cannot arrive any more. */
  readonly changeTimeoutMs: number;
  readonly now: () => number;
  readonly log: Log;
}): Operations {
  const { server, client, instances, findSuccessors, changeTimeoutMs, now, log } = deps;
  const system = server.name;
  const newest = createNewestInstances({ client, server, log, wideAccess: createWideAccess(server, now) });
  const listDefinitions = createListDefinitions({ client, server, log });
  return {
    find: createFind({ system, instances, newest }),
    list: createList({ instances, newest, listDefinitions }),
    definitions: listDefinitions,
    last: createLast({ system, instances, newest, listDefinitions }),
    change: createChange({ server, client }),
    changes: keyfactorChanges,
    changeTimeoutMs,
    findSuccessors: createFindRestarted(findSuccessors, newest),
  };
}
