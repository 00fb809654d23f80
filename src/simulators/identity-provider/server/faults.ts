/** Ways in which a network, a gateway or a provider goes wrong. */
export type FaultName =
  | 'http-500'
  | 'http-503'
  | 'http-429'
  | 'hang-before-effect'
  | 'hang-after-effect'
  | 'drop-before-effect'
  | 'drop-after-effect'
  | 'slow'
  | 'not-json';

/**
 * An order to go wrong.
 *
 * Unless the name says `after-effect`, the call is swallowed and changes nothing; `slow` takes effect at once
 * and answers late.
 */
export interface FaultOrder {
  readonly fault: FaultName;
  /** Path below the issuer; the token endpoint unless told. */
  readonly path?: string;
  /** How many calls go wrong; one unless told. */
  readonly times?: number;
  /** How late a `slow` answer is, 200 unless told. */
  readonly delayMs?: number;
}

/** Faults that are still to happen. */
export interface Faults {
  order(order: FaultOrder): void;
  /** Forgets all faults that have not happened yet. */
  clear(): void;
  /** Takes the fault for a call, the oldest order first. */
  take(path: string): { readonly fault: FaultName; readonly delayMs: number } | undefined;
}

/** Creates a provider without faults. */
export function createFaults(): Faults {
  let orders: { readonly order: FaultOrder; left: number }[] = [];
  return {
    order(order) {
      orders.push({ order, left: order.times ?? 1 });
    },
    clear() {
      orders = [];
    },
    take(path) {
      const entry = orders.find(({ order }) => (order.path ?? '/token') === path);
      if (entry === undefined) return undefined;
      entry.left -= 1;
      orders = orders.filter(({ left }) => left > 0);
      return { fault: entry.order.fault, delayMs: entry.order.delayMs ?? 200 };
    },
  };
}
