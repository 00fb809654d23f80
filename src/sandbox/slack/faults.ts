import type { JsonObject } from './api-method.js';

/**
 * What goes wrong: `ratelimited`, `http-500`, `timeout-before-effect` (never answered, nothing happened),
 * `timeout-after-effect` (happened, never answered), `drop-connection` (nothing happened),
 * `drop-after-effect`, or any error code of the Web API.
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
}

/** A planned fault, to see how much of it is left and to call it off. */
export interface PlannedFault {
  remaining(): number;
  cancel(): void;
}

/** The faults planned for this workspace. */
export interface Faults {
  plan(plan: FaultPlan): PlannedFault;
  /** Uses up one planned fault that fits the call, the oldest first. */
  take(method: string, args: JsonObject): FaultPlan | undefined;
}

/** Creates a workspace where nothing goes wrong yet. */
export function createFaults(): Faults {
  const plans: { readonly plan: FaultPlan; left: number }[] = [];
  return {
    plan(plan) {
      const entry = { plan, left: plan.times ?? 1 };
      plans.push(entry);
      return {
        remaining: () => entry.left,
        cancel() {
          entry.left = 0;
        },
      };
    },
    take(method, args) {
      const entry = plans.find(({ plan, left }) => left > 0 && fits(plan, method, args));
      if (entry === undefined) return undefined;
      entry.left -= 1;
      return entry.plan;
    },
  };
}

function fits(plan: FaultPlan, method: string, args: JsonObject): boolean {
  if (plan.method !== '*' && plan.method !== method) return false;
  if (plan.channel !== undefined && plan.channel !== args.channel) return false;
  return plan.when === undefined || plan.when(args);
}
