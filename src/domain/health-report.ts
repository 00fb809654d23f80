import type { Approval } from './approval.js';
import type { DeliverySubject } from './delivery.js';
import type { PersonId } from './person.js';
import type { Target } from './rules.js';
import type { MissingCardReason } from './without-card.js';

/** How the bot and everything around it stand, for whoever runs it; only what the asker may know of. */
export interface HealthReport {
  readonly systems: readonly SystemHealth[];
  /** Open approvals nobody can decide from a card; those that need a person most come first. */
  readonly withoutCard: readonly {
    readonly approval: Approval;
    readonly label: string;
    readonly why: MissingCardReason;
  }[];
  /** Messages that are wanted and not shown, by kind; kinds without any are left out. */
  readonly outbox: readonly {
    readonly kind: DeliverySubject['kind'];
    readonly pending: number;
    /** For how long the first of them has been due. */
    readonly oldestDueMs: number;
  }[];
  /** Alerts about failed workflows that stand. */
  readonly incidents: readonly {
    readonly code: string;
    readonly label: string;
    readonly definition: string;
    readonly unresolved: number;
  }[];
  /** Places the bot cannot post to. */
  readonly lostPlaces: readonly { readonly target: Target; readonly sinceMs: number }[];
  /** Approvers who have no name in a system their rule speaks of. */
  readonly unmapped: readonly Unmapped[];
}

/** How it stands with one system. */
export interface SystemHealth {
  readonly label: string;
  /** When it last answered; absent if it never has. */
  readonly respondedAtMs?: number;
  /** Since when it gives no answer, and how many looks that were; absent while it answers. */
  readonly silence?: { readonly sinceMs: number; readonly polls: number };
  /** Whether the bot tells of workflows that fail there. */
  readonly hasAlerts: boolean;
}

/** Approvers of one rule whom nobody can recognise in one system. */
export interface Unmapped {
  readonly rule: string;
  readonly label: string;
  readonly people: readonly PersonId[];
}
