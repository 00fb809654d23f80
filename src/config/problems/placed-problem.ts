import type { Problem } from '../config-error.js';
import { type Path, pathText } from './path-text.js';

/** A problem that still knows its place in the file. */
export interface PlacedProblem {
  readonly path: Path;
  readonly problem: Problem;
}

/** Puts a problem at its place. */
export function problemAt(path: Path, problem: Omit<Problem, 'path' | 'line'>): PlacedProblem {
  return { path, problem: { path: pathText(path), ...problem } };
}
