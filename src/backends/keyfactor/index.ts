import type { WorkflowBackend } from '../../ports/backend.js';
import type { Log } from '../../ports/log.js';
import type { NoteRepository } from '../../ports/store.js';
import { openChanges } from './changes/open-changes.js';
import { createCheckUp } from './check-up/check-up.js';
import { createSignedInClient } from './create-signed-in-client.js';
import { createLastGoodStep } from './definitions/last-good-step.js';
import { createReadDefinitions } from './definitions/read-steps.js';
import { createRequirementOf } from './definitions/requirement-of.js';
import { createStepsOf } from './definitions/steps-of.js';
import type { RetryOptions } from './http/policies.js';
import { createFindSuccessors } from './instances/find-successors.js';
import { createInstances } from './instances/instances.js';
import { createListInstances } from './instances/list-instances.js';
import { createReadInstance } from './instances/read-instance.js';
import { createReadPage } from './instances/read-page.js';
import { createWaitingStatuses } from './instances/waiting-statuses.js';
import { createObserve } from './observe.js';
import { createOperations } from './operations/create-operations.js';
import { createListDefinitions } from './operations/list-definitions.js';
import { openPersonSignIn } from './person-sign-in/open-person-sign-in.js';
import { portalLink } from './portal-link.js';
import type { KeyfactorSecrets, KeyfactorServer } from './settings.js';
import { createSignalForms } from './signal-forms.js';
import { createSendSignal } from './signals.js';

/** What a Keyfactor backend needs besides its settings. */
export interface KeyfactorRuntime {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly notes: Pick<NoteRepository, 'getNote' | 'putNote'>;
  /** Less patience than usual, for tests. */
  readonly retryOptions?: Partial<RetryOptions>;
}

/** After its deadline a request is given this long to be gone from the network. */
const graceMs = 2_000;

/**
 * Creates the backend of one Keyfactor Command server.
 *
 * Throws at once if a secret is missing or a certificate authority cannot be read.
 */
export function createKeyfactorBackend(
  configured: { readonly server: KeyfactorServer; readonly secrets: KeyfactorSecrets },
  runtime: KeyfactorRuntime,
): WorkflowBackend {
  const { server } = configured;
  const { log, now, notes } = runtime;
  const system = server.name;
  const client = createSignedInClient(configured, runtime);
  const list = createListInstances(createReadPage({ client, server, log }), server.pageSize);
  const instances = createInstances({
    system,
    list,
    readDetail: createReadInstance(client, server),
    statuses: createWaitingStatuses(system, notes),
    signalAs: server.signalAs,
  });
  const findSuccessors = createFindSuccessors({ server, list, now });
  const definitions = createReadDefinitions({ client, server, log });
  const stepsOf = createStepsOf(definitions, now);
  const timeoutMs = server.signalTimeout + graceMs;
  return {
    system,
    label: server.label,
    signalTimeoutMs: timeoutMs,
    operations: createOperations({
      server,
      client,
      instances,
      findSuccessors,
      changeTimeoutMs: timeoutMs,
      now,
      log,
    }),
    observe: createObserve({
      system,
      instances,
      findSuccessors,
      pollChanges: openChanges({ server, client, list, instances, notes, now, log }),
      signalAs: server.signalAs,
      log,
    }),
    getInstance: (ref) => instances.read(ref),
    isAssigned: instances.isAssigned,
    waitingFor: instances.waitingFor,
    ...openPersonSignIn(configured, runtime),
    sendSignal: createSendSignal({
      server,
      client,
      instances,
      forms: createSignalForms(server, notes),
      log,
    }),
    requirementOf: createRequirementOf({ server, definitions, stepsOf, log, now }),
    lastGoodStep: createLastGoodStep(stepsOf),
    linkTo: (instance) => portalLink(server, instance),
    checkUp: createCheckUp({
      client,
      server,
      definitions,
      listDefinitions: createListDefinitions({ client, server, log }),
      log,
      now,
    }),
  };
}
