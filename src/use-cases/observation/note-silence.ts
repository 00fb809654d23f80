import type { NoteRepository } from '../../ports/store.js';
import type { Context } from '../context.js';
import { notifyOperators } from '../notifications/notify.js';

/** How often in a row a system gave no answer, and since when; kept, so that a restart tells nobody twice. */
interface Silence {
  readonly count: number;
  readonly sinceMs: number;
}

/** Counts an observation without an answer; operators hear of it once, when it has been several in a row. */
export async function noteSilence(context: Context, system: string): Promise<void> {
  await context.store.inTransaction(async (transaction) => {
    const before = await silenceOf(transaction, system);
    const silence: Silence = { count: (before?.count ?? 0) + 1, sinceMs: before?.sinceMs ?? context.now() };
    await transaction.putNote(noteKey(system), JSON.stringify(silence));
    if (silence.count !== context.unreachableAfter) return;
    const { sinceMs } = silence;
    await notifyOperators(context, transaction, `away:${system}:${sinceMs}`, {
      kind: 'system-unreachable',
      system,
      sinceMs,
    });
  });
}

/** Notes that a system answered, and when; operators who heard that it was away hear that it is back. */
export async function noteResponse(context: Context, system: string): Promise<void> {
  await context.store.putNote(responseKey(system), String(context.now()));
  if (((await context.store.getNote(noteKey(system))) ?? '') === '') return;
  await context.store.inTransaction(async (transaction) => {
    const silence = await silenceOf(transaction, system);
    await transaction.putNote(noteKey(system), '');
    if (!silence || silence.count < context.unreachableAfter) return;
    const { sinceMs } = silence;
    await notifyOperators(context, transaction, `back:${system}:${sinceMs}`, {
      kind: 'system-back',
      system,
      sinceMs,
    });
  });
}

/** Tells when a system last answered; undefined if it never has. */
export async function respondedAt(transaction: NoteRepository, system: string): Promise<number | undefined> {
  const note = await transaction.getNote(responseKey(system));
  return note === undefined ? undefined : Number(note);
}

function responseKey(system: string): string {
  return `answered/${system}`;
}

function noteKey(system: string): string {
  return `silence/${system}`;
}

/** Tells since when a system gives no answer; undefined while it does. */
export async function silenceOf(transaction: NoteRepository, system: string): Promise<Silence | undefined> {
  const note = (await transaction.getNote(noteKey(system))) ?? '';
  return note === '' ? undefined : (JSON.parse(note) as Silence);
}
