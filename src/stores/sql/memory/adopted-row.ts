import type { RawBuilder } from 'kysely';
import type { MessageRef } from '../../../domain/click.js';
import { priorities } from '../../../domain/delivery.js';
import type { Target } from '../../../domain/rules.js';
import { newRow } from './new-row.js';

/** Names the card of an approval, in whatever place. */
export function cardSubject(approvalId: string): string {
  return `card:${approvalId}`;
}

/** A stray copy stands beside the card that was asked for in that channel, under a target key of its own. */
export function adoptedRow(approvalId: string, message: MessageRef, now: RawBuilder<number>) {
  const target: Target = { kind: 'channel', channel: message.channel };
  return {
    ...newRow({ subject: cardSubject(approvalId), target, priority: priorities.staleButtons, now }),
    target: `adopted:${message.channel}:${message.ts}`,
    is_adopted: 1,
    approval_id: approvalId,
    channel: message.channel,
    ts: message.ts,
  };
}
