import type { Instance, InstanceRef } from '../../../domain/instance.js';
import type { Row } from '../../../domain/reply.js';
import type { Context } from '../../context.js';

/** Makes a line of a list out of a run, with a short code that names it from then on. */
export async function rowOf(context: Context, instance: Instance): Promise<Row> {
  const label = context.backends.get(instance.ref.system)?.label ?? instance.ref.system;
  return { code: await codeFor(context, instance.ref), instance, label };
}

/** Makes lines of a list. */
export async function rowsOf(context: Context, instances: readonly Instance[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const instance of instances) rows.push(await rowOf(context, instance));
  return rows;
}

/** Gives the short code of a run, and gives out a new one if it has none; codes grow when short ones run out. */
async function codeFor(context: Context, ref: InstanceRef): Promise<string> {
  return context.store.inTransaction(async (transaction) => {
    const known = await transaction.codeOf(ref);
    if (known !== undefined) return known;
    for (let tries = 0; ; tries += 1) {
      const code = context.newCode(4 + Math.floor(tries / 5));
      if (await transaction.addCode(code, ref)) return code;
    }
  });
}
