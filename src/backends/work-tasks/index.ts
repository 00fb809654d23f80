import type { Instance } from '../../domain/instance.js';
import type { CheckUp, LiveBackend } from '../../ports/backend.js';
import { BackendError, isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { defined } from '../../shared/language.js';
import { checkClock } from '../../use-cases/monitoring.js';
import {
  type Credentials,
  checkPersonSignIn,
  clientCredentials,
  fixedCredentials,
  HttpClient,
  needed,
  personSignInOf,
} from '../http/client.js';
import { HttpConnection, type RetryOptions } from '../http/connection.js';
import { actingUser, alertActivity, makeChange, type PlanContext } from './changes.js';
import { Executions, WorkTasksClient, workTasksDialect } from './executions.js';
import { type AuthSettings, systemName, type WorkTasksSecrets, type WorkTasksServer } from './settings.js';
import { parseExecutionRef, toDefinition } from './wire.js';

/** What Work Tasks backends need besides their settings. */
export interface WorkTasksRuntime {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Less patience than usual, for tests. */
  readonly retryOptions?: Partial<RetryOptions>;
  /** Ends every request under way, and keeps any further one from being sent. */
  readonly cutOff?: AbortSignal;
}

interface Configured {
  readonly server: WorkTasksServer;
  readonly secrets: WorkTasksSecrets;
}

/**
 * Creates the backends of one Work Tasks server, one for each repository.
 *
 * They share a token and one view of whether the server is there. Throws at once if a secret is missing or a
 * certificate authority cannot be read.
 */
export function createWorkTasksBackends(
  configured: Configured,
  runtime: WorkTasksRuntime,
): readonly LiveBackend[] {
  const { server, secrets } = configured;
  const http = openHttp(configured, runtime);
  return server.repositories.map((repository) => {
    const system = systemName(server.name, repository);
    const client = new WorkTasksClient(server, { system, repository: repository.repository }, http);
    return createRepositoryBackend({ server, repository, secrets }, client, runtime);
  });
}

export { createInboundRoute } from './webhook.js';

/** After its deadline a request is given this long to be gone from the network. */
const graceMs = 2_000;

/** Creates the backend of one repository. */
function createRepositoryBackend(
  plans: PlanContext,
  client: WorkTasksClient,
  runtime: WorkTasksRuntime,
): LiveBackend {
  const { log, now } = runtime;
  const { server, secrets } = plans;
  const { repository, workflows } = plans.repository;
  const personSignIn = personSignInOf(server, secrets.personClientSecret, () => ({
    system: client.system,
    connection: openConnection(server.authCaCert, server, runtime),
    now,
    usernameOf: (claim) => usernameOf(claim, server),
  }));
  const executions = new Executions(client, { workflows, log });
  const context = { ...plans, client, executions };
  const timeoutMs = server.timeout + graceMs;
  return {
    system: client.system,
    label: server.repositories.length === 1 ? server.label : `${server.label} ${repository}`,
    signalTimeoutMs: timeoutMs,
    operations: {
      changes: ['execute', 'pause', 'resume', 'abort', 'cancel', 'alert'],
      changeTimeoutMs: timeoutMs,
      change: (change, as) => makeChange(change, as, context),
      find: (text, limit) => executions.find(text, limit),
      last: (workflow) => executions.readLast(workflow),
      output: (ref, activity) => executions.output(ref, activity),
      variable: (ref, name) => executions.variable(ref, name),
      definitions: async (text) => {
        const wanted = text.trim().toLowerCase();
        return workflows
          .filter(({ name, title = '' }) => `${name}\n${title}`.toLowerCase().includes(wanted))
          .map(({ name }) => toDefinition(name));
      },
    },
    observe: (remembered, since) => executions.observe(remembered, since),
    getInstance: (ref) => executions.read(ref),
    isAssigned: async () => false,
    sendSignal: (instance, signal) => alertActivity(instance, signal, context),
    requirementOf: async () => ({ roles: [] }),
    checkUp: async () => [
      ...(await checkUp(client, server, now)),
      ...(await checkPersonSignIn(client.system, personSignIn)),
    ],
    changesAsPerson: personSignIn !== undefined,
    ...defined({ personSignIn }),
    linkTo: (instance) => inboxLink(server.inboxUrl, repository, instance),
  };
}

/** Makes a Work Tasks user of what a claim holds; undefined where the settings do not say how. */
function usernameOf(claim: string, { userTemplate, personSignIn }: WorkTasksServer): string | undefined {
  const name = claim.trim();
  const acting = actingUser({ identity: name }, userTemplate);
  if (acting.kind === 'user') return acting.user;
  const named = personSignIn?.userTemplate?.replaceAll('{name}', () => name.replace(/^[^\\]*\\/, ''));
  return named;
}

/** An execution nobody can have started: numbers begin at 1. */
const nobodys = '0';

/**
 * Checks one repository: whether it answers, signed in, and by whose clock it goes.
 *
 * Reads only. Work Tasks has no permissions that could be asked for.
 */
async function checkUp(
  client: WorkTasksClient,
  server: WorkTasksServer,
  now: () => number,
): Promise<readonly CheckUp[]> {
  const { system } = client;
  const name = `${system}: answers`;
  try {
    const { response } = await client.status(nobodys);
    const clock = checkClock(system, response.headers.date, now());
    if (response.status === 403 || response.status === 404) {
      const fix = 'see that baseUrl and paths are right, and that the client may call the API';
      return [{ name, verdict: 'bad', detail: `it answers ${response.status}`, fix }, clock];
    }
    return [{ name, verdict: 'good', detail: `signed in at ${server.baseUrl}` }, clock];
  } catch (error) {
    if (!isBackendFailure(error)) throw error;
    const isSignIn = error instanceof BackendError && error.code === 'sign-in';
    const fix = isSignIn
      ? 'see that the account exists, may sign in, and that its secret is right'
      : 'see that this machine reaches the server, and that its certificate is trusted (caCert)';
    return [{ name, verdict: 'bad', detail: error.message, fix }];
  }
}

/** Fills in the page where people find an execution; undefined if links are not configured. */
function inboxLink(inboxUrl: string | undefined, repository: string, { ref }: Instance): string | undefined {
  const execution = parseExecutionRef(ref.id);
  if (inboxUrl === undefined || execution === undefined) return undefined;
  const parts: Readonly<Record<string, string>> = {
    '{repository}': repository,
    '{workflow}': execution.workflow,
    '{executionid}': execution.executionId,
  };
  return inboxUrl.replace(/\{(repository|workflow|executionid)\}/g, (part) =>
    encodeURIComponent(parts[part] ?? ''),
  );
}

/**
 * Opens the way to one server, which all its repositories share. Throws if a secret is missing or a certificate
 * authority cannot be read.
 */
function openHttp(configured: Configured, runtime: WorkTasksRuntime): HttpClient {
  const { server } = configured;
  return new HttpClient({
    dialect: workTasksDialect,
    connection: openConnection(server.caCert, server, runtime),
    baseUrl: `${server.baseUrl}/`,
    credentials: credentialsOf(configured, runtime),
    bareTokenHeader: server.extraAccessTokenHeader ? 'AccessToken' : undefined,
    log: runtime.log,
  });
}

function openConnection(
  caCert: string | undefined,
  { timeout: timeoutMs }: WorkTasksServer,
  { retryOptions, cutOff }: WorkTasksRuntime,
): HttpConnection {
  return new HttpConnection({ profile: workTasksDialect, caCert, timeoutMs, retryOptions, cutOff });
}

/** Undefined if the server takes none. */
function credentialsOf({ server, secrets }: Configured, runtime: WorkTasksRuntime): Credentials | undefined {
  const { auth } = server;
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'token':
      return fixedCredentials(`Bearer ${needed(secrets.accessToken, 'access token')}`);
    case 'aim':
    case 'entra': {
      const clientSecret = needed(secrets.clientSecret, 'client secret');
      return clientCredentials({
        system: server.name,
        connection: openConnection(server.authCaCert, server, runtime),
        now: runtime.now,
        clientId: auth.clientId,
        clientSecret,
        clientAuth: 'post',
        ...endpointOf(auth),
      });
    }
  }
}

function endpointOf(auth: Extract<AuthSettings, { kind: 'aim' | 'entra' }>) {
  if (auth.kind === 'aim') return { tokenUrl: auth.tokenUrl, scope: auth.scope };
  const usualUrl = `https://login.microsoftonline.com/${auth.tenant ?? ''}/oauth2/v2.0/token`;
  return {
    tokenUrl: auth.tokenUrl ?? usualUrl,
    scope: auth.scope ?? `api://${auth.clientId}/worktasks/.default`,
  };
}
