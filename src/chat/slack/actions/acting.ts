import type { webApi } from '@slack/bolt';
import type { ApprovalService } from '../../../ports/approval-desk.js';
import type { Log } from '../../../ports/log.js';
import type { Metrics } from '../../../ports/metrics.js';
import type { PrivateReplies } from '../calls/private-answers.js';
import type { RenderContext } from '../messages/wording.js';

/** What every handler of a press or a submission stands on. */
export interface ApprovalHandlerContext {
  readonly service: ApprovalService;
  readonly client: webApi.WebClient;
  readonly privateReplies: PrivateReplies;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly newId: () => string;
  readonly renderContext: RenderContext;
  readonly us: SlackIdentity;
}

/** Who the bot is in Slack. */
export interface SlackIdentity {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId: string;
}

/** Acknowledges a press. */
export type Ack = () => Promise<void>;
