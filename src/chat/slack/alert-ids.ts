import type { AlertAction } from '../../domain/alerts/alert.js';
import type { MuteSpan } from '../../domain/alerts/alert-reply.js';

/** What every action id of an alert begins with. */
const prefix = 'alert.';

/** What can be pressed on an alert and under what it answers; `open` is a link, which Slack reports as a press too. */
export type AlertActionKind = AlertAction | 'confirm' | 'cancel' | 'open';

const kinds: readonly AlertActionKind[] = [
  'restart',
  'resume',
  'abort',
  'details',
  'mute',
  'unmute',
  'take',
  'confirm',
  'cancel',
  'open',
];

/** Names what can be pressed, for Slack: `alert.restart`. */
export function alertActionId(kind: AlertActionKind): string {
  return prefix + kind;
}

/** Reads the name back; absent when it is none of an alert's. */
export function readAlertActionId(id: string): AlertActionKind | undefined {
  return kinds.find((kind) => alertActionId(kind) === id);
}

/** Tells whether an id belongs to an alert. */
export function isOfAlert(id: string): boolean {
  return id.startsWith(prefix);
}

/** A span of silence somebody chose for an incident. */
export interface MuteChoice {
  readonly span: MuteSpan;
  readonly incidentId: string;
}

/** The spans of silence that are offered, the shortest first. */
export const muteSpans: readonly MuteSpan[] = ['hour', 'day', 'cause'];

/** Writes a span of silence for a menu; absent when the id is too long for one. */
export function writeMute({ span, incidentId }: MuteChoice): string | undefined {
  const written = `${span}.${incidentId}`;
  return written.length <= 75 ? written : undefined;
}

/** Reads it back; absent when it was not written by us. */
export function readMute(value: string | undefined): MuteChoice | undefined {
  const [, word, incidentId] = /^([a-z]+)\.(.+)$/s.exec(value ?? '') ?? [];
  const span = muteSpans.find((one) => one === word);
  return span === undefined || incidentId === undefined ? undefined : { span, incidentId };
}
