import type { webApi } from '@slack/bolt';
import type { Log } from '../../../ports/log.js';
import { replyPrivately } from '../calls/reply-privately.js';
import type { Rendered } from '../views/approval-card.js';
import { plainSection, section } from '../views/blocks.js';
import type { PrivateMessages } from './alerting.js';

/** Creates the private side of alerts: through the press's own address, else where the alert is. */
export function createPrivateMessages(options: {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly timeoutMs?: number;
}): PrivateMessages {
  const replying = { timeoutMs: 5_000, ...options };
  return {
    say(asker, text, { replaces = false } = {}) {
      const rendered: Rendered = { text, blocks: [section([text])] };
      const plain: Rendered = { text, blocks: [plainSection(text)] };
      return replyPrivately(replying, asker, { rendered, plain, replaces, mayFade: true });
    },
    show: (asker, shown) => replyPrivately(replying, asker, { ...shown, replaces: false, mayFade: true }),
  };
}
