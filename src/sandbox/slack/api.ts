import { type ApiMethod, type ApiMethods, type JsonObject, SlackRefusal, textAt } from './api-method.js';
import type { FaultPlan } from './faults.js';
import type { AppIdentity, World } from './world.js';

/** A Web API call with its arguments read. */
interface IncomingCall {
  readonly method: string;
  readonly args: JsonObject;
  readonly authorization: string | undefined;
}

/** What comes back: an answer, a request left hanging, or a torn connection. */
export type CallResponse =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: JsonObject | string;
      readonly headers: Readonly<Record<string, string>>;
      readonly outcome: string;
    }
  | { readonly kind: 'hang'; readonly outcome: string }
  | { readonly kind: 'drop'; readonly outcome: string };

/** Answers one call: planned faults first, then token, scope and rate, then the method itself. */
export function respondToCall(world: World, methods: ApiMethods, call: IncomingCall): CallResponse {
  const planned = world.faults.take(call.method, call.args);
  const before = planned === undefined ? undefined : faultBeforeEffect(planned);
  if (before !== undefined) return before;
  const result = ordinaryResponse(world, methods, call);
  if (planned?.fault === 'timeout-after-effect') return { kind: 'hang', outcome: planned.fault };
  if (planned?.fault === 'drop-after-effect') return { kind: 'drop', outcome: planned.fault };
  return result;
}

function faultBeforeEffect(plan: FaultPlan): CallResponse | undefined {
  switch (plan.fault) {
    case 'timeout-after-effect':
    case 'drop-after-effect':
      return undefined;
    case 'timeout-before-effect':
      return { kind: 'hang', outcome: plan.fault };
    case 'drop-connection':
      return { kind: 'drop', outcome: plan.fault };
    case 'http-500':
      return { kind: 'answer', status: 500, body: 'internal error', headers: {}, outcome: plan.fault };
    case 'ratelimited':
      return tooMany(plan.retryAfterS ?? 1);
    default:
      return refused(new SlackRefusal(plan.fault));
  }
}

function ordinaryResponse(world: World, methods: ApiMethods, call: IncomingCall): CallResponse {
  try {
    const method = Object.hasOwn(methods, call.method) ? methods[call.method] : undefined;
    if (method === undefined) throw new SlackRefusal('unknown_method', { req_method: call.method });
    checkToken(world.settings.app, method, call);
    const channel = call.args.channel;
    const waitS = world.rateLimits.take(call.method, typeof channel === 'string' ? channel : undefined);
    if (waitS !== undefined) return tooMany(waitS);
    const body = { ok: true, ...method.run(call.args) };
    return { kind: 'answer', status: 200, body, headers: {}, outcome: 'ok' };
  } catch (error) {
    if (error instanceof SlackRefusal) return refused(error);
    throw error;
  }
}

function refused(refusal: SlackRefusal): CallResponse {
  const body = { ok: false, error: refusal.code, ...refusal.details };
  return { kind: 'answer', status: 200, body, headers: {}, outcome: refusal.code };
}

function tooMany(retryAfterS: number): CallResponse {
  return {
    kind: 'answer',
    status: 429,
    body: { ok: false, error: 'ratelimited' },
    headers: { 'retry-after': String(retryAfterS) },
    outcome: 'ratelimited',
  };
}

/** One call the app made, for tests to look at; tokens are left out. */
export interface Call {
  /** A Web API method, or `response_url`. */
  readonly method: string;
  readonly args: JsonObject;
  readonly atMs: number;
  /** `ok`, the error code, or the fault that hit it. */
  readonly outcome: string;
}

/**
 * Lets a call pass whose token and scopes fit the method.
 *
 * Throws `not_authed`, `invalid_auth`, `not_allowed_token_type`, or `missing_scope` with what was needed and
 * what the app has. An app-level token counts only in the header.
 */
function checkToken(
  app: AppIdentity,
  method: ApiMethod,
  call: { readonly authorization: string | undefined; readonly args: JsonObject },
): void {
  if (method.token === 'none') return;
  const inHeader = /^Bearer (.+)$/i.exec(call.authorization ?? '')?.[1];
  const given = inHeader ?? (method.token === 'bot' ? textAt(call.args, 'token') : undefined);
  if (given === undefined) throw new SlackRefusal('not_authed');
  if (given !== app.botToken && given !== app.appToken) throw new SlackRefusal('invalid_auth');
  const wanted = method.token === 'app' ? app.appToken : app.botToken;
  if (given !== wanted) throw new SlackRefusal('not_allowed_token_type');
  const { scopes = [] } = method;
  if (scopes.length > 0 && !scopes.some((scope) => app.scopes.includes(scope))) {
    throw new SlackRefusal('missing_scope', { needed: scopes.join(','), provided: app.scopes.join(',') });
  }
}
