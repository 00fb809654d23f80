import type { CheckUp, Needed } from '../../../ports/check-up.js';
import { BackendError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import { checkClock } from '../../../use-cases/watch/check-clock.js';
import type { ReadDefinitions } from '../definitions/read-steps.js';
import { type HttpResponse, isFromApi, isSuccess } from '../http/answer.js';
import type { Client } from '../http/client.js';
import { pageQuery } from '../instances/page-query.js';
import type { ListDefinitions } from '../operations/list-definitions.js';
import type { KeyfactorServer } from '../settings.js';
import { checkRoles } from './check-roles.js';

/** What checking a server stands on. */
export interface CheckUpDeps {
  readonly client: Client;
  readonly server: KeyfactorServer;
  readonly definitions: ReadDefinitions;
  readonly listDefinitions: ListDefinitions;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Creates the check of a server: whether it answers, what the account may do there, and by whose clock it goes.
 *
 * Reads only. Whether the account may manage workflows shows nowhere but in doing so, and is not tried.
 */
export function createCheckUp(deps: CheckUpDeps): (needed: Needed) => Promise<readonly CheckUp[]> {
  const { server, now } = deps;
  return async (needed) => {
    const waiting = await ask(deps, {
      path: '/Workflow/Instances/AssignedToMe',
      can: 'sees what waits for it',
      permission: '/workflows/instances/read/pending/',
    });
    if (!waiting.answer) return [{ ...waiting.check, name: `${server.name}: answers` }];
    const all = await ask(deps, {
      path: '/Workflow/Instances',
      can: 'sees every workflow',
      permission: '/workflows/instances/read/',
      without: 'results, failures and searches are cut to what the account is asked itself',
    });
    const definitions = await ask(deps, {
      path: '/Workflow/Definitions',
      can: 'reads definitions',
      permission: '/workflows/definitions/read/',
      without: 'cards do not say how many approvals a step wants, and of whom',
    });
    return [
      { name: `${server.name}: answers`, verdict: 'good', detail: `signed in at ${server.hostname}` },
      checkClock(server.name, waiting.answer.headers.date, now()),
      waiting.check,
      all.check,
      definitions.check,
      ...(needed.changes ? [manages(server)] : []),
      ...(definitions.check.verdict === 'good' ? await checkRoles(deps) : []),
    ];
  };
}

interface RequestPart {
  readonly path: '/Workflow/Instances/AssignedToMe' | '/Workflow/Instances' | '/Workflow/Definitions';
  readonly can: string;
  readonly permission: string;
  /** What the bot does without; it cannot work at all where this is absent. */
  readonly without?: string;
}

async function ask(
  { client, server }: CheckUpDeps,
  { path, can, permission, without }: RequestPart,
): Promise<{ readonly check: CheckUp; readonly answer?: HttpResponse }> {
  const name = `${server.name}: ${can}`;
  const isDefinitions = path === '/Workflow/Definitions';
  const wanted = isDefinitions ? server.apiVersion.definitions : server.apiVersion.instances;
  const version = wanted === 'auto' ? '1' : wanted;
  const sortField = isDefinitions ? 'DisplayName' : undefined;
  const page = { queryString: undefined, page: 1, pageSize: 1, sortField, order: 'ascending' } as const;
  try {
    const response = await client.get(path, { version, query: pageQuery(path, page, server) });
    if (isSuccess(response))
      return { answer: response, check: { name, verdict: 'good', detail: permission } };
    if (response.status === 403 && (isFromApi(response) || response.body.trim() === ''))
      return { answer: response, check: lacking({ name, permission, without }) };
    throw client.unexpected(response, 'GET', path);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { check: { name, verdict: 'bad', detail: error.message, fix: fixOf(error, server) } };
  }
}

function lacking(what: {
  readonly name: string;
  readonly permission: string;
  readonly without: string | undefined;
}): CheckUp {
  const { name, permission, without } = what;
  const verdict = without === undefined ? 'bad' : 'unknown';
  const detail = `the account lacks ${permission}${without === undefined ? '' : `; without it ${without}`}`;
  return { name, verdict, detail, fix: `grant ${permission} to a role of the account` };
}

function manages({ name }: KeyfactorServer): CheckUp {
  return {
    name: `${name}: may stop and restart`,
    verdict: 'unknown',
    detail: 'only doing so shows it, and that was not tried',
    fix: 'see that a role of the account has /workflows/instances/manage/ and /workflows/instances/read/',
  };
}

function fixOf({ code }: BackendError, { hostname, auth }: KeyfactorServer): string {
  switch (code) {
    case 'sign-in':
      return `see that the account (${auth.kind}) exists, may sign in, and that its secret is right`;
    case 'unreachable':
    case 'timeout':
      return `see that this machine reaches ${hostname}, and that its certificate is trusted (caCert)`;
    case 'not-found':
      return 'see that apiPath is where the API of Command is';
    default:
      return `see the log of ${hostname}`;
  }
}
