import type { CommandLine } from '../../../domain/command-line.js';
import { isRunLine } from './pickers/picker-memory.js';

/** Puts the run that was chosen into a line; a line about no run becomes a look at the one chosen. */
export function withRun(line: CommandLine, ref: string): CommandLine {
  return isRunLine(line) ? { ...line, ref } : { verb: 'status', ref };
}
