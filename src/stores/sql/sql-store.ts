import type { Store, Transaction } from '../../ports/store.js';
import { inSpan } from '../../shared/trace.js';
import { createApprovalRepository } from './approvals.js';
import { createChangeRepository } from './changes.js';
import { createClickRepository } from './clicks.js';
import { createGaugeRepository, createReportRepository, createShadowRepository } from './counts.js';
import type { Engine, OpenDatabase } from './database.js';
import { createDeliveryRepository } from './deliveries.js';
import { createIncidentRepository } from './incidents.js';
import { createFenceRepository, createLeases } from './leases.js';
import { createLedgerRepository } from './ledger.js';
import {
  createHomeRepository,
  createLinkRepository,
  createNoteRepository,
  createPersonRepository,
} from './people.js';
import { createRetentionRepository } from './retention.js';
import type { Db } from './tables.js';

/** What together remembers everything. */
const makers = [
  createApprovalRepository,
  createClickRepository,
  createDeliveryRepository,
  createPersonRepository,
  createChangeRepository,
  createIncidentRepository,
  createLedgerRepository,
  createFenceRepository,
  createGaugeRepository,
  createLinkRepository,
  createHomeRepository,
  createShadowRepository,
  createReportRepository,
  createRetentionRepository,
  createNoteRepository,
] as const;

/**
 * Creates a store over a database whose tables are up to date.
 *
 * Work inside a transaction goes through the memory it is given. Whoever uses the store itself there gets an
 * error, since that call would wait for its own transaction for ever, or write what is not taken back with it.
 */
export function createSqlStore({ db, engine, nesting, botLease, close }: OpenDatabase): Store {
  const makerOf = new Map<string | symbol, Maker>();
  const parts = makers.map((make) => {
    const part = make(db, engine);
    for (const name of Object.keys(part)) makerOf.set(name, make);
    return part;
  });
  const transaction: Transaction = together(parts);
  return {
    isShared: engine.isShared,
    ...transaction,
    ...botLease,
    ...createLeases(db, engine),
    inTransaction: (work) =>
      inSpan('store transaction', {}, () =>
        engine.transact(db, (tx) => nesting.during(() => work(lend(transaction, { tx, engine, makerOf })))),
      ),
    reclaimSpace: () => engine.reclaimSpace(),
    isTransient: engine.isTransient,
    close,
  };
}

type Maker = (typeof makers)[number];

type Part = ReturnType<Maker>;

type AllOf<Parts> = (Parts extends unknown ? (part: Parts) => void : never) extends (all: infer All) => void
  ? All
  : never;

function together<One>(parts: readonly One[]): AllOf<One> {
  return Object.assign({}, ...parts);
}

/**
 * Gives a transaction repositories of its own, each of which is made when it is first asked for.
 *
 * A transaction needs few of them, and there are many transactions in a second.
 */
function lend(
  whole: Transaction,
  on: { readonly tx: Db; readonly engine: Engine; readonly makerOf: ReadonlyMap<string | symbol, Maker> },
): Transaction {
  const made = new Map<Maker, Part>();
  return new Proxy(whole, {
    get(_whole, name) {
      const make = on.makerOf.get(name);
      if (!make) return undefined;
      const part = made.get(make) ?? make(on.tx, on.engine);
      made.set(make, part);
      return Reflect.get(part, name);
    },
  });
}
