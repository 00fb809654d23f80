import type { Asker } from '../../../ports/command-desk.js';
import { readAction } from '../actions/payloads.js';
import { type AlertActionKind, readAlertActionId } from '../alert-ids.js';
import { readCommandAction } from '../commands/command-payloads.js';

/** The parts of a press on an alert that are used. */
export interface AlertClick {
  readonly kind: AlertActionKind;
  readonly asker: Asker;
  /** What the button carries, or what was chosen in the menu. */
  readonly value: string;
  readonly triggerId: string;
}

/** Reads a press on an alert; absent when it is not formed like one, or carries nothing. */
export function readAlertAction(body: unknown): AlertClick | undefined {
  const action = readCommandAction(body);
  const kind = action && readAlertActionId(action.actionId);
  if (!action || !kind || action.value === undefined) return undefined;
  return { kind, asker: action.asker, value: action.value, triggerId: readAction(body)?.triggerId ?? '' };
}
