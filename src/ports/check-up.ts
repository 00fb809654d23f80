/** One thing an operator wants to be sure of before people rely on the bot. */
export interface CheckUp {
  /** What was looked at: `Slack token`, `corp: sees what waits`. */
  readonly name: string;
  /** `unknown` where it cannot be told from here. */
  readonly verdict: 'good' | 'bad' | 'unknown';
  /** What was found; no secret. */
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** What the settings have the bot do, as far as it needs permissions. */
export interface Needed {
  /** Whether a rule lets somebody change workflows there. */
  readonly changes: boolean;
}
