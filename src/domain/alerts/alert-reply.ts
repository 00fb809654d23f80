import type { MayRun } from '../change.js';
import type { ChangeRecord } from '../change-record.js';
import type { Verb } from '../verb.js';
import type { Alert, RecoveryAction } from './alert.js';
import type { Incident, Mute } from './incident.js';

/** What a press on an alert is answered with, privately. */
export type AlertReply =
  | { readonly kind: 'taken'; readonly incident: Incident }
  /** Somebody said so before. */
  | { readonly kind: 'taken-before'; readonly incident: Incident }
  | { readonly kind: 'muted'; readonly incident: Incident; readonly mute: Mute }
  | { readonly kind: 'unmuted'; readonly incident: Incident }
  | { readonly kind: 'details'; readonly alert: Alert }
  /** What would be done, to how many runs; nothing happens before it is confirmed. */
  | {
      readonly kind: 'proposal';
      readonly incident: Incident;
      readonly way: RecoveryAction;
      readonly batchId: string;
      readonly records: readonly ChangeRecord[];
      /** How many more runs stand failed than one confirmation covers. */
      readonly more: number;
    }
  /** No run of it stands failed any more. */
  | { readonly kind: 'nothing-failed'; readonly incident: Incident }
  | { readonly kind: 'over'; readonly incident: Incident }
  | { readonly kind: 'unknown-alert' }
  | {
      readonly kind: 'not-allowed';
      readonly verb: Verb;
      readonly why: Exclude<MayRun, { kind: 'yes' }>;
    }
  | { readonly kind: 'person-not-checked' }
  | { readonly kind: 'broke'; readonly ref: string };

/** For how long somebody does not want to hear of a cause: an hour, a day, or, as `cause`, thirty days. */
export type MuteSpan = 'hour' | 'day' | 'cause';
