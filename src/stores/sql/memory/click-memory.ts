import type { Selectable } from 'kysely';
import type { ClickReply } from '../../../domain/answer.js';
import { type Click, clickLeaseMs, type Dialog } from '../../../domain/click.js';
import type { ClickRepository, StoredClick } from '../../../ports/store.js';
import type { Engine } from '../engine.js';
import { readBody } from '../stored-json.js';
import type { Db, Tables } from '../tables.js';
import { forgetSecrets } from './forget-secrets.js';

/** Remembers clicks and modals in a database; response addresses stand apart, so that they can be forgotten. */
export function createClickRepository(db: Db, engine: Engine): ClickRepository {
  return {
    /** Whoever is told that this failed believes that nothing was decided, so it must not be there then. */
    addClick: (click) =>
      db.isTransaction
        ? addClick({ db, engine }, click)
        : engine.surely(async (isAgain) => {
            const added = await addClick({ db, engine }, click);
            return isAgain ? 'written' : added;
          }),
    async findClick(id) {
      const row = await db.selectFrom('clicks').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toStoredClick(row);
    },
    async finishClick(id, reply, nowMs) {
      const finished = await db
        .updateTable('clicks')
        .set({ answer: JSON.stringify(reply), finished_at_ms: nowMs })
        .where('id', '=', id)
        .where('answer', 'is', null)
        .executeTakeFirst();
      return finished.numUpdatedRows !== 0n;
    },
    async listUnfinishedClicks() {
      const unfinished = db.selectFrom('clicks').selectAll().where('answer', 'is', null);
      return (await unfinished.orderBy('at_ms').orderBy('id').execute()).map(toStoredClick);
    },
    async claimClicks(nowMs, leaseMs) {
      const overdue = db
        .selectFrom('clicks')
        .select('id')
        .where('answer', 'is', null)
        .where('taken_until_ms', '<=', engine.at(nowMs))
        .$if(engine.locksRows, (clicks) => clicks.forUpdate().skipLocked());
      const claimed = await db
        .updateTable('clicks')
        .set({ taken_until_ms: engine.at(nowMs + leaseMs) })
        .where('id', 'in', overdue)
        .returningAll()
        .execute();
      return claimed.map(toStoredClick).sort((a, b) => a.atMs - b.atMs);
    },
    async addDialog(dialog) {
      await db
        .insertInto('dialogs')
        .values({ id: dialog.id, at_ms: dialog.atMs, body: JSON.stringify(dialog) })
        .onConflict((is) => is.column('id').doNothing())
        .execute();
    },
    async findDialog(id) {
      const row = await db.selectFrom('dialogs').select('body').where('id', '=', id).executeTakeFirst();
      return row && readBody<Dialog>({ table: 'dialogs', id, body: row.body });
    },
    async keepText(key, text, nowMs) {
      const kept = { at_ms: nowMs, body: text };
      await db
        .insertInto('dialogs')
        .values({ id: textKey(key), ...kept })
        .onConflict((is) => is.column('id').doUpdateSet(kept))
        .execute();
    },
    async keptText(key) {
      const row = await db
        .selectFrom('dialogs')
        .select('body')
        .where('id', '=', textKey(key))
        .executeTakeFirst();
      return row?.body;
    },
    forgetSecrets: (beforeMs) => forgetSecrets(db, beforeMs),
  };
}

/** Texts stand among modals, as they go when those go. */
function textKey(key: string): string {
  return `text:${key}`;
}

async function addClick(
  { db, engine }: { readonly db: Db; readonly engine: Engine },
  { responseUrl, ...click }: Click,
): Promise<'written' | 'repeated'> {
  const added = await db
    .insertInto('clicks')
    .values({
      id: click.id,
      at_ms: click.atMs,
      response_url: responseUrl ?? null,
      taken_until_ms: engine.at(click.atMs + clickLeaseMs),
      body: JSON.stringify(click),
    })
    .onConflict((is) => is.column('id').doNothing())
    .executeTakeFirst();
  return added.numInsertedOrUpdatedRows === 0n ? 'repeated' : 'written';
}

function toStoredClick({ id, body, response_url, answer: reply }: Selectable<Tables['clicks']>): StoredClick {
  return {
    ...readBody<Click>({ table: 'clicks', id, body }),
    ...(response_url === null ? {} : { responseUrl: response_url }),
    ...(reply === null ? {} : { answer: readBody<ClickReply>({ table: 'clicks', id, body: reply }) }),
  };
}
