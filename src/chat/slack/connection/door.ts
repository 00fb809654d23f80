import type { App, Receiver } from '@slack/bolt';

/** Where clicks come in. */
export interface Door {
  readonly receiver: Receiver;
  /** Lets clicks in; gives the port where there is one. */
  open(app: App): Promise<{ port?: number }>;
  /** Lets nothing new in, as far as that can be done while what is under way is still acknowledged. */
  shut(): Promise<void>;
  /** Closes for good. */
  close(): Promise<void>;
}
