import type { Fence } from '../../ports/leases.js';
import type { Store, Transaction } from '../../ports/store.js';

/** A right came to somebody else while work was done under it; nothing more may be written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** What cannot write, whatever else it does; everything that is not named so is checked. */
const reading = /^(find|list|get|recall|count|next|latest|last|stands|keptText)/;
/** What is about rights themselves, or no write at all. */
const passing: ReadonlySet<string> = new Set([
  'isShared',
  'acquireBotLease',
  'releaseBotLease',
  'acquireLease',
  'releaseLease',
  'forgetLeases',
  'close',
]);

/**
 * Gives a store that writes only as long as a right has not come to another holder.
 *
 * The right is checked in the transaction of each write, so that whoever was frozen and wakes up changes
 * nothing; then `LeaseLost` is thrown.
 */
export function fenced(store: Store, fence: Fence): Store {
  const inTransaction: Store['inTransaction'] = (work) =>
    store.inTransaction(async (transaction) => {
      if (!(await transaction.stands(fence))) throw new LeaseLost(`${fence.name} has come to somebody else`);
      return work(transaction);
    });
  return new Proxy(store, {
    get(target, key, receiver) {
      if (key === 'inTransaction') return inTransaction;
      const value: unknown = Reflect.get(target, key, receiver);
      const name = String(key);
      if (typeof value !== 'function' || reading.test(name) || passing.has(name)) return value;
      return (...given: unknown[]) => inTransaction((transaction) => callOn(transaction, key, given));
    },
  });
}

async function callOn(transaction: Transaction, key: string | symbol, given: unknown[]): Promise<unknown> {
  const call: unknown = Reflect.get(transaction, key);
  if (typeof call !== 'function') throw new TypeError(`A store cannot do ${String(key)}`);
  return Reflect.apply(call, transaction, given);
}
