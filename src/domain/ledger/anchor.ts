import type { LedgerHead } from './chain.js';

/** The head of a chain, as it is written down outside the store. */
export type Anchor = Pick<LedgerHead, 'system' | 'number' | 'mac'>;

/** Writes an anchor as people copy it: `corp-pki:12:` and the seal; the bot's own chain has no name. */
export function anchorText({ system, number, mac }: Anchor): string {
  return `${system}:${number}:${mac}`;
}

/** Finds the anchor at the end of a line; absent where there is none. */
export function readAnchor(line: string): Anchor | undefined {
  const [, system, number, mac] = /(?:^|\s)([^\s:]*):([1-9]\d{0,14}):([0-9a-f]{64})\s*$/.exec(line) ?? [];
  if (system === undefined || number === undefined || mac === undefined) return undefined;
  return { system, number: Number(number), mac };
}
