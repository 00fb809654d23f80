import { type Approval, decisionOf, type Requirement, type Vote } from './approval.js';
import type { Card, MissingCardReason } from './card.js';
import type { Change, ChangeRecord, MayRun, OpenApproval, StartableWorkflow } from './change.js';
import type { UsageProblem, Verb } from './commands.js';
import type { AlertRoute, Mute } from './incident.js';
import type { Definition, Fault, Instance, InstanceRef } from './instance.js';
import type { DeliverySubject } from './notification.js';
import { isSamePerson, type Person, type PersonId } from './person.js';
import type { ApproverRule, MayDecide, Target } from './policy.js';

/** How the bot and everything around it stand, for whoever runs it; only what the asker may know of. */
export interface HealthReport {
  readonly systems: readonly SystemHealth[];
  /** Since when decisions are held, because the store is older than its last anchor; absent where none are. */
  readonly restoreHeldSinceMs?: number;
  /** Open approvals nobody can decide from a card; those that need a person most come first. */
  readonly withoutCard: readonly {
    readonly approval: Approval;
    readonly label: string;
    readonly why: MissingCardReason;
  }[];
  /** Messages that are wanted and not shown, by kind; kinds without any are left out. */
  readonly outbox: readonly {
    readonly kind: DeliverySubject['kind'];
    readonly pending: number;
    /** For how long the first of them has been due. */
    readonly oldestDueMs: number;
  }[];
  /** Alerts about failed workflows that stand. */
  readonly incidents: readonly {
    readonly code: string;
    readonly label: string;
    readonly definition: string;
    readonly unresolved: number;
    /** Set while its alert is wanted and no message shows it. */
    readonly isUnshown?: true;
  }[];
  /** Places the bot cannot post to. */
  readonly lostPlaces: readonly { readonly target: Target; readonly sinceMs: number }[];
  /** Approvers who have no name in a system their rule speaks of. */
  readonly unmapped: readonly Unmapped[];
}

/** How it stands with one system. */
export interface SystemHealth {
  readonly label: string;
  /** When it last answered; absent if it never has. */
  readonly respondedAtMs?: number;
  /** Since when it gives no answer, and how many looks that were; absent while it answers. */
  readonly silence?: { readonly sinceMs: number; readonly polls: number; readonly fault?: Fault };
  /** Whether the bot tells of workflows that fail there. */
  readonly hasAlerts: boolean;
}

/** Approvers of one rule whom nobody can recognise in one system. */
interface Unmapped {
  readonly rule: string;
  readonly label: string;
  readonly people: readonly PersonId[];
}

/** Something the bot remembers of a run. */
export type RunEvent =
  | { readonly kind: 'put'; readonly atMs: number; readonly approval: Approval }
  | { readonly kind: 'vote'; readonly atMs: number; readonly vote: Vote }
  | { readonly kind: 'ended'; readonly atMs: number; readonly approval: Approval }
  | { readonly kind: 'change'; readonly atMs: number; readonly record: ChangeRecord };

/** Puts what is remembered of a run into one order, oldest first. */
export function runHistory(
  approvals: readonly { readonly approval: Approval; readonly votes: readonly Vote[] }[],
  changes: readonly ChangeRecord[],
): readonly RunEvent[] {
  const inbound = changes.flatMap((record): readonly RunEvent[] =>
    record.confirmedAtMs === undefined ? [] : [{ kind: 'change', atMs: record.confirmedAtMs, record }],
  );
  const events = [...approvals.flatMap(eventsOf), ...inbound];
  return events.sort((a, b) => a.atMs - b.atMs);
}

function eventsOf({
  approval,
  votes,
}: {
  readonly approval: Approval;
  readonly votes: readonly Vote[];
}): readonly RunEvent[] {
  const { state, waitingSinceMs } = approval;
  // A denial is no vote towards a quorum: only the decision tells of it.
  const decided = decisionOf(state)?.votes ?? [];
  const more = decided.filter((one) => !votes.some((vote) => isSameVote(vote, one)));
  return [
    { kind: 'put', atMs: waitingSinceMs, approval },
    ...[...votes, ...more].map((vote) => ({ kind: 'vote', atMs: vote.atMs, vote }) as const),
    ...(state.kind === 'ended' ? [{ kind: 'ended', atMs: state.atMs, approval } as const] : []),
  ];
}

function isSameVote(a: Vote, b: Vote): boolean {
  return isSamePerson(a.person, b.person) && a.atMs === b.atMs;
}

/**
 * What any command may be answered with, privately, in domain words; the chat decides how it reads.
 *
 * What one verb shows is declared beside what it does, in `use-cases/commands`.
 */
export type CommonReply =
  | { readonly kind: 'help'; readonly about?: string }
  | { readonly kind: 'unknown-verb'; readonly typed: string; readonly near?: Verb }
  | { readonly kind: 'usage'; readonly verb: Verb; readonly problem: UsageProblem }
  /** Several runs fit what was typed: one has to be chosen. */
  | { readonly kind: 'ambiguous'; readonly typed: string; readonly rows: readonly Row[] }
  | { readonly kind: 'not-found'; readonly typed: string; readonly silent: readonly string[] }
  /** Retention has removed what was named. */
  | { readonly kind: 'removed'; readonly what: 'approval' | 'receipt'; readonly removedAtMs: number }
  /** What a change would do; nothing happens before it is confirmed. */
  | {
      readonly kind: 'proposal';
      readonly record: ChangeRecord;
      readonly now?: Instance;
      readonly isAllowed: boolean;
      /** What else to know before it is confirmed. */
      readonly note?: string;
    }
  /** How a change stands or ended; said again when it has ended. */
  | { readonly kind: 'change'; readonly record: ChangeRecord }
  /** A command would answer or go around what an open approval asks people; nothing was proposed. */
  | {
      readonly kind: 'approval-open';
      readonly instance: InstanceRef;
      /** Which it would answer; absent for a restart with another version. */
      readonly activityId?: string;
      readonly approval: OpenApproval;
    }
  | {
      readonly kind: 'not-allowed';
      readonly verb: Verb;
      readonly why: Exclude<MayRun, { kind: 'yes' }>;
    }
  | {
      readonly kind: 'unsupported';
      readonly verb: Verb;
      readonly label: string;
      readonly offers: readonly Verb[];
    }
  | {
      readonly kind: 'bad-value';
      /** Of what was typed; `execute` where it is not told. */
      readonly verb?: Verb;
      readonly name: string;
      readonly typed: string;
      readonly expected: string;
    }
  | { readonly kind: 'unreachable'; readonly label: string; readonly fault?: Fault }
  /** An invitation to link an account; `username` is the one that is linked already. */
  | {
      readonly kind: 'link';
      readonly system: string;
      readonly label: string;
      readonly requestId: string;
      readonly username?: string;
      /** The command needs it, and nothing was done without. */
      readonly isNeeded?: true;
    }
  /** Off in shadow mode; nothing was done. */
  | { readonly kind: 'shadow-off' }
  | { readonly kind: 'person-not-checked' }
  | { readonly kind: 'broke'; readonly ref: string };

/** One run in a list. */
export interface Row {
  readonly code: string;
  readonly instance: Instance;
  readonly label: string;
}

/** One approval in a list. */
export interface ApprovalRow {
  readonly card: Card;
  /** The channel of its card; absent for a direct message, and while it is not posted. */
  readonly channel?: string;
}

/** One recipe in a list. */
export interface DefinitionRow {
  readonly definition: Definition;
  readonly label: string;
  readonly system: string;
}

/** A workflow somebody may start, and what people call its system. */
export interface StartOption {
  readonly startable: StartableWorkflow;
  readonly label: string;
}

/** Where a run stands, and what can be done next. */
export interface StatusReport extends Row {
  readonly link?: string;
  /** What the system takes in this state. */
  readonly allowed: readonly Change['kind'][];
  /** The latest approval the bot knows of it. */
  readonly approval?: Approval;
  readonly requirement?: Requirement;
  /** Who may still decide, having not voted; absent where nothing waits for a decision here. */
  readonly canAct?: readonly PersonId[];
  readonly history: readonly RunEvent[];
}

/** Which rules routed a run, and who may act on it. */
export interface WhyReport extends Row {
  readonly routeName?: string;
  readonly targets: readonly string[];
  readonly rule?: ApproverRule;
  /** Of each approver the rule names, and each delegate, whether they may decide, and if not, why not. */
  readonly people: readonly {
    readonly person: Person;
    readonly may: MayDecide;
    /** Set while they are away. */
    readonly awayUntilMs?: number;
  }[];
  /** The same for whoever asks. */
  readonly asker: MayDecide;
  /** Set where retention has removed what people decided about it. */
  readonly removedAtMs?: number;
  /** Absent while alerts are off. */
  readonly failures?: FailureReport;
}

/** Where the failure of a run is told, or would be told. */
export interface FailureReport {
  readonly hasFailed: boolean;
  readonly route: AlertRoute;
  /** Who does not want to hear of it, and until when. */
  readonly mute?: Mute;
}

/** What the bot knows about a person. */
export interface WhoReport {
  readonly person: Person;
  /** System label → names there. */
  readonly identities: readonly { readonly label: string; readonly names: readonly string[] }[];
  /** Accounts they have linked, and systems where they still can. */
  readonly links?: readonly { readonly label: string; readonly system: string; readonly username?: string }[];
  readonly approverRules: readonly string[];
  readonly operatorRules: readonly { readonly name: string; readonly verbs: readonly Verb[] }[];
}
