/** How many calls the simulated workspace lets through. */
export interface RateLimitSettings {
  /** Messages one channel takes at once before it falls back to one per second. */
  readonly burst: number;
  /** Calls per minute by method, where they should differ from Slack's published tiers. */
  readonly perMinute: Readonly<Record<string, number>>;
}

const tierPerMinute: Readonly<Record<string, number>> = {
  'chat.update': 50,
  'chat.delete': 50,
  'chat.postEphemeral': 100,
  'views.open': 100,
  'views.push': 100,
  'views.update': 100,
  'views.publish': 100,
  'conversations.info': 50,
  'conversations.open': 50,
  'conversations.list': 20,
  'conversations.members': 100,
  'users.info': 100,
  'users.list': 20,
  'users.lookupByEmail': 50,
  'usergroups.list': 20,
  'usergroups.users.list': 20,
  'team.info': 50,
  'apps.connections.open': 50,
};

/** Counts calls and says when one came too early. */
export interface RateLimits {
  /** Takes one call out of its allowance; returns whole seconds to wait when there was none left. */
  take(method: string, channel: string | undefined): number | undefined;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/**
 * Creates the allowances: one message per second and channel with a burst, and a tier per minute for every
 * other method (https://docs.slack.dev/apis/web-api/rate-limits).
 */
export function createRateLimits(options: {
  readonly settings: 'off' | RateLimitSettings;
  readonly now: () => number;
}): RateLimits {
  const { settings, now } = options;
  const buckets = new Map<string, Bucket>();
  const drain = (key: string, capacity: number, perSecond: number) => {
    const bucket = buckets.get(key) ?? { tokens: capacity, filledAtMs: now() };
    const elapsedMs = Math.max(0, now() - bucket.filledAtMs);
    bucket.tokens = Math.min(capacity, bucket.tokens + (elapsedMs / 1000) * perSecond);
    bucket.filledAtMs = now();
    buckets.set(key, bucket);
    // Fractions of a refill add up to 0.999…; without the allowance an honest wait of one second is refused.
    if (bucket.tokens < 1 - 1e-6) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond - 1e-6));
    bucket.tokens -= 1;
    return undefined;
  };
  return {
    take(method, channel) {
      if (settings === 'off') return undefined;
      const tier = settings.perMinute[method];
      if (tier !== undefined) return drain(method, tier, tier / 60);
      if (method === 'chat.postMessage') return drain(`${method} ${channel ?? ''}`, settings.burst, 1);
      const published = tierPerMinute[method];
      return published === undefined ? undefined : drain(method, published, published / 60);
    },
  };
}
