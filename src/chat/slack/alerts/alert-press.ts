import type { Asker } from '../../../ports/command-desk.js';
import { readPress } from '../actions/payloads.js';
import { type AlertPressKind, readAlertActionId } from '../alert-ids.js';
import { readCommandPress } from '../commands/command-payloads.js';

/** The parts of a press on an alert that are used. */
export interface AlertPress {
  readonly kind: AlertPressKind;
  readonly asker: Asker;
  /** What the button carries, or what was chosen in the menu. */
  readonly value: string;
  readonly triggerId: string;
}

/** Reads a press on an alert; absent when it is not formed like one, or carries nothing. */
export function readAlertPress(body: unknown): AlertPress | undefined {
  const press = readCommandPress(body);
  const kind = press && readAlertActionId(press.actionId);
  if (!press || !kind || press.value === undefined) return undefined;
  return { kind, asker: press.asker, value: press.value, triggerId: readPress(body)?.triggerId ?? '' };
}
