import { defined } from '../shared/language.js';
import type { ChangeRecord, MayRun } from './change.js';
import type { Verb } from './commands.js';
import {
  type AlertPolicy,
  type AlertRoute,
  activeMute,
  type Incident,
  type Mention,
  type Mute,
  routeAlert,
} from './incident.js';

/** What can be done on an alert. */
export type AlertAction =
  | RecoveryAction
  | 'details'
  | 'mute'
  | 'mute-hour'
  | 'unmute'
  | 'take'
  | 'take-over'
  | 'hand-back';

/** What can be done to the runs of an alert that still stand failed. */
export type RecoveryAction = 'restart' | 'resume' | 'abort';

/** Everything an alert tells, in domain words; the chat decides how it looks. */
export interface Alert {
  readonly incident: Incident;
  readonly route: AlertRoute;
  readonly mute?: Mute;
  readonly actions: readonly AlertAction[];
}

/** Puts together what an alert tells now; `takes` are the changes its system takes. */
export function composeAlert(
  incident: Incident,
  context: {
    readonly policy: AlertPolicy;
    readonly mute: Mute | undefined;
    readonly takes: readonly string[];
    readonly nowMs: number;
    /** Set in shadow mode: nothing is done from an alert. */
    readonly isShadow?: boolean;
  },
): Alert {
  const { policy, mute, takes, nowMs, isShadow = false } = context;
  const active = activeMute(mute, nowMs);
  return {
    incident,
    route: routeAlert(incident, policy, nowMs),
    ...defined({ mute: active }),
    actions: isShadow ? ['details'] : actionsOn(incident, takes, active !== undefined),
  };
}

/** A restart makes sense only where something still stands failed; what is aborted cannot go on. */
function actionsOn(incident: Incident, takes: readonly string[], isMuted: boolean): readonly AlertAction[] {
  // The next failure of its kind would be kept quiet, too.
  if (incident.state.kind === 'resolved') return isMuted ? ['details', 'unmute'] : ['details'];
  const canGoOn = incident.failed > 0 && incident.kind === 'failed';
  const ways = (['restart', 'resume'] as const).filter((way) => canGoOn && takes.includes(way));
  const hearing = isMuted ? (['unmute'] as const) : (['mute-hour', 'mute'] as const);
  const owning = incident.owner ? (['hand-back', 'take-over'] as const) : (['take'] as const);
  return [...ways, 'details', ...hearing, ...owning];
}

/** What a press on an alert is answered with, privately. */
export type AlertReply =
  | { readonly kind: 'taken'; readonly incident: Incident }
  /** Somebody said so before. */
  | { readonly kind: 'taken-before'; readonly incident: Incident }
  | { readonly kind: 'handed-back'; readonly incident: Incident }
  /** It is not theirs to hand back. */
  | { readonly kind: 'not-owner'; readonly incident: Incident }
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
  /** Off in shadow mode; nothing was done. */
  | { readonly kind: 'shadow-off' }
  | {
      readonly kind: 'not-allowed';
      readonly verb: Verb;
      readonly why: Exclude<MayRun, { kind: 'yes' }>;
    }
  | { readonly kind: 'person-not-checked' }
  | { readonly kind: 'broke'; readonly ref: string };

/** For how long somebody does not want to hear of a cause: an hour, a day, or, as `cause`, thirty days. */
export type MuteSpan = 'hour' | 'day' | 'cause';

/**
 * What is said in the thread of an alert.
 *
 * `more`: how it has grown; one message that is kept true. `changes`: what became of a restart of one or many,
 * one line each; kept true as well. `resolved`: that it is over. `taken`: who is on it. `call`: whom the rule
 * calls, said late because of quiet hours.
 */
export type FollowUp =
  | { readonly kind: 'more' }
  | { readonly kind: 'changes'; readonly batchId: string }
  | { readonly kind: 'taken' }
  | { readonly kind: 'resolved' }
  | { readonly kind: 'call' };

/** A follow-up with what it speaks of as it is now. */
export type FollowUpContent =
  | { readonly kind: 'more'; readonly incident: Incident }
  | { readonly kind: 'changes'; readonly incident: Incident; readonly records: readonly ChangeRecord[] }
  | { readonly kind: 'taken'; readonly incident: Incident }
  | { readonly kind: 'resolved'; readonly incident: Incident }
  | { readonly kind: 'call'; readonly incident: Incident; readonly mentions: readonly Mention[] };
