import type { RawBuilder } from 'kysely';
import { type Target, targetKey } from '../../../domain/rules.js';

/** Makes the row of something to be said that was never said before. */
export function newRow(what: {
  readonly subject: string;
  readonly target: Target;
  readonly priority: number;
  readonly now: RawBuilder<number> | number;
}) {
  return {
    subject: what.subject,
    target: targetKey(what.target),
    target_body: JSON.stringify(what.target),
    is_adopted: 0,
    status: 'pending',
    priority: what.priority,
    shown_version: 0,
    wanted_at_ms: what.now,
    due_at_ms: what.now,
    attempts: 0,
    may_have_posted: 0,
  } as const;
}
