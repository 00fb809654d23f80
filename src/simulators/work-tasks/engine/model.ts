/** Where an execution stands, in the vendor's two letters. */
export type ExecutionStatus = 'EP' | 'EX' | 'SL' | 'FN' | 'FE' | 'AB' | 'PA';

/** Where one activity of an execution stands: executing, sleeping, completed, killed or paused. */
export type ActivityStatus = 'E' | 'S' | 'C' | 'K' | 'U';

/** Something in the inbox of one person. Its id is not the `executiondetailsid`. */
export interface WorkItem {
  readonly id: number;
  /** `provider::id` of the person it is shown to. */
  readonly actor: string;
  readonly isOpen: boolean;
}

/** One run of one activity. An activity that is entered again gets a new one. */
export interface ActivityRun {
  readonly executionDetailsId: number;
  readonly name: string;
  readonly status: ActivityStatus;
  /** The output that was named last; also set while it sleeps on after a mere warning. */
  readonly output: string | null;
  readonly user: string | null;
  readonly data: string | null;
  readonly workItems: readonly WorkItem[];
}

/** What a variable holds. */
export type VariableValue = string | number | boolean | null | readonly (string | number)[];

/** A variable of a workflow or an execution. */
export interface Variable {
  readonly id: string | null;
  readonly name: string;
  readonly type: string;
  readonly value: VariableValue;
}

/** One execution of a workflow. */
export interface Execution {
  /** Counted per repository, so two repositories have executions with the same id. */
  readonly id: number;
  readonly repository: string;
  readonly workflow: string;
  readonly version: number;
  readonly status: ExecutionStatus;
  /** What the designer's Change Workflow Status activity wrote last. */
  readonly statusText: string | null;
  readonly error: string | null;
  readonly initiator: string;
  /** Whether a service token started it; then nothing can be assigned to its initiator. */
  readonly isStartedByService: boolean;
  readonly data: string | null;
  readonly variables: readonly Variable[];
  readonly runs: readonly ActivityRun[];
  /** The activity to be entered next; null at the end. */
  readonly nextActivity: string | null;
  readonly startedAt: number;
  readonly modifiedAt: number;
}

/** Names an execution. */
export type ExecutionRef = Pick<Execution, 'repository' | 'id'>;
