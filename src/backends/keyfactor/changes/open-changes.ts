import type { Log } from '../../../ports/log.js';
import type { NoteRepository } from '../../../ports/store.js';
import type { Client } from '../http/client.js';
import type { Instances } from '../instances/instances.js';
import type { ListInstances } from '../instances/list-instances.js';
import { createWideAccess } from '../instances/wide-access.js';
import type { KeyfactorServer } from '../settings.js';
import { createListChanged } from './changed-rows.js';
import { createListFailed } from './failed-rows.js';
import { createFilterTrust } from './filter-trust.js';
import { createListNewest } from './list-newest.js';
import { createPollChanges, type PollChanges } from './look-for-changes.js';
import { createReadChanges } from './read-changes.js';
import { createReadNewestPage } from './read-newest-page.js';
import { createUnchangedListCheck } from './steadiness.js';

/** Puts together the look for what has changed on one server. */
export function openChanges(deps: {
  readonly server: KeyfactorServer;
  readonly client: Client;
  readonly list: ListInstances;
  readonly instances: Instances;
  readonly notes: Pick<NoteRepository, 'getNote' | 'putNote'>;
  readonly now: () => number;
  readonly log: Log;
}): PollChanges {
  const { server, list, instances, notes, now, log } = deps;
  const { name: system, pageSize } = server;
  const newest = createListNewest({ readPage: createReadNewestPage(deps), pageSize, list, system, log });
  const readChanges = createReadChanges({
    system,
    instances,
    newest,
    listFailed: createListFailed(list),
    listChanged: createListChanged({ newest, trust: createFilterTrust(system, notes), system, log }),
    unchangedCheck: createUnchangedListCheck(now),
    log,
  });
  return createPollChanges({
    system,
    readChanges,
    wideAccess: createWideAccess(server, now),
    now,
    log,
  });
}
