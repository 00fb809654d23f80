import { readFileSync } from 'node:fs';
import { type Anchor, readAnchor } from '../../domain/ledger/anchor.js';

/** Anchors that were given, or what is wrong with one. */
export type GivenAnchors =
  | { readonly kind: 'read'; readonly anchors: readonly Anchor[] }
  | { readonly kind: 'wrong'; readonly why: string };

/** Reads anchors from the command line and from a file; one that cannot be read is told, never passed over. */
export function readAnchors(given: {
  readonly heads: readonly string[];
  readonly anchors: string | undefined;
}): GivenAnchors {
  const anchors: Anchor[] = [];
  for (const head of given.heads) {
    const anchor = readAnchor(head);
    if (!anchor) return { kind: 'wrong', why: `--head ${head} is not of the form system:number:seal.` };
    anchors.push(anchor);
  }
  const lines = given.anchors === undefined ? [] : readFileSync(given.anchors, 'utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const anchor = readAnchor(line);
    if (!anchor) return { kind: 'wrong', why: `Line ${index + 1} of ${given.anchors} holds no head.` };
    anchors.push(anchor);
  }
  return { kind: 'read', anchors };
}
