import type { InstanceRef } from '../../domain/instance.js';
import type { InstanceReading, WorkflowBackend } from '../../ports/backend.js';
import type { Log } from '../../ports/log.js';
import type { Operations } from '../../ports/operations.js';
import { createAlertActivity } from './changes/alert-activity.js';
import { createMakeChange, type MakeChange } from './changes/make-change.js';
import type { PlanContext } from './changes/plan.js';
import { createCheckUp } from './check-up.js';
import type { Client } from './http/client.js';
import { inboxLink } from './inbox-link.js';
import { createFindExecutions } from './reading/find-executions.js';
import { createObserve } from './reading/observe.js';
import { createReadExecution } from './reading/read-execution.js';
import { createReadLast } from './reading/read-last.js';
import { createReadStatus } from './reading/read-status.js';
import { createReadValues } from './reading/read-values.js';
import { toDefinition } from './translate/to-instance.js';

/** After its deadline a request is given this long to be gone from the network. */
const graceMs = 2_000;

/** Creates the backend of one repository. */
export function createRepositoryBackend(
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
