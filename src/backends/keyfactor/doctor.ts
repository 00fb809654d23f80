import type { CheckUp, Needed } from '../../ports/backend.js';
import { BackendError, isBackendFailure } from '../../ports/errors.js';
import { checkClock } from '../../use-cases/monitoring.js';
import type { KeyfactorClient } from './client.js';
import { listDefinitions } from './operations.js';
import type { KeyfactorServer } from './settings.js';

/**
 * Checks a server: whether it answers, what the account may do there, and by whose clock it goes.
 *
 * Reads only. Whether the account may manage workflows shows nowhere but in doing so, and is not tried.
 */
export async function checkServer(
  client: KeyfactorClient,
  needed: Needed,
  nowMs: number,
): Promise<readonly CheckUp[]> {
  const { server } = client;
  const waiting = await ask(client, {
    path: '/Workflow/Instances/AssignedToMe',
    can: 'sees what waits for it',
    permission: '/workflows/instances/read/pending/',
  });
  if (!waiting.answer) return [{ ...waiting.check, name: `${server.name}: answers` }];
  const all = await ask(client, {
    path: '/Workflow/Instances',
    can: 'sees every workflow',
    permission: '/workflows/instances/read/',
    without: 'results, failures and searches are cut to what the account is asked itself',
  });
  const definitions = await ask(client, {
    path: '/Workflow/Definitions',
    can: 'reads definitions',
    permission: '/workflows/definitions/read/',
    without: 'cards do not say how many approvals a step wants, and of whom',
  });
  return [
    { name: `${server.name}: answers`, verdict: 'good', detail: `signed in at ${server.hostname}` },
    checkClock(server.name, waiting.answer.date, nowMs),
    waiting.check,
    all.check,
    definitions.check,
    ...(client.hasUnreadableFailures ? [unreadableFailures(server)] : []),
    ...(needed.changes ? [manages(server)] : []),
    ...(definitions.check.verdict === 'good' ? await checkRoles(client) : []),
  ];
}

interface RequestPart {
  readonly path: Parameters<KeyfactorClient['probe']>[0];
  readonly can: string;
  readonly permission: string;
  /** What the bot does without; it cannot work at all where this is absent. */
  readonly without?: string;
}

async function ask(
  client: KeyfactorClient,
  { path, can, permission, without }: RequestPart,
): Promise<{ readonly check: CheckUp; readonly answer?: { readonly date: string | undefined } }> {
  const { server } = client;
  const name = `${server.name}: ${can}`;
  try {
    const answer = await client.probe(path);
    if (answer.isPermitted) return { answer, check: { name, verdict: 'good', detail: permission } };
    const lacks = `the account lacks ${permission}`;
    const fix = `grant ${permission} to a role of the account`;
    if (without === undefined) return { answer, check: { name, verdict: 'bad', detail: lacks, fix } };
    return { answer, check: { name, verdict: 'unknown', detail: `${lacks}; without it ${without}`, fix } };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { check: { name, verdict: 'bad', detail: error.message, fix: fixOf(error, server) } };
  }
}

function unreadableFailures({ name }: KeyfactorServer): CheckUp {
  return {
    name: `${name}: tells failures`,
    verdict: 'bad',
    detail: 'states come as numbers, and which number means failed could not be learned, so alerts are off',
    fix: 'grant /workflows/instances/read/ to a role of the account; the number is learned once a workflow stands failed',
  };
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
async function checkRoles(client: KeyfactorClient): Promise<readonly CheckUp[]> {
  const { server } = client;
  try {
    const lines = [];
    for (const { id, name, version } of (await listDefinitions(client, '')).slice(0, mostDefinitions)) {
      const steps = (await client.getSteps(id, version)) ?? [];
      for (const step of steps) {
        const roles = step.signals.flatMap((signal) => signal.roles.map(({ rolename }) => rolename ?? ''));
        const distinct = [...new Set(roles)].filter((role) => role !== '');
        if (distinct.length > 0)
          lines.push(roleLine(server.name, `${name}, ${step.displayname ?? ''}`, distinct));
      }
    }
    return lines;
  } catch (error) {
    if (!isBackendFailure(error)) throw error;
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
