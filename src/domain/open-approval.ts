/** The open approval that keeps a command from answering an activity, as the person who asked is told of it. */
export interface OpenApproval {
  readonly code: string;
  /** The channel of its card; absent for a direct message, and while it is not posted. */
  readonly channel?: string;
  /** Whether its workflow has said which activity it is for. */
  readonly isActivityKnown: boolean;
}
