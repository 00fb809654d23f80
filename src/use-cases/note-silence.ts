import type { Memory } from '../ports/store.js';
import type { Context } from './context.js';
import { tellOperators } from './notify.js';

/** How often in a row a system gave no answer, and since when; kept, so that a restart tells nobody twice. */
interface Silence {
  readonly count: number;
  readonly sinceMs: number;
}

/** Counts an observation without an answer; operators hear of it once, when it has been several in a row. */
export async function noteSilence(context: Context, system: string): Promise<void> {
  await context.store.inTransaction(async (memory) => {
    const before = await silenceOf(memory, system);
    const silence: Silence = { count: (before?.count ?? 0) + 1, sinceMs: before?.sinceMs ?? context.now() };
    await memory.putNote(noteKey(system), JSON.stringify(silence));
    if (silence.count !== context.unreachableAfter) return;
    const { sinceMs } = silence;
    await tellOperators(context, memory, `away:${system}:${sinceMs}`, {
      kind: 'system-unreachable',
      system,
      sinceMs,
    });
  });
}

/** Notes that a system answered; operators who heard that it was away hear that it is back. */
export async function noteAnswer(context: Context, system: string): Promise<void> {
  if (((await context.store.getNote(noteKey(system))) ?? '') === '') return;
  await context.store.inTransaction(async (memory) => {
    const silence = await silenceOf(memory, system);
    await memory.putNote(noteKey(system), '');
    if (!silence || silence.count < context.unreachableAfter) return;
    const { sinceMs } = silence;
    await tellOperators(context, memory, `back:${system}:${sinceMs}`, {
      kind: 'system-back',
      system,
      sinceMs,
    });
  });
}

function noteKey(system: string): string {
  return `silence/${system}`;
}

async function silenceOf(memory: Memory, system: string): Promise<Silence | undefined> {
  const note = (await memory.getNote(noteKey(system))) ?? '';
  return note === '' ? undefined : (JSON.parse(note) as Silence);
}
