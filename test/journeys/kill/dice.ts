/** Chance that can be repeated. */
export interface Dice {
  /** A whole number from 0 up to, and not including, a limit. */
  below(limit: number): number;
  /** One of several. */
  oneOf<T>(several: readonly T[]): T;
}

/** Throws dice that fall the same way for the same seed. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    oneOf(several) {
      const one = several[below(several.length)];
      if (one === undefined) throw new RangeError('There is nothing to choose from');
      return one;
    },
  };
}
