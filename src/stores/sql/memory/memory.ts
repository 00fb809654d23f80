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

/** What together remembers everything. */
const makers = [
  createApprovalMemory,
  createVoteMemory,
  createClickMemory,
  createSignalMemory,
  createCardMemory,
  createDeliveryQueue,
  createDigestMemory,
  createLaneMemory,
  createPersonMemory,
  createRightsMemory,
  createCodeMemory,
  createChangeMemory,
  createFailureMemory,
  createIncidentMemory,
  createAlertDeliveries,
  createWatchMemory,
  createLedgerMemory,
  createFenceMemory,
  createStockMemory,
  createLinkMemory,
  createNoteMemory,
] as const;

type Maker = (typeof makers)[number];
type Part = ReturnType<Maker>;
type AllOf<Parts> = (Parts extends unknown ? (part: Parts) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** Remembers everything in a database. */
export function createMemory(db: Db, engine: Engine): Memory {
  return together(makers.map((make) => make(db, engine)));
}

function together<One>(parts: readonly One[]): AllOf<One> {
  return Object.assign({}, ...parts);
}

/**
 * Creates what gives each transaction a memory of its own, whose parts are made when they are first asked for.
 *
 * A transaction needs few of them, and there are many transactions in a second.
 */
export function createLending(whole: Memory, db: Db, engine: Engine): (tx: Db) => Memory {
  const makerOf = new Map<string | symbol, Maker>(
    makers.flatMap((make) => Object.keys(make(db, engine)).map((name) => [name, make] as const)),
  );
  return (tx) => {
    const made = new Map<Maker, Part>();
    return new Proxy(whole, {
      get(_whole, name) {
        const make = makerOf.get(name);
        if (!make) return undefined;
        const part = made.get(make) ?? make(tx, engine);
        made.set(make, part);
        return Reflect.get(part, name);
      },
    });
  };
}
