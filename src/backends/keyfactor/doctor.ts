import type { CheckUp, Needed } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { checkClock } from '../../use-cases/monitoring.js';
import { type Client, type HttpResponse, isFromApi, isSuccess } from './client.js';
import type { ReadDefinitions } from './definitions.js';
import { pageQuery } from './instances.js';
import type { ListDefinitions } from './operations.js';
import type { KeyfactorServer } from './settings.js';

/** What checking a server stands on. */
interface CheckUpDeps {
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

/** More are not looked through; the same account and roles serve most of them. */
const mostDefinitions = 20;

/**
 * Lists which roles the approval steps of published definitions ask for.
 *
 * Command tells nobody which roles an account holds unless it may read security, which the bot should not.
 */
async function checkRoles({
  server,
  definitions,
  listDefinitions,
}: {
  readonly server: KeyfactorServer;
  readonly definitions: ReadDefinitions;
  readonly listDefinitions: ListDefinitions;
}): Promise<readonly CheckUp[]> {
  try {
    const lines = [];
    for (const { id, name, version } of (await listDefinitions('')).slice(0, mostDefinitions)) {
      const steps = (await definitions.steps(id, version)) ?? [];
      for (const step of steps) {
        const roles = step.signals.flatMap((signal) => signal.roles.map(({ rolename }) => rolename ?? ''));
        const distinct = [...new Set(roles)].filter((role) => role !== '');
        if (distinct.length > 0)
          lines.push(roleLine(server.name, `${name}, ${step.displayname ?? ''}`, distinct));
      }
    }
    return lines;
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    return [
      { name: `${server.name}: roles`, verdict: 'unknown', detail: `steps cannot be read: ${error.message}` },
    ];
  }
}

function roleLine(system: string, step: string, roles: readonly string[]): CheckUp {
  return {
    name: `${system}: role for ${step}`,
    verdict: 'unknown',
    detail: `asks for ${roles.join(' or ')}; which roles the account holds cannot be read`,
    fix: 'see in Command that the account holds one of them, else the step never reaches the bot',
  };
}
