import { type Selectable, sql } from 'kysely';
import { type Click, type ClickReply, clickLeaseMs } from '../../domain/voting.js';
import type { ClickRepository, StoredClick } from '../../ports/store.js';
import { bodies, unpacked } from './bodies.js';
import { atomicallyOn, didChange, type Engine, firstOf, listOf } from './database.js';
import { findRemoval, usedKey } from './retention.js';
import type { Db, Tables } from './tables.js';

/**
 * Remembers clicks and modals in a database.
 *
 * Response addresses and what was shown stand apart from the rest, so that they can be forgotten.
 */
export function createClickRepository(db: Db, engine: Engine): ClickRepository {
  const atomically = atomicallyOn(db, engine);
  const clicks = () => db.selectFrom('clicks').selectAll();
  const addClick = async ({ responseUrl, shown, ...click }: Click, on = db) => {
    const isNew = await didChange(
      on
        .insertInto('clicks')
        .columns(['id', 'at_ms', 'response_url', 'shown', 'taken_until_ms', 'calls_off', 'body'])
        // One that retention has removed since was written before as well; the same statement finds that out.
        .expression((is) =>
          is
            .selectFrom(sql<{ readonly one: number }>`(select 1 as one)`.as('click'))
            .select([
              sql<string>`cast(${click.id} as text)`.as('id'),
              sql<number>`cast(${click.atMs} as bigint)`.as('at_ms'),
              sql<string | null>`cast(${responseUrl ?? null} as text)`.as('response_url'),
              sql<string | null>`cast(${shown ?? null} as text)`.as('shown'),
              engine.at(click.atMs + clickLeaseMs).as('taken_until_ms'),
              sql<string | null>`cast(${callsOff(click)} as text)`.as('calls_off'),
              sql<string>`cast(${bodies.click.write(click)} as text)`.as('body'),
            ])
            .where(({ not, exists, selectFrom }) =>
              not(
                exists(selectFrom('used_keys').select('key').where('key', '=', usedKey('click', click.id))),
              ),
            ),
        )
        .onConflict((is) => is.column('id').doNothing()),
    );
    return isNew ? 'written' : 'repeated';
  };
  return {
    /** Whoever is told that this failed believes that nothing was decided, so it must not be there then. */
    addClick: (click) =>
      db.isTransaction
        ? addClick(click)
        : engine.surely(async (isAgain) => {
            const added = await addClick(click);
            return isAgain ? 'written' : added;
          }),
    addClicks: (all) =>
      engine.surely(async (isAgain) => {
        try {
          await atomically(async (tx) => {
            for (const click of all) if ((await addClick(click, tx)) === 'repeated') throw new Repeated();
          });
          return 'written';
        } catch (error) {
          if (!(error instanceof Repeated)) throw error;
          return isAgain ? 'written' : 'repeated';
        }
      }),
    async findClick(id) {
      const row = await clicks().where('id', '=', id).executeTakeFirst();
      return row && toStoredClick({ ...row, answer: row.answer && (await wholeReply(db, row.answer)) });
    },
    finishClick: (id, reply, nowMs) =>
      didChange(
        db
          .updateTable('clicks')
          .set({ answer: bodies.clickReply.write(reply), finished_at_ms: nowMs, shown: null })
          .where('id', '=', id)
          .where('answer', 'is', null),
      ),
    listUnfinishedClicks: () =>
      listOf(clicks().where('answer', 'is', null).orderBy('at_ms').orderBy('id'), toStoredClick),
    listCallingOff: (approvalId) =>
      listOf(
        db
          .selectFrom('clicks')
          .select(['id', 'body'])
          .where('calls_off', '=', approvalId)
          .where('answer', 'is', null),
        ({ id, body }) => bodies.click.read(id, body).person,
      ),
    async claimClicks(nowMs, leaseMs) {
      const overdue = db
        .selectFrom('clicks')
        .select('id')
        .where('answer', 'is', null)
        .where('taken_until_ms', '<=', engine.at(nowMs))
        .$if(engine.locksRows, (some) => some.forUpdate().skipLocked());
      const claim = db
        .updateTable('clicks')
        .set({ taken_until_ms: engine.at(nowMs + leaseMs) })
        .where('id', 'in', overdue)
        .returningAll();
      return [...(await listOf(claim, toStoredClick))].sort((a, b) => a.atMs - b.atMs);
    },

    async addDialog(dialog) {
      await db
        .insertInto('dialogs')
        .values({ id: dialog.id, at_ms: dialog.atMs, body: bodies.dialog.write(dialog) })
        .onConflict((is) => is.column('id').doNothing())
        .execute();
    },
    findDialog: (id) =>
      firstOf(db.selectFrom('dialogs').select('body').where('id', '=', id), (row) =>
        bodies.dialog.read(id, row.body),
      ),
    async keepText(key, text, nowMs) {
      const kept = { at_ms: nowMs, body: text };
      await db
        .insertInto('dialogs')
        .values({ id: textKey(key), ...kept })
        .onConflict((is) => is.column('id').doUpdateSet(kept))
        .execute();
    },
    keptText: (key) =>
      firstOf(db.selectFrom('dialogs').select('body').where('id', '=', textKey(key)), (row) => row.body),

    async forgetSecrets(beforeMs) {
      await db
        .updateTable('clicks')
        .set({ response_url: null })
        .where('response_url', 'is not', null)
        .where('at_ms', '<', beforeMs)
        .execute();
      await db.deleteFrom('dialogs').where('at_ms', '<', beforeMs).execute();
      await db
        .deleteFrom('changes')
        .where('phase', '=', 'proposed')
        .where('proposed_at_ms', '<', beforeMs)
        .execute();
      // The click that confirms a change brings an address of its own, younger than that of the proposal.
      await db
        .updateTable('changes')
        .set({ response_url: null })
        .where('response_url', 'is not', null)
        .where((is) => is(is.fn.coalesce('confirmed_at_ms', 'proposed_at_ms'), '<', beforeMs))
        .execute();
    },
  };
}

function callsOff({ verb, approvalId }: Click): string | null {
  return verb === 'withdraw' || verb === 'take-back' ? approvalId : null;
}

/** One of several clicks was written before, so none of them is. */
class Repeated extends Error {}

/** Gives a stored reply with the approval it is about, as that ended: with an old click only its id is kept. */
async function wholeReply(db: Db, stored: string): Promise<string> {
  const text = unpacked(stored);
  const [, id] = /"approval":\{"id":"([^"]+)"\}/.exec(text) ?? [];
  if (id === undefined) return text;
  const row = db.selectFrom('approvals').select('body').where('id', '=', id);
  const approval = await firstOf(row, ({ body }): unknown => JSON.parse(unpacked(body)));
  if (approval !== undefined) return JSON.stringify({ ...JSON.parse(text), approval });
  const removed: ClickReply = { kind: 'removed', removedAtMs: (await findRemoval(db, 'approval', id)) ?? 0 };
  return bodies.clickReply.write(removed);
}

/** Texts stand among modals, as they go when those go. */
function textKey(key: string): string {
  return `text:${key}`;
}

function toStoredClick({
  id,
  body,
  response_url,
  shown,
  answer: reply,
}: Selectable<Tables['clicks']>): StoredClick {
  return {
    ...bodies.click.read(id, body),
    ...(response_url === null ? {} : { responseUrl: response_url }),
    ...(shown === null ? {} : { shown }),
    ...(reply === null ? {} : { reply: bodies.clickReply.read(id, reply) }),
  };
}
