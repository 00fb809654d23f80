/** Whether one thing the bot needs is there. */
export interface ReadinessCheck {
  /** `store`, `chat`, or `system:` and the name of a system. */
  readonly name: string;
  readonly isOk: boolean;
  /** How it stands, in a few words for an operator; no secret, nothing of a request. */
  readonly detail: string;
}

/** Looks at everything the bot needs; never rejects. */
export type CheckReadiness = () => Promise<readonly ReadinessCheck[]>;
