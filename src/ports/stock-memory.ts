import type { DeliverySubject } from '../domain/delivery.js';
import type { Target } from '../domain/rules.js';
import type { UnshownCard } from '../domain/without-card.js';

/** What is counted for whoever watches the bot; nothing decides by it. */
export interface GaugeRepository {
  /** Counts messages that are wanted and not shown, by kind; kinds without any are left out. */
  countOutbox(): Promise<readonly OutboxCount[]>;
  /** Lists open approvals of which no card is shown, each with the copies that are not. */
  listMissingCards(): Promise<readonly MissingCard[]>;
  /** Lists places where the last thing that was to be said was given up because the place is gone to us. */
  listLostPlaces(): Promise<readonly LostPlace[]>;
}

/** How many messages of a kind are wanted and not shown. */
export interface OutboxCount {
  readonly kind: DeliverySubject['kind'];
  readonly pending: number;
  /** When the first of them falls or fell due. */
  readonly oldestDueAtMs: number;
}

/** An open approval without a card. */
export interface MissingCard {
  readonly approvalId: string;
  readonly copies: readonly UnshownCopy[];
}

/** One copy of a card that is not shown, and where it was to go. */
export interface UnshownCopy extends UnshownCard {
  /** The place as `targetKey` writes it. */
  readonly place: string;
  /** Whether it was shown there before. */
  readonly wasShown: boolean;
}

/** A place that cannot be posted to. */
export interface LostPlace {
  readonly target: Target;
  readonly sinceMs: number;
}
