import { SlackRefusal } from '../wire/slack-refusal.js';
import type { Ids } from './ids.js';

const LIFE_MS = 3000;

/** What a trigger stands for: whose screen may change, and the modal it came from. */
interface Trigger {
  readonly member: string;
  readonly viewId?: string;
}

/** Hands out trigger ids and takes them back. */
export interface Triggers {
  mint(trigger: Trigger): string;
  /**
   * Exchanges a trigger id; throws `invalid_trigger_id`, `exchanged_trigger_id` or, three seconds after it was
   * minted, `expired_trigger_id`.
   */
  exchange(id: string): Trigger;
}

/** Creates a trigger book on the given clock. */
export function createTriggers(options: { readonly ids: Ids; readonly now: () => number }): Triggers {
  const known = new Map<string, Trigger & { readonly bornMs: number }>();
  const used = new Set<string>();
  return {
    mint(trigger) {
      const id = `${known.size + 1}.${Math.floor(options.now())}.${options.ids.secret()}`;
      known.set(id, { ...trigger, bornMs: options.now() });
      return id;
    },
    exchange(id) {
      const trigger = known.get(id);
      if (trigger === undefined) throw new SlackRefusal('invalid_trigger_id');
      if (used.has(id)) throw new SlackRefusal('exchanged_trigger_id');
      if (options.now() - trigger.bornMs > LIFE_MS) throw new SlackRefusal('expired_trigger_id');
      used.add(id);
      return trigger;
    },
  };
}
