import type { Memory } from '../../../ports/store.js';
import type { Engine } from '../engine.js';
import type { Db } from '../tables.js';
import { createAlertDeliveries } from './alert-deliveries.js';
import { createApprovalMemory } from './approval-memory.js';
import { createCardMemory } from './card-memory.js';
import { createChangeMemory } from './change-memory.js';
import { createClickMemory } from './click-memory.js';
import { createCodeMemory } from './code-memory.js';
import { createDeliveryQueue } from './delivery-queue.js';
import { createDigestMemory } from './digest-memory.js';
import { createFailureMemory } from './failure-memory.js';
import { createFenceMemory } from './fence-memory.js';
import { createIncidentMemory } from './incident-memory.js';
import { createLaneMemory } from './lane-memory.js';
import { createLedgerMemory } from './ledger-memory.js';
import { createLinkMemory } from './link-memory.js';
import { createNoteMemory } from './note-memory.js';
import { createPersonMemory } from './person-memory.js';
import { createRightsMemory } from './rights-memory.js';
import { createSignalMemory } from './signal-memory.js';
import { createStockMemory } from './stock-memory.js';
import { createVoteMemory } from './vote-memory.js';
import { createWatchMemory } from './watch-memory.js';

/** Remembers everything in a database; given a transaction, as part of it. */
export function createMemory(db: Db, engine: Engine): Memory {
  return {
    ...createApprovalMemory(db, engine),
    ...createVoteMemory(db),
    ...createClickMemory(db, engine),
    ...createSignalMemory(db, engine),
    ...createCardMemory(db, engine),
    ...createDeliveryQueue(db, engine),
    ...createDigestMemory(db, engine),
    ...createLaneMemory(db, engine),
    ...createPersonMemory(db),
    ...createRightsMemory(db),
    ...createCodeMemory(db),
    ...createChangeMemory(db),
    ...createFailureMemory(db),
    ...createIncidentMemory(db, engine),
    ...createAlertDeliveries(db, engine),
    ...createWatchMemory(db),
    ...createLedgerMemory(db, engine),
    ...createFenceMemory(db, engine),
    ...createStockMemory(db),
    ...createLinkMemory(db, engine),
    ...createNoteMemory(db),
  };
}
