/** Ways in which a network, a gateway or a server goes wrong. */
export type FaultName =
  | 'http-400-after-effect'
  | 'http-401'
  | 'http-500'
  | 'http-500-after-effect'
  | 'http-503'
  | 'html-404'
  | 'hang-before-effect'
  | 'hang-after-effect'
  | 'drop-before-effect'
  | 'drop-after-effect'
  | 'slow'
  | 'empty-200'
  | 'not-json';

/**
 * An order to go wrong.
 *
 * Unless the name says `after-effect`, the call is swallowed and changes nothing; `slow` takes effect at once
 * and answers late.
 */
export interface FaultOrder {
  readonly fault: FaultName;
  readonly method?: string;
  /** Part of the path, in any case, or a pattern for the whole path. */
  readonly path?: string | RegExp;
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
  take(method: string, path: string): { readonly fault: FaultName; readonly delayMs: number } | undefined;
}

/** Creates a server without faults. */
export function createFaults(): Faults {
  let orders: { order: FaultOrder; left: number }[] = [];
  return {
    order(order) {
      orders.push({ order, left: order.times ?? 1 });
    },
    clear() {
      orders = [];
    },
    take(method, path) {
      const entry = orders.find(({ order }) => concerns(order, method, path));
      if (entry === undefined) return undefined;
      entry.left -= 1;
      orders = orders.filter(({ left }) => left > 0);
      return { fault: entry.order.fault, delayMs: entry.order.delayMs ?? 200 };
    },
  };
}

function concerns(order: FaultOrder, method: string, path: string): boolean {
  if (order.method !== undefined && order.method.toUpperCase() !== method) return false;
  if (order.path === undefined) return true;
  if (order.path instanceof RegExp) return order.path.test(path);
  return path.toLowerCase().includes(order.path.toLowerCase());
}
