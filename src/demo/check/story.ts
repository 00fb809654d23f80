import type { Demo } from '../open-demo.js';

/** The demo while it is checked, with what the bot wrote into its log. */
export interface CheckedDemo extends Demo {
  readonly logLines: readonly string[];
}

/** One thing the bot promises, played from beginning to end. */
export interface Story {
  readonly title: string;
  /** Plays it and says what was seen; throws when something else was. */
  play(demo: CheckedDemo): Promise<string>;
}

/** Throws, with what was seen instead, unless a condition holds. */
export function insist(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
