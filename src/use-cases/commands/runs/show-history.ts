import { entryOf } from '../../../domain/ledger/chain.js';
import type { Reply } from '../../../domain/reply.js';
import type { CommandWork } from '../command-work.js';
import { findRun } from './find-run.js';
import { rowOf } from './rows.js';

const pageSize = 10;

/** Shows what is on record about a run, a page at a time; whoever may see its status may see this. */
export async function showHistory(
  work: CommandWork,
  { ref = '', page }: { readonly ref?: string; readonly page: number },
): Promise<Reply> {
  const found = await findRun(work, 'history', ref);
  if (found.kind === 'reply') return found.reply;
  const { context } = work;
  const records = await context.store.listLedgerOf(found.instance.ref, {
    offset: (page - 1) * pageSize,
    limit: pageSize + 1,
  });
  return {
    kind: 'history',
    ...(await rowOf(context, found.instance)),
    page,
    entries: records.slice(0, pageSize).map(entryOf),
    hasMore: records.length > pageSize,
  };
}
