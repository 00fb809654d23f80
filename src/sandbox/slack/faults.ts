import type { JsonObject } from './api-method.js';

/**
 * What goes wrong: `ratelimited`, `http-500`, `timeout-before-effect` (never answered, nothing happened),
 * `timeout-after-effect` (happened, never answered), `drop-connection` (nothing happened),
 * `drop-after-effect`, `response` (nothing happened, and the plan says what comes back), or any error code of the
 * Web API.
 */
type Fault = string;

/** Which calls go wrong, how and how often. */
export interface FaultPlan {
  /** A Web API method, `response_url`, or `*` for all of them. */
  readonly method: string;
  readonly fault: Fault;
  /** How many calls; once when left out. */
  readonly times?: number;
  readonly channel?: string;
  readonly when?: (args: JsonObject) => boolean;
  /** For `ratelimited`; one second when left out. */
  readonly retryAfterS?: number;
  /** For `response`: whatever stands between Slack and the app may say. */
  readonly response?: PlannedResponse;
}

/** A response letter by letter. */
interface PlannedResponse {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A planned fault, to see how much of it is left and to call it off. */
export interface PlannedFault {
  remaining(): number;
  cancel(): void;
}

/** The faults planned for this workspace. */
export class Faults {
  readonly #plans: { readonly plan: FaultPlan; left: number }[] = [];

  plan(plan: FaultPlan): PlannedFault {
    const entry = { plan, left: plan.times ?? 1 };
    this.#plans.push(entry);
    const cancel = () => {
      entry.left = 0;
    };
    return { remaining: () => entry.left, cancel };
  }

  /** Uses up one planned fault that fits the call, the oldest first. */
  take(method: string, args: JsonObject): FaultPlan | undefined {
    const entry = this.#plans.find(({ plan, left }) => left > 0 && fits(plan, method, args));
    if (entry !== undefined) entry.left -= 1;
    return entry?.plan;
  }
}

function fits({ method, channel, when }: FaultPlan, called: string, args: JsonObject): boolean {
  if (method !== '*' && method !== called) return false;
  return (channel === undefined || channel === args.channel) && (when === undefined || when(args));
}

/** How many calls the simulated workspace lets through. */
export interface RateLimitSettings {
  /** Messages one channel takes at once before it falls back to one per second. */
  readonly burst: number;
  /** Calls per minute by method, where they should differ from Slack's published tiers. */
  readonly perMinute: Readonly<Record<string, number>>;
}

const tiers: Readonly<Record<number, string>> = {
  20: 'conversations.list users.list usergroups.list usergroups.users.list',
  50: 'chat.update chat.delete conversations.info conversations.open users.lookupByEmail team.info apps.connections.open',
  100: 'chat.postEphemeral views.open views.push views.update views.publish conversations.members users.info',
};

const tierPerMinute: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(tiers).flatMap(([tier, methods]) => methods.split(' ').map((name) => [name, Number(tier)])),
);

/**
 * Counts calls and says when one came too early: one message per second and channel with a burst, and a tier per
 * minute for every other method (https://docs.slack.dev/apis/web-api/rate-limits).
 */
export class RateLimits {
  readonly #buckets = new Map<string, { tokens: number; filledAtMs: number }>();
  readonly #settings: 'off' | RateLimitSettings;
  readonly #now: () => number;

  constructor(settings: 'off' | RateLimitSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Takes one call out of its allowance; returns whole seconds to wait when there was none left. */
  take(method: string, channel: string | undefined): number | undefined {
    if (this.#settings === 'off') return undefined;
    const { perMinute, burst } = this.#settings;
    const isMessage = method === 'chat.postMessage' && perMinute[method] === undefined;
    if (isMessage) return this.#drain(`${method} ${channel ?? ''}`, burst, 1);
    const tier = perMinute[method] ?? tierPerMinute[method];
    return tier === undefined ? undefined : this.#drain(method, tier, tier / 60);
  }

  #drain(key: string, capacity: number, perSecond: number): number | undefined {
    const nowMs = this.#now();
    const { tokens, filledAtMs } = this.#buckets.get(key) ?? { tokens: capacity, filledAtMs: nowMs };
    const refill = (Math.max(0, nowMs - filledAtMs) / 1000) * perSecond;
    const filled = Math.min(capacity, tokens + refill);
    // Fractions of a refill add up to 0.999…; without the allowance an honest wait of one second is refused.
    const isEmpty = filled < 1 - 1e-6;
    this.#buckets.set(key, { tokens: isEmpty ? filled : filled - 1, filledAtMs: nowMs });
    return isEmpty ? Math.max(1, Math.ceil((1 - filled) / perSecond - 1e-6)) : undefined;
  }
}
