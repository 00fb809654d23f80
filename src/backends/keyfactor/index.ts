import type { WorkflowBackend } from '../../ports/backend.js';
import { defined } from '../../shared/defined.js';
import { ChangePoller } from './changes.js';
import { type ClientRuntime, openClient, openPersonSignIn, portalLink } from './client.js';
import { Definitions } from './definitions.js';
import { createCheckUp } from './doctor.js';
import { Instances, type Notes } from './instances.js';
import { createObserve } from './observe.js';
import { createOperations } from './operations.js';
import type { KeyfactorSecrets, KeyfactorServer } from './settings.js';
import { createSendSignal } from './signals.js';

/** What a Keyfactor backend needs besides its settings. */
export interface KeyfactorRuntime extends ClientRuntime {
  readonly notes: Notes;
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
  const client = openClient(configured, runtime);
  const instances = new Instances(client, runtime);
  const definitions = new Definitions(client, runtime);
  const poller = new ChangePoller({ client, instances, notes, now, log });
  const timeoutMs = server.signalTimeout + graceMs;
  return {
    system: server.name,
    label: server.label,
    signalTimeoutMs: timeoutMs,
    operations: createOperations({ client, instances, changeTimeoutMs: timeoutMs, now }),
    observe: createObserve({ server, instances, pollChanges: (since) => poller.poll(since), log }),
    getInstance: (ref) => instances.read(ref),
    isAssigned: (ref, as) => instances.isAssigned(ref, as),
    waitingFor: (as) => instances.waitingFor(as),
    ...defined({ personSignIn: openPersonSignIn(configured, runtime) }),
    sendSignal: createSendSignal({ client, instances, notes, log }),
    requirementOf: (instance) => definitions.requirementOf(instance),
    lastGoodStep: (instance) => definitions.lastGoodStep(instance),
    linkTo: (instance) => portalLink(server, instance),
    checkUp: createCheckUp(client, now),
  };
}
