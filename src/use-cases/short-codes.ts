import type { InstanceRef } from '../domain/instance.js';
import type { Transaction } from '../ports/store.js';
import type { Context } from './context.js';

/** Makes a short code that was never given out; codes grow when the short ones run out. */
export async function unusedCode(transaction: Transaction, context: Context): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    const code = context.newCode(4 + Math.floor(tries / 5));
    if (!(await transaction.isCodeTaken(code))) return code;
  }
}

/** Gives the short code of a run, and gives out a new one if it has none. */
export async function codeOfRun(
  transaction: Transaction,
  context: Context,
  ref: InstanceRef,
): Promise<string> {
  const known = await transaction.codeOf(ref);
  if (known !== undefined) return known;
  const code = await unusedCode(transaction, context);
  await transaction.addCode(code, ref);
  return code;
}
