import type { Reading } from './dates.js';
import { dayName } from './dates.js';
import type { ShownMessage } from './protocol.js';

/** One line of a conversation as it is drawn, with a key that stays the same while it lives. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly label: string }
  | {
      readonly kind: 'replies';
      readonly key: string;
      readonly ts: string;
      readonly count: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: ShownMessage;
      readonly isReply: boolean;
      /** True when it follows another message of the same person closely and needs no second name and picture. */
      readonly isContinued: boolean;
    };

const continuedWithinMs = 5 * 60_000;
const shortThread = 3;

/**
 * Lays messages out: days apart, replies under their first message, neighbours of one author joined.
 *
 * A short thread is shown at once, a longer one when the person opens it; `toggled` holds the timestamps of
 * threads turned against that rule.
 */
export function layRows(
  messages: readonly ShownMessage[],
  { toggled, reading }: { toggled: ReadonlySet<string>; reading: Reading },
): readonly Row[] {
  const known = new Set(messages.map((message) => message.ts));
  const isReply = (message: ShownMessage): boolean =>
    message.threadTs !== undefined && message.threadTs !== message.ts && known.has(message.threadTs);
  const tops = messages.filter((message) => !isReply(message));
  return tops.flatMap((message, index) => {
    const before = tops[index - 1];
    const label = dayName(message.sentMs, reading);
    const isNewDay = before === undefined || dayName(before.sentMs, reading) !== label;
    const isContinued = !isNewDay && follows(message, before) && before.replyCount === 0;
    const day: readonly Row[] = isNewDay ? [{ kind: 'day', key: `day-${label}`, label }] : [];
    const replies = messages.filter((reply) => isReply(reply) && reply.threadTs === message.ts);
    return [
      ...day,
      { kind: 'message', key: keyOf(message), message, isReply: false, isContinued },
      ...thread(message, replies, toggled),
    ];
  });
}

function thread(
  message: ShownMessage,
  replies: readonly ShownMessage[],
  toggled: ReadonlySet<string>,
): readonly Row[] {
  const count = Math.max(message.replyCount, replies.length);
  if (count === 0) return [];
  const isOpen = replies.length > 0 && replies.length <= shortThread !== toggled.has(message.ts);
  const shown = isOpen ? replies : [];
  return [
    { kind: 'replies', key: `replies-${message.ts}`, ts: message.ts, count, isOpen },
    ...shown.map((reply): Row => {
      return { kind: 'message', key: keyOf(reply), message: reply, isReply: true, isContinued: false };
    }),
  ];
}

function follows(message: ShownMessage, before: ShownMessage): boolean {
  const isClose = message.sentMs - before.sentMs < continuedWithinMs;
  const isPlain = message.blocks.length === 0 && !message.isEphemeral && !before.isEphemeral;
  return isPlain && isClose && message.author === before.author && before.blocks.length === 0;
}

function keyOf(message: ShownMessage): string {
  return `${message.ts}${message.isEphemeral ? '-private' : ''}`;
}
