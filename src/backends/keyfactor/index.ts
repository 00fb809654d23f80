import type { WorkflowBackend } from '../../ports/backend.js';
import type { Log } from '../../ports/runtime.js';
import type { NoteRepository } from '../../ports/store.js';
import { openChanges } from './changes.js';
import { createSignedInClient, type RetryOptions } from './client.js';
import {
  createLastGoodStep,
  createReadDefinitions,
  createRequirementOf,
  createStepsOf,
} from './definitions.js';
import { createCheckUp } from './doctor.js';
import {
  createFindSuccessors,
  createInstances,
  createListInstances,
  createReadInstance,
  createReadPage,
  createWaitingStatuses,
} from './instances.js';
import { createObserve } from './observe.js';
import { createListDefinitions, createOperations } from './operations.js';
import { openPersonSignIn } from './person-sign-in.js';
import { portalLink } from './portal-link.js';
import type { KeyfactorSecrets, KeyfactorServer } from './settings.js';
import { createSendSignal, createSignalForms } from './signals.js';

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
