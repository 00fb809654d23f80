/** Ways in which a network, a gateway or a server goes wrong. */
export type FaultName =
  | 'http-400-after-effect'
  | 'http-401'
  | 'http-429'
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
interface FaultOrder {
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
export type Faults = ReturnType<typeof createFaults>;

/** Creates a server without faults; an order without a path concerns the usual one, or every path. */
export function createFaults(usualPath = '') {
  let orders: { readonly order: FaultOrder; left: number }[] = [];
  return {
    order(order: FaultOrder): void {
      orders.push({ order, left: order.times ?? 1 });
    },
    /** Forgets all faults that have not happened yet. */
    clear(): void {
      orders = [];
    },
    /** Takes the fault for a call, the oldest order first. */
    take(method: string, path: string): { readonly fault: FaultName; readonly delayMs: number } | undefined {
      const entry = orders.find(({ order }) => concerns({ path: usualPath, ...order }, method, path));
      if (entry === undefined) return undefined;
      entry.left -= 1;
      orders = orders.filter(({ left }) => left > 0);
      return { fault: entry.order.fault, delayMs: entry.order.delayMs ?? 200 };
    },
  };
}

function concerns(order: FaultOrder & { readonly path: string | RegExp }, method: string, path: string) {
  if (order.method !== undefined && order.method.toUpperCase() !== method) return false;
  if (order.path instanceof RegExp) return order.path.test(path);
  return path.toLowerCase().includes(order.path.toLowerCase());
}
