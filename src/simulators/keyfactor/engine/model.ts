/** The six states Command names; a finished run is `Complete`, `Rejected` or `CanceledForRestart`. */
export type InstanceStatus =
  | 'CanceledForRestart'
  | 'Complete'
  | 'Failed'
  | 'Rejected'
  | 'Running'
  | 'Suspended';

/** Free-form values of a run; the server promises nothing about keys or value types. */
export type DataBag = Readonly<Record<string, unknown>>;

/** Who may answer a Require Approval step, and how many different identities have to. */
interface ApprovalRule {
  readonly roles: readonly string[];
  /** Tokens such as `$(ownerrole)`, each replaced at run time by the role that data key names. */
  readonly roleTokens: readonly string[];
  readonly minimumApprovals: number;
}

/** One node of a definition's graph. */
export interface Step {
  readonly id: string;
  readonly uniqueName: string;
  readonly displayName: string;
  readonly extensionName: string;
  readonly enabled: boolean;
  readonly configuration: DataBag;
  /** A step is skipped when one of its conditions is not "True". */
  readonly conditions: readonly { readonly id: string; readonly value: string }[];
  /** Edges of the graph; the engine follows `continue`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly approval: ApprovalRule | null;
  /** The run stays `Running` here until a hand advances it. */
  readonly pauses: boolean;
  /** What a run that reaches this step fails with; null where it does not fail. */
  readonly failsWith: string | null;
}

/** A signal the current step has counted. */
export interface ReceivedSignal {
  readonly identity: string;
  readonly approved: boolean;
  readonly comment: string;
}

/** One run of a definition, as a value: every change makes a new one. */
export interface Instance {
  readonly id: string;
  readonly referenceId: number;
  readonly definitionId: string;
  /** Kept from the start, whatever is published later. */
  readonly definitionVersion: number;
  readonly title: string;
  readonly initiator: string;
  readonly status: InstanceStatus;
  readonly statusMessage: string | null;
  readonly stepName: string;
  readonly startedAt: number;
  readonly modifiedAt: number;
  readonly initialData: DataBag;
  readonly stateData: DataBag;
  /** Signals counted at the current step only. */
  readonly received: readonly ReceivedSignal[];
}

/** Finds a step by the name other steps and signal keys use for it. */
export function stepNamed(steps: readonly Step[], uniqueName: string | undefined): Step | undefined {
  return steps.find((step) => step.uniqueName === uniqueName);
}
