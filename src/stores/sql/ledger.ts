import { deflateSync, inflateSync } from 'node:zlib';
import type { Selectable } from 'kysely';
import { type LedgerHead, type LedgerRecord, noKey } from '../../domain/ledger.js';
import { personKey } from '../../domain/person.js';
import type { LedgerRepository } from '../../ports/store.js';
import { unpacked } from './bodies.js';
import { atomicallyOn, type Engine, firstOf, listOf } from './database.js';
import type { Db, Tables } from './tables.js';

/** Keeps the ledger in a database. */
export function createLedgerRepository(db: Db, engine: Engine): LedgerRepository {
  const atomically = atomicallyOn(db, engine);
  const records = () => db.selectFrom('ledger').selectAll();
  return {
    appendLedger: (system, make) => atomically((tx) => append(tx, system, make)),
    listLedgerHeads: () => listOf(db.selectFrom('ledger_heads').selectAll().orderBy('system'), toHead),
    lastSigned: (system) =>
      firstOf(
        db
          .selectFrom('ledger')
          .select(['system', 'number', 'mac', 'key_id'])
          .where('system', '=', system)
          .where('key_id', '<>', noKey)
          .orderBy('number', 'desc')
          .limit(1),
        toHead,
      ),
    listLedgerSystems: () =>
      listOf(
        db
          .selectFrom('ledger')
          .select('system')
          .union(db.selectFrom('ledger_heads').select('system'))
          .orderBy('system'),
        (row) => row.system,
      ),
    listLedger: ({ system, after, sinceMs, limit }) =>
      listOf(
        records()
          .where('system', '=', system)
          .where('number', '>', after)
          .$if(sinceMs !== undefined, (some) => some.where('at_ms', '>=', sinceMs ?? 0))
          .orderBy('number')
          .limit(limit),
        toRecord,
      ),
    listLedgerBy: (person, { kinds, sinceMs, limit }) =>
      listOf(
        records()
          .where('person', '=', personKey(person))
          .where('at_ms', '>=', sinceMs)
          .where('kind', 'in', kinds)
          .orderBy('at_ms', 'desc')
          .limit(limit),
        toRecord,
      ),
    lastCheckpoint: (system) =>
      firstOf(
        records()
          .where('system', '=', system)
          .where('kind', '=', 'checkpoint')
          .orderBy('number', 'desc')
          .limit(1),
        toRecord,
      ),
    async cutLedger(system, { upTo, limit }) {
      const first = db
        .selectFrom('ledger')
        .select('number')
        .where('system', '=', system)
        .where('number', '<=', upTo)
        .orderBy('number')
        .limit(limit);
      const cut = await db
        .deleteFrom('ledger')
        .where('system', '=', system)
        .where('number', 'in', first)
        .executeTakeFirst();
      return Number(cut.numDeletedRows);
    },
    async addEvidence(sha256, text) {
      const body = deflateSync(text).toString('base64');
      await db
        .insertInto('evidence')
        .values({ sha256, body })
        .onConflict((is) => is.column('sha256').doNothing())
        .execute();
    },
    findEvidence: (sha256) =>
      firstOf(db.selectFrom('evidence').select('body').where('sha256', '=', sha256), ({ body }) =>
        evidenceText(body),
      ),
    listLedgerOf: ({ system, id }, { offset, limit }) =>
      listOf(
        records()
          .where('system', '=', system)
          .where('instance_id', '=', id)
          .orderBy('number', 'desc')
          .limit(limit)
          .offset(offset),
        toRecord,
      ),
  };
}

/** Gives the text that was shown; what cannot be unpacked was changed, and is no text of ours. */
export function evidenceText(body: string): string {
  try {
    const text = unpacked(body);
    if (text !== body) return text;
    return inflateSync(Buffer.from(body, 'base64')).toString('utf8');
  } catch {
    return '';
  }
}

/**
 * Adds a record on the head of its chain.
 *
 * The head is written first: whoever came second waits there, and is run again instead of meeting a taken key.
 */
async function append(
  db: Db,
  system: string,
  make: (head: LedgerHead | undefined) => LedgerRecord,
): Promise<void> {
  const old = await db.selectFrom('ledger_heads').selectAll().where('system', '=', system).executeTakeFirst();
  const { instanceId, person, atMs, keyId, ...record } = make(old && toHead(old));
  const head = { number: record.number, mac: record.mac, key_id: keyId };
  await db
    .insertInto('ledger_heads')
    .values({ system, ...head })
    .onConflict((is) => is.column('system').doUpdateSet(head))
    .execute();
  await db
    .insertInto('ledger')
    .values({
      ...record,
      at_ms: atMs,
      instance_id: instanceId ?? null,
      person: person ?? null,
      key_id: keyId,
    })
    .execute();
}

function toHead({ key_id, ...head }: Selectable<Tables['ledger_heads']>): LedgerHead {
  return { ...head, keyId: key_id };
}

function toRecord({
  at_ms,
  instance_id,
  person,
  key_id,
  ...record
}: Selectable<Tables['ledger']>): LedgerRecord {
  return {
    ...record,
    atMs: at_ms,
    ...(instance_id === null ? {} : { instanceId: instance_id }),
    ...(person === null ? {} : { person }),
    keyId: key_id,
  };
}
