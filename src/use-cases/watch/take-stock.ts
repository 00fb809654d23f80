import type { DeliverySubject } from '../../domain/delivery.js';
import { type MissingCardReason, missingCardReasons } from '../../domain/without-card.js';
import type { Context } from '../context.js';
import { goThroughCards } from './watch-cards.js';

/** How much of everything there is. */
export interface Gauges {
  readonly outbox: readonly {
    readonly kind: DeliverySubject['kind'];
    readonly pending: number;
    /** For how long the first of them has been due; 0 if none is. */
    readonly oldestDueMs: number;
  }[];
  readonly withoutCard: readonly {
    readonly reason: MissingCardReason['kind'];
    readonly approvals: number;
  }[];
  readonly systems: readonly {
    readonly system: string;
    readonly approvals: number;
    readonly alerts: number;
  }[];
}

const kinds = [
  'card',
  'digest',
  'notice',
  'alert',
  'follow-up',
] as const satisfies readonly DeliverySubject['kind'][];

/** Counts what waits: messages by kind, approvals without a card by reason, and what is open by system. */
export async function collectGauges(
  context: Pick<Context, 'store' | 'policy' | 'now' | 'backends'>,
): Promise<Gauges> {
  const { store, backends, now } = context;
  const outbox = await store.countOutbox();
  const without = new Map<MissingCardReason['kind'], number>();
  for await (const { why } of goThroughCards(context))
    without.set(why.kind, (without.get(why.kind) ?? 0) + 1);
  const systems = [];
  for (const system of backends.keys()) {
    const approvals = (await store.listTracked(system)).length;
    systems.push({ system, approvals, alerts: (await store.listOpenIncidents(system)).length });
  }
  return {
    systems,
    outbox: kinds.map((kind) => {
      const { pending = 0, oldestDueAtMs = now() } = outbox.find((one) => one.kind === kind) ?? {};
      return { kind, pending, oldestDueMs: Math.max(0, now() - oldestDueAtMs) };
    }),
    withoutCard: missingCardReasons.map((reason) => ({ reason, approvals: without.get(reason) ?? 0 })),
  };
}
