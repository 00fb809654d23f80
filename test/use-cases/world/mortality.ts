import type { Store, Transaction } from '../../../src/ports/store.js';
import type { TestRuntime } from '../../support/runtime.js';

/** The end of a run of the bot, in the middle of whatever it did. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Decides when the running bot dies; the dead one can neither write nor call anything any more. */
export interface Mortality {
  /** Goes around every call to the system and the chat. */
  readonly runtime: TestRuntime;
  /** Gives a store at whose every write the bot may die, also inside a transaction. */
  guard(store: Store): Store;
  /** Lets the bot die at the how-manieth point from now. */
  dieAfter(points: number): void;
  /** Lets another run live, for good unless told otherwise. */
  revive(): void;
  /** Names of the points passed so far: `before chat.post`, `after chat.post`, `saveSignal`. */
  readonly points: readonly string[];
  isDead(): boolean;
}

/** Calls whose effect may have happened when the bot dies before it has heard so. */
const hasEffect = /sendSignal|command\.change|post|update|replyToClick/;
const isRead = /^(find|list|get|recall|count|next|latest|last|is|stands|code|inTransaction|close)/;
/** Points at which nothing is lost that the point before or after them would not lose as well. */
const isDull =
  /^(takeSlot|claimDueDeliveries|claimIdleCard|rememberPerson|before command\.(observe|isAssigned|requirementOf))$/;

/** Lets a bot live until it is told when to die. */
export function createMortality(): Mortality {
  const points: string[] = [];
  let left = Number.POSITIVE_INFINITY;
  let isDead = false;

  const pass = (name: string): void => {
    if (isDead) throw new Crash(`Dead before ${name}`);
    if (isDull.test(name)) return;
    points.push(name);
    left -= 1;
    if (left > 0) return;
    isDead = true;
    throw new Crash(`Died at ${name}`);
  };
  const guardTransaction = <M extends Transaction>(transaction: M): M =>
    new Proxy(transaction, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value !== 'function') return value;
        const name = String(key);
        // What is gone through bit by bit is read only, and what an error means is asked of nobody.
        if (name.startsWith('each') || name === 'isTransient') return value.bind(target);
        return async (...given: unknown[]) => {
          if (isDead) throw new Crash(`Dead before ${name}`);
          if (!isRead.test(name)) pass(name);
          return Reflect.apply(value, target, given);
        };
      },
    });

  return {
    points,
    isDead: () => isDead,
    dieAfter(count) {
      left = count;
    },
    revive() {
      isDead = false;
      left = Number.POSITIVE_INFINITY;
    },
    guard: (store) => {
      const guarded = guardTransaction(store);
      return new Proxy(guarded, {
        get(target, key, receiver) {
          if (key !== 'inTransaction') return Reflect.get(target, key, receiver);
          return <T>(work: (transaction: Transaction) => Promise<T>) =>
            store.inTransaction((transaction) => work(guardTransaction(transaction)));
        },
      });
    },
    runtime: async (name, work) => {
      pass(`before ${name}`);
      const result = await work();
      if (hasEffect.test(name)) pass(`after ${name}`);
      return result;
    },
  };
}
