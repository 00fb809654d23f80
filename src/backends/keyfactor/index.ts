import type { Instance } from '../../domain/instance.js';
import type { LiveBackend } from '../../ports/backend.js';
import type { Log } from '../../ports/runtime.js';
import { defined } from '../../shared/language.js';
import {
  type Credentials,
  checkPersonSignIn,
  clientCredentials,
  fixedCredentials,
  HttpClient,
  needed,
  personSignInOf,
} from '../http/client.js';
import { basicHeader, HttpConnection, type RetryOptions } from '../http/connection.js';
import { KeyfactorClient, keyfactorDialect } from './client.js';
import { Definitions } from './definitions.js';
import { checkServer } from './doctor.js';
import { assignedList, createSendSignal, Instances, type Notes } from './instances.js';
import { ChangePoller, createObserve } from './observe.js';
import { createOperations } from './operations.js';
import type { AuthSettings, KeyfactorSecrets, KeyfactorServer } from './settings.js';

/** What a Keyfactor backend needs besides its settings. */
export interface KeyfactorRuntime {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly notes: Notes;
  /** Less patience than usual, for tests. */
  readonly retryOptions?: Partial<RetryOptions>;
  /** Ends every request under way, and keeps any further one from being sent. */
  readonly cutOff?: AbortSignal;
  /** Set in shadow mode: what waits for anybody is read, by an account that holds no role. */
  readonly isReadOnly?: boolean;
}

interface Configured {
  readonly server: KeyfactorServer;
  readonly secrets: KeyfactorSecrets;
}

/** After its deadline a request is given this long to be gone from the network. */
const graceMs = 2_000;

/**
 * Creates the backend of one Keyfactor Command server.
 *
 * Throws at once if a secret is missing or a certificate authority cannot be read.
 */
export function createKeyfactorBackend(given: Configured, runtime: KeyfactorRuntime): LiveBackend {
  const { log, now, notes, isReadOnly = false } = runtime;
  const configured = isReadOnly ? { ...given, server: asReader(given.server) } : given;
  const { server } = configured;
  const client = openClient(configured, runtime);
  const instances = new Instances(client, runtime);
  const definitions = new Definitions(client, runtime);
  const poller = new ChangePoller({ client, instances, notes, now, log });
  const timeoutMs = server.signalTimeout + graceMs;
  const { personClientSecret } = configured.secrets;
  const personSignIn = personSignInOf(server, personClientSecret, () => providerOf(server, runtime));
  return {
    system: server.name,
    label: server.label,
    signalTimeoutMs: timeoutMs,
    operations: createOperations({ client, instances, changeTimeoutMs: timeoutMs, now }),
    ...createObserve({
      server,
      instances,
      pollChanges: (since) => poller.poll(since),
      readNewest: (timeoutMs) => {
        const { list, queryString } = assignedList(server);
        return client.newest(list, { queryString, timeoutMs: Math.min(timeoutMs, server.timeout) });
      },
      now,
      log,
      ...(isReadOnly ? { asksPeople: (instance: Instance) => definitions.asksPeople(instance) } : {}),
    }),
    getInstance: (ref) => instances.read(ref),
    isAssigned: (ref, as) => instances.isAssigned(ref, as),
    waitingFor: (as) => instances.waitingFor(as),
    ...defined({ personSignIn }),
    sendSignal: createSendSignal({ client, instances, notes, log }),
    requirementOf: (instance) => definitions.requirementOf(instance),
    mayAskPeople: (instance) => definitions.mayAskPeople(instance),
    lastGoodStep: (instance) => definitions.lastGoodStep(instance),
    linkTo: (instance) => portalLink(server, instance),
    checkUp: async (needs) => [
      ...(await checkServer(client, needs, now())),
      ...(await checkPersonSignIn(server.name, personSignIn)),
    ],
  };
}

/** What waits for anybody is read as it is where every signal is a person's; nobody is spoken for. */
function asReader({ personSignIn: _unused, ...server }: KeyfactorServer): KeyfactorServer {
  return { ...server, signalAs: 'person', readAll: 'yes' };
}

/** Opens the API of one server. Throws if a secret is missing or a certificate authority cannot be read. */
function openClient(configured: Configured, runtime: KeyfactorRuntime): KeyfactorClient {
  const { server } = configured;
  const { caCert, timeout: timeoutMs } = server;
  const { log, retryOptions, cutOff } = runtime;
  const base = `${server.scheme}://${hostOf(server)}`;
  const http = new HttpClient({
    dialect: keyfactorDialect,
    connection: new HttpConnection({ profile: keyfactorDialect, caCert, timeoutMs, retryOptions, cutOff }),
    baseUrl: server.apiPath === '' ? base : `${base}/${server.apiPath}`,
    credentials: credentialsOf(configured, runtime),
    log,
  });
  return new KeyfactorClient(server, http, log);
}

function credentialsOf({ server, secrets }: Configured, runtime: KeyfactorRuntime): Credentials {
  const { auth } = server;
  switch (auth.kind) {
    case 'basic':
      return fixedCredentials(basicHeader(userName(auth), needed(secrets.password, 'password')));
    case 'token':
      return fixedCredentials(`Bearer ${needed(secrets.accessToken, 'access token')}`);
    case 'oauth': {
      const clientSecret = needed(secrets.clientSecret, 'client secret');
      const scope = auth.scopes.join(' ');
      return clientCredentials({ ...auth, clientSecret, scope, ...providerOf(server, runtime) });
    }
  }
}

function userName({ username, domain }: Extract<AuthSettings, { kind: 'basic' }>): string {
  return domain === undefined || /[\\@]/.test(username) ? username : `${domain}\\${username}`;
}

/** An identity provider may trust other authorities, and its failures must not count against the server. */
function providerOf(server: KeyfactorServer, { now, retryOptions, cutOff }: KeyfactorRuntime) {
  const { name: system, authCaCert: caCert, timeout: timeoutMs } = server;
  const profile = keyfactorDialect;
  const connection = new HttpConnection({ profile, caCert, timeoutMs, retryOptions, cutOff });
  return { system, connection, now };
}

/** Gives host and port as they stand in a URL; the usual port of https is never written. */
function hostOf({ hostname, port, scheme }: KeyfactorServer): string {
  const isUsual =
    port === undefined || (scheme === 'https' && port === 443) || (scheme === 'http' && port === 80);
  return isUsual ? hostname : `${hostname}:${port}`;
}

/** Fills in the portal's address for an instance; undefined if links are off or a part is not known. */
export function portalLink(server: KeyfactorServer, { ref, referenceId }: Instance): string | undefined {
  const { portalUrl } = server;
  if (portalUrl === 'none' || (portalUrl.includes('{referenceId}') && referenceId === undefined)) {
    return undefined;
  }
  return portalUrl
    .replaceAll('{hostname}', hostOf(server))
    .replaceAll('{id}', encodeURIComponent(ref.id))
    .replaceAll('{referenceId}', encodeURIComponent(referenceId ?? ''));
}
