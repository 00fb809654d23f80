import type { Identity } from '../access/directory.js';
import { holds } from '../access/permissions.js';
import type { PageRequest } from '../queries/paging.js';
import type { Parameters } from '../queries/parameters.js';
import type { Reply } from '../server/reply.js';
import { Refusal } from '../server/reply.js';
import type { ApiVersion } from '../wire/definition-json.js';
import type { World } from '../world/world.js';

/** An authenticated call that has found its route. */
export interface Call {
  readonly identity: Identity;
  readonly apiVersion: ApiVersion;
  /** What stands in the place of `{id}` in the pattern. */
  readonly id: string;
  readonly parameters: Parameters;
  readonly body: string;
  readonly contentType: string;
  /** Number of the call since the start. */
  readonly number: number;
}

/** One method and path of the API. */
export interface Route {
  readonly method: string;
  /** Path below the base path; `{id}` stands for one segment. */
  readonly pattern: string;
  readonly versions: readonly ApiVersion[];
  respond(call: Call): Reply | Promise<Reply>;
}

/** Refuses with 403 unless the caller holds every access string. */
export function requireAccess(identity: Identity, ...wanted: readonly string[]): void {
  const missing = wanted.filter((string) => !holds(identity, string));
  if (missing.length === 0) return;
  throw new Refusal(403, `User does not have the required permissions: ${missing.join(', ')}.`);
}

/** Gathers what answering a list query depends on. */
export function pageRequest(world: World, call: Call): PageRequest {
  return {
    parameters: call.parameters,
    seed: call.number,
    withTotalCount: world.behaviour().totalCountHeader,
    callerName: call.identity.name,
    nowMs: world.now(),
  };
}
