import type { Outcome } from '../connection.js';

/** What became of a submitted modal. */
export type Submission = Outcome & {
  /**
   * `held-back`: Slack itself refused the input and the app never heard of it. `failed`: not acknowledged, or
   * with an answer Slack cannot use; the modal stays open.
   */
  readonly result: 'closed' | 'errors' | 'updated' | 'pushed' | 'cleared' | 'failed' | 'held-back';
  readonly errors: Readonly<Record<string, string>>;
};
