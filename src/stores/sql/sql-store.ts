import type { Store, Transaction } from '../../ports/store.js';
import {
  createApprovalRepository,
  createClickRepository,
  createCodeRepository,
  createSignalRepository,
  createVoteRepository,
} from './approvals.js';
import { createChangeRepository } from './changes.js';
import type { Engine, OpenDatabase } from './database.js';
import {
  createAlertDeliveries,
  createCardRepository,
  createDeliveryQueue,
  createDigestRepository,
} from './deliveries.js';
import { createFailureRepository, createIncidentRepository, createWatchRepository } from './incidents.js';
import { createBotLease, createFenceRepository, createLeases } from './leases.js';
import { createLedgerRepository } from './ledger.js';
import { createLinkRepository } from './links.js';
import { createGaugeRepository, createRateLimitRepository } from './pacing.js';
import { createNoteRepository, createPersonRepository, createRightsRepository } from './people.js';
import type { Db } from './tables.js';

/**
 * Creates a store over a database whose tables are up to date.
 *
 * Work inside a transaction goes through the memory it is given. Whoever uses the store itself there gets an
 * error, since that call would wait for its own transaction for ever, or write what is not taken back with it.
 */
export function createSqlStore({ db, engine, nesting, close }: OpenDatabase): Store {
  const transaction = createRepositories(db, engine);
  const lend = createLending(transaction, db, engine);
  return {
    isShared: engine.isShared,
    ...transaction,
    ...createBotLease(db, engine),
    ...createLeases(db, engine),
    inTransaction: (work) => engine.transact(db, (tx) => nesting.during(() => work(lend(tx)))),
    close,
  };
}

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
function createRepositories(db: Db, engine: Engine): Transaction {
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
function createLending(whole: Transaction, db: Db, engine: Engine): (tx: Db) => Transaction {
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
