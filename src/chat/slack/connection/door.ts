import type { App, Receiver } from '@slack/bolt';
import type { WebRoute } from '../../../ports/web.js';

/** Where clicks come in. */
export interface ReceiverConnection {
  readonly receiver: Receiver;
  /** Lets clicks in; gives the address Slack calls, where it is Slack that calls. */
  open(app: App): Promise<WebRoute | undefined>;
  /** Tells whether clicks can come in just now. */
  isOpen(): boolean;
  /** Closes for good. */
  close(): Promise<void>;
}
