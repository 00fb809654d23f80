import type { InstanceRef } from '../domain/instance.js';
import type { Memory } from '../ports/store.js';
import type { Context } from './context.js';

/** Makes a short code that was never given out; codes grow when the short ones run out. */
export async function unusedCode(memory: Memory, context: Context): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    const code = context.newCode(4 + Math.floor(tries / 5));
    if (!(await memory.isCodeTaken(code))) return code;
  }
}

/** Gives the short code of a run, and gives out a new one if it has none. */
export async function codeOfRun(memory: Memory, context: Context, ref: InstanceRef): Promise<string> {
  const known = await memory.codeOf(ref);
  if (known !== undefined) return known;
  const code = await unusedCode(memory, context);
  await memory.addCode(code, ref);
  return code;
}
