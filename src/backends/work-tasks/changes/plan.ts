import type { CallName, Sent } from '../http/client.js';
import type { RepositorySettings, WorkTasksSecrets, WorkTasksServer } from '../settings.js';

/** The call that makes a change, or why it is not even sent. */
export type Plan =
  | {
      readonly kind: 'send';
      readonly call: CallName;
      /** Keys spelt as AVEVA prints them. */
      readonly body: Sent;
      /** What is in the body and must not be repeated anywhere. */
      readonly confidential: readonly string[];
    }
  | RefusedPlan;

/** A change that the settings or the person forbid. */
export interface RefusedPlan {
  readonly kind: 'refused';
  readonly reason: 'not-sendable';
  readonly said: string;
}

/** What plans depend on. */
export interface PlanContext {
  readonly server: WorkTasksServer;
  readonly repository: RepositorySettings;
  readonly secrets: WorkTasksSecrets;
}
