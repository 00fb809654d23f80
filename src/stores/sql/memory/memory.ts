import type { Transaction } from '../../../ports/store.js';
import type { Engine } from '../engine.js';
import type { Db } from '../tables.js';
import { createAlertDeliveries } from './alert-deliveries.js';
import { createApprovalRepository } from './approval-memory.js';
import { createCardRepository } from './card-memory.js';
import { createChangeRepository } from './change-memory.js';
import { createClickRepository } from './click-memory.js';
import { createCodeRepository } from './code-memory.js';
import { createDeliveryQueue } from './delivery-queue.js';
import { createDigestRepository } from './digest-memory.js';
import { createFailureRepository } from './failure-memory.js';
import { createFenceRepository } from './fence-memory.js';
import { createIncidentRepository } from './incident-memory.js';
import { createRateLimitRepository } from './lane-memory.js';
import { createLedgerRepository } from './ledger-memory.js';
import { createLinkRepository } from './link-memory.js';
import { createNoteRepository } from './note-memory.js';
import { createPersonRepository } from './person-memory.js';
import { createRightsRepository } from './rights-memory.js';
import { createSignalRepository } from './signal-memory.js';
import { createGaugeRepository } from './stock-memory.js';
import { createVoteRepository } from './vote-memory.js';
import { createWatchRepository } from './watch-memory.js';

/** What together remembers everything. */
const makers = [
  createApprovalRepository,
  createVoteRepository,
  createClickRepository,
  createSignalRepository,
  createCardRepository,
  createDeliveryQueue,
  createDigestRepository,
  createRateLimitRepository,
  createPersonRepository,
  createRightsRepository,
  createCodeRepository,
  createChangeRepository,
  createFailureRepository,
  createIncidentRepository,
  createAlertDeliveries,
  createWatchRepository,
  createLedgerRepository,
  createFenceRepository,
  createGaugeRepository,
  createLinkRepository,
  createNoteRepository,
] as const;

type Maker = (typeof makers)[number];
type Part = ReturnType<Maker>;
type AllOf<Parts> = (Parts extends unknown ? (part: Parts) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** Remembers everything in a database. */
export function createRepositories(db: Db, engine: Engine): Transaction {
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
export function createLending(whole: Transaction, db: Db, engine: Engine): (tx: Db) => Transaction {
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
