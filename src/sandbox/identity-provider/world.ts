import { createCodes, createSessions, createSigningKeys } from './sessions.js';

/** All the provider remembers, in memory, and the clock and ids it runs on. */
export type World = ReturnType<typeof createWorld>;

/** Creates a world without people, applications and sessions. */
export function createWorld(
  start: Behaviour,
  source: {
    readonly now: () => number;
    readonly newId: () => string;
    /** Who access tokens are for. */
    readonly audience: string;
  },
) {
  const { now, newId } = source;
  let behaviour = start;
  let issuer = '';
  return {
    ...source,
    directory: createDirectory(newId),
    codes: createCodes(now, () => `code.${newId()}`),
    sessions: createSessions(now, () => `refresh.${newId()}`),
    keys: createSigningKeys(),
    records: createRecords(),
    /** The clock in whole seconds, as tokens have it. */
    seconds: () => Math.floor(now() / 1000),
    /** The provider's own address; only known once the port is open. */
    issuer: () => issuer,
    setIssuer(address: string): void {
      issuer = address;
    },
    behaviour: () => behaviour,
    changeBehaviour(change: Partial<Behaviour>): void {
      behaviour = { ...behaviour, ...change };
    },
  };
}

/** What differs between providers and installations, and is therefore a switch here. */
export type Behaviour = Readonly<typeof usualBehaviour>;

/** The strictest of what providers usually do. */
export const usualBehaviour = {
  /** How long a code may wait to be exchanged. */
  codeLifetimeSeconds: 60,
  accessTokenLifetimeSeconds: 300,
  refreshTokenLifetimeSeconds: 30 * 24 * 60 * 60,
  /** Whether a refresh token is given only to those who ask for `offline_access`. */
  refreshTokens: 'with-offline-access' as 'with-offline-access' | 'always',
  /** Whether a refresh token is exchanged for a new one at each use; the old one then gives its family away. */
  rotatesRefreshTokens: true,
  /** Whether tokens of identity say `preferred_username`; otherwise only the user info endpoint does. */
  namesInIdTokens: true,
  /** Whether there is an endpoint that takes tokens back. */
  hasRevocation: true,
  /** A code in front of what is said of an error, as Microsoft Entra writes one. */
  errorCode: null as string | null,
};

/** Somebody who can sign in. */
interface Person {
  /** What other systems call the person: `KEYEXAMPLE\jsmith`. */
  readonly username: string;
  readonly name: string;
  /** What the provider itself calls the person; made up unless told. */
  readonly subject?: string;
}

/** An application that sends people here, or signs in for itself. */
export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Addresses people may be sent back to, compared letter by letter. */
  readonly redirectUris?: readonly string[];
  /** The user name under which the application may sign in for itself. */
  readonly serviceAccount?: string;
}

/** Somebody or something a token can speak of. */
export type Account = Required<Person>;

/** Creates a directory with nobody in it. */
function createDirectory(newId: () => string) {
  const people = new Map<string, Account>();
  const services = new Map<string, Account>();
  const clients = new Map<string, Client>();
  return {
    addPerson(person: Person): void {
      people.set(person.username, { subject: newId(), ...person });
    },
    addClient(client: Client): void {
      const { clientId, serviceAccount: username } = client;
      clients.set(clientId, client);
      if (username !== undefined) services.set(username, { username, name: clientId, subject: newId() });
    },
    client: (clientId: string) => clients.get(clientId),
    /** People in the order in which they were added. */
    people: (): readonly Account[] => [...people.values()],
    account: (username: string) => people.get(username),
    /** The account an application signs in with for itself. */
    serviceAccountOf: ({ serviceAccount }: Client) => services.get(serviceAccount ?? ''),
  };
}

/** A token that left the provider, whole, so that a test can look where it went. */
export interface IssuedToken {
  readonly kind: 'access' | 'id' | 'refresh';
  readonly token: string;
  readonly by: 'authorization_code' | 'refresh_token' | 'client_credentials' | 'hand';
  readonly username: string;
  readonly clientId: string;
  readonly at: number;
}

/** One HTTP call the provider saw. */
interface SeenRequest {
  readonly method: string;
  /** Path below the issuer. */
  readonly path: string;
  /** What was asked of the token endpoint; null elsewhere. */
  readonly grantType: string | null;
  /** Status that was sent; `none` when the caller never got an answer. */
  readonly status: number | 'none';
  readonly at: number;
}

/** Creates what a test may want to look up afterwards, empty. */
function createRecords() {
  return {
    requests: [] as SeenRequest[],
    issuedTokens: [] as IssuedToken[],
    /** Codes and verifiers that applications brought, so that a test can look where else they went. */
    broughtSecrets: [] as string[],
  };
}
