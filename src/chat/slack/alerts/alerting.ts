import type { webApi } from '@slack/bolt';
import type { AlertService } from '../../../ports/alert-desk.js';
import type { Asker } from '../../../ports/command-desk.js';
import type { Log } from '../../../ports/log.js';
import type { RenderContext } from '../messages/wording.js';
import type { Rendered } from '../views/approval-card.js';

/** What every handler of a press on an alert stands on. */
export interface AlertHandlerContext {
  readonly service: AlertService;
  readonly client: webApi.WebClient;
  readonly privateMessages: PrivateMessages;
  readonly log: Log;
  readonly newId: () => string;
  readonly renderContext: RenderContext;
}

/** Tells one person something for their eyes only; false when no way was open. Never throws. */
export interface PrivateMessages {
  /** `replaces`: whether it takes the place of what was pressed. */
  say(asker: Asker, text: string, how?: { readonly replaces?: boolean }): Promise<boolean>;
  /** Shows a message with buttons; the plain form is for when Slack finds fault with the real one. */
  show(asker: Asker, shown: { readonly rendered: Rendered; readonly plain: Rendered }): Promise<boolean>;
}
