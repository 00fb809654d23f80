import type { CommandLine, TypedValue } from '../../../../domain/command-line.js';
import type { StartOption } from '../../../../domain/reply.js';
import type { Asker } from '../../../../ports/command-desk.js';
import type { SharedCache } from '../shared-memory.js';

/** A line that names no run, though its verb is about one. */
export type RunLine = Extract<
  CommandLine,
  {
    readonly verb:
      | 'status'
      | 'why'
      | 'history'
      | 'restart'
      | 'stop'
      | 'pause'
      | 'resume'
      | 'abort'
      | 'output'
      | 'variable'
      | 'alert';
  }
>;

/** What an open modal goes on with once it is submitted; the modal itself carries only an opaque id. */
export type Picker = { readonly kind: 'run'; readonly line: RunLine; readonly asker: Asker } | StartPicker;

/** The modal in which somebody chooses what to start, with what they typed before it opened. */
export interface StartPicker {
  readonly kind: 'start';
  readonly options: readonly StartOption[];
  readonly values: readonly TypedValue[];
  readonly asker: Asker;
}

/** Open modals, by the opaque id each of them carries. */
export type PickerCache = SharedCache<Picker>;

/** Tells whether a line is about one run. */
export function isRunLine(line: CommandLine): line is RunLine {
  return [
    'status',
    'why',
    'history',
    'restart',
    'stop',
    'pause',
    'resume',
    'abort',
    'output',
    'variable',
    'alert',
  ].includes(line.verb);
}
