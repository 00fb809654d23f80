import type { Instance, InstanceRef } from '../../domain/instance.js';
import type { CheckUp, InstanceReading, Operations, WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { checkClock } from '../../use-cases/monitoring.js';
import { trustedAuthorities } from '../http/http.js';
import { createAlertActivity, createMakeChange, type MakeChange, type PlanContext } from './changes.js';
import {
  type Client,
  createClient,
  createCredentials,
  createFetchToken,
  createPolicies,
  createTransport,
  defaultRetryOptions,
  type RetryOptions,
} from './client.js';
import {
  createFindExecutions,
  createObserve,
  createReadExecution,
  createReadLast,
  createReadStatus,
  createReadValues,
} from './executions.js';
import { systemName, type WorkTasksSecrets, type WorkTasksServer } from './settings.js';
import { parseExecutionRef, toDefinition } from './wire.js';

/** What Work Tasks backends need besides their settings. */
export interface WorkTasksRuntime {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Less patience than usual, for tests. */
  readonly retryOptions?: Partial<RetryOptions>;
}

/**
 * Creates the backends of one Work Tasks server, one for each repository.
 *
 * They share a token and one view of whether the server is there. Throws at once if a secret is missing or a
 * certificate authority cannot be read.
 */
export function createWorkTasksBackends(
  { server, secrets }: { readonly server: WorkTasksServer; readonly secrets: WorkTasksSecrets },
  runtime: WorkTasksRuntime,
): readonly WorkflowBackend[] {
  const { log, now } = runtime;
  const retryOptions = { ...defaultRetryOptions, ...runtime.retryOptions };
  const fetchToken = createFetchToken({
    system: server.name,
    transport: createTransport({ ca: trustedAuthorities(server.authCaCert) }),
    policies: createPolicies(retryOptions),
    timeoutMs: server.timeout,
  });
  const shared = {
    server,
    log,
    transport: createTransport({ ca: trustedAuthorities(server.caCert) }),
    policies: createPolicies(retryOptions),
    signing: {
      credentials: createCredentials(server.auth, secrets, { fetchToken, now }),
      extraHeader: server.extraAccessTokenHeader,
    },
  };
  return server.repositories.map((repository) => {
    const system = systemName(server.name, repository);
    const client = createClient({ ...shared, system });
    return createRepositoryBackend({ system, server, repository, secrets, client, log, now });
  });
}

export { createInboundRoute } from './webhook.js';

/** After its deadline a request is given this long to be gone from the network. */
const graceMs = 2_000;

/** Creates the backend of one repository. */
function createRepositoryBackend(
  deps: PlanContext & {
    readonly system: string;
    readonly client: Client;
    readonly log: Log;
    readonly now: () => number;
  },
): WorkflowBackend {
  const { system, server, client, log } = deps;
  const { repository } = deps.repository;
  const readStatus = createReadStatus({ system, repository, client });

  const read = createReadExecution(system, readStatus);
  const makeChange = createMakeChange({ ...deps, read });

  return {
    system,
    label: server.repositories.length === 1 ? server.label : `${server.label} ${repository}`,
    signalTimeoutMs: server.timeout + graceMs,
    operations: createOperations({ ...deps, readStatus, read, makeChange }),
    observe: createObserve({
      system,
      repository,
      client,
      readStatus,
      workflows: deps.repository.workflows.flatMap(({ name, watch }) => (watch === 'on' ? [name] : [])),
      log,
    }),
    getInstance: read,
    isAssigned: async () => false,
    sendSignal: createAlertActivity({ server, makeChange }),
    requirementOf: async () => ({ roles: [] }),
    checkUp: createCheckUp({ ...deps, repository }),
    linkTo: (instance) => inboxLink(server.inboxUrl, repository, instance),
  };
}

function createOperations(
  deps: PlanContext & {
    readonly system: string;
    readonly client: Client;
    readonly readStatus: ReturnType<typeof createReadStatus>;
    readonly read: (ref: InstanceRef) => Promise<InstanceReading>;
    readonly makeChange: MakeChange;
  },
): Operations {
  const { system, client, read, readStatus } = deps;
  const { repository } = deps.repository;
  const { workflows } = deps.repository;
  const values = createReadValues(client, repository);
  return {
    changes: ['execute', 'pause', 'resume', 'abort', 'alert'],
    changeTimeoutMs: deps.server.timeout + graceMs,
    change: deps.makeChange,
    find: createFindExecutions({ system, workflows: workflows.map(({ name }) => name), read }),
    last: createReadLast({ system, repository, client, readStatus }),
    output: values.output,
    variable: values.variable,
    definitions: async (text) => {
      const wanted = text.trim().toLowerCase();
      return workflows
        .filter(({ name, title = '' }) => `${name}\n${title}`.toLowerCase().includes(wanted))
        .map(({ name }) => toDefinition(name));
    },
  };
}

/** An execution nobody can have started: numbers begin at 1. */
const nobodys = '0';

/**
 * Creates the check of one repository: whether it answers, signed in, and by whose clock it goes.
 *
 * Reads only. Work Tasks has no permissions that could be asked for.
 */
function createCheckUp(deps: {
  readonly system: string;
  readonly server: WorkTasksServer;
  readonly repository: string;
  readonly client: Client;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): () => Promise<readonly CheckUp[]> {
  const { system, server, repository, client, now } = deps;
  const name = `${system}: answers`;
  return async () => {
    try {
      const response = await client.get('status', { repo: repository, executionid: nobodys });
      const clock = checkClock(system, response.headers.date, now());
      if (response.status === 403 || response.status === 404) {
        const fix = 'see that baseUrl and paths are right, and that the client may call the API';
        return [{ name, verdict: 'bad', detail: `it answers ${response.status}`, fix }, clock];
      }
      return [{ name, verdict: 'good', detail: `signed in at ${server.baseUrl}` }, clock];
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      const isSignIn = error instanceof BackendError && error.code === 'sign-in';
      const fix = isSignIn
        ? 'see that the account exists, may sign in, and that its secret is right'
        : 'see that this machine reaches the server, and that its certificate is trusted (caCert)';
      return [{ name, verdict: 'bad', detail: error.message, fix }];
    }
  };
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
