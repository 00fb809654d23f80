/** Something that arrives at the gate and waits for its turn. */
interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly settle: (outcome: Outcome) => void;
}

/** Decides which signals are handled one after the other and which at the same moment. */
export interface SignalGate<Item, Outcome> {
  enter(item: Item): Promise<Outcome>;
  /** Keeps the next arrivals until `count` are there, then handles them at the same moment. */
  holdNext(count: number): void;
  /** Handles at once whatever waits. */
  release(): void;
  /** How many have arrived and are not handled yet. */
  waitingCount(): number;
}

/** What a gate needs to know about the signals it lets through. */
export interface GateDeps<Item, Outcome> {
  /** Signals with the same key can get into each other's way. */
  keyOf(item: Item): string;
  windowMs(): number;
  /** Hears of every arrival that has to wait. */
  onWait(): void;
  /** Handles signals that met; the outcomes are in the order of the items. */
  handle(batch: readonly Item[]): readonly Outcome[];
}

/** Creates an open gate: every signal is handled as it comes. */
export function createSignalGate<Item, Outcome>(deps: GateDeps<Item, Outcome>): SignalGate<Item, Outcome> {
  const held: Waiting<Item, Outcome>[] = [];
  const windows = new Map<string, { waiting: Waiting<Item, Outcome>[]; timer: NodeJS.Timeout }>();
  let holding = 0;
  const handle = (batch: readonly Waiting<Item, Outcome>[]): void => {
    const outcomes = deps.handle(batch.map(({ item }) => item));
    for (const [index, outcome] of outcomes.entries()) batch[index]?.settle(outcome);
  };
  const closeWindow = (key: string): void => {
    const window = windows.get(key);
    windows.delete(key);
    if (window === undefined) return;
    clearTimeout(window.timer);
    handle(window.waiting);
  };
  const releaseHeld = (): void => {
    holding = 0;
    handle(held.splice(0));
  };
  const joinWindow = (entry: Waiting<Item, Outcome>): void => {
    const key = deps.keyOf(entry.item);
    const open = windows.get(key);
    if (open !== undefined) {
      open.waiting.push(entry);
      return;
    }
    const timer = setTimeout(() => closeWindow(key), deps.windowMs());
    windows.set(key, { waiting: [entry], timer });
  };
  const waitingCount = (): number =>
    [...windows.values()].reduce((count, window) => count + window.waiting.length, held.length);
  return {
    enter: (item) =>
      new Promise((settle) => {
        if (holding > 0) {
          held.push({ item, settle });
          if (held.length >= holding) releaseHeld();
        } else if (deps.windowMs() > 0) joinWindow({ item, settle });
        else handle([{ item, settle }]);
        if (waitingCount() > 0) deps.onWait();
      }),
    waitingCount,
    holdNext(count) {
      holding = count;
    },
    release() {
      releaseHeld();
      for (const key of [...windows.keys()]) closeWindow(key);
    },
  };
}
