import {
  type Codes,
  createCodes,
  createSessions,
  createSigningKeys,
  type Sessions,
  type SigningKeys,
} from './sessions.js';

/** All the provider remembers, in memory, and the clock and ids it runs on. */
export interface World {
  readonly now: () => number;
  readonly newId: () => string;
  /** Who access tokens are for. */
  readonly audience: string;
  readonly directory: Directory;
  readonly codes: Codes;
  readonly sessions: Sessions;
  readonly keys: SigningKeys;
  readonly records: Records;
  /** The clock in whole seconds, as tokens have it. */
  seconds(): number;
  /** The provider's own address; only known once the port is open. */
  issuer(): string;
  setIssuer(issuer: string): void;
  behaviour(): Behaviour;
  changeBehaviour(change: Partial<Behaviour>): void;
}

/** Creates a world without people, applications and sessions. */
export function createWorld(
  start: Behaviour,
  source: { readonly now: () => number; readonly newId: () => string; readonly audience: string },
): World {
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
    seconds: () => Math.floor(now() / 1000),
    issuer: () => issuer,
    setIssuer(address) {
      issuer = address;
    },
    behaviour: () => behaviour,
    changeBehaviour(change) {
      behaviour = { ...behaviour, ...change };
    },
  };
}

/** What differs between providers and installations, and is therefore a switch here. */
export interface Behaviour {
  /** How long a code may wait to be exchanged. */
  readonly codeLifetimeSeconds: number;
  readonly accessTokenLifetimeSeconds: number;
  readonly refreshTokenLifetimeSeconds: number;
  /** Whether a refresh token is given only to those who ask for `offline_access`. */
  readonly refreshTokens: 'with-offline-access' | 'always';
  /** Whether a refresh token is exchanged for a new one at each use; the old one then gives its family away. */
  readonly rotatesRefreshTokens: boolean;
  /** Whether tokens of identity say `preferred_username`; otherwise only the user info endpoint does. */
  readonly namesInIdTokens: boolean;
  /** Whether there is an endpoint that takes tokens back. */
  readonly hasRevocation: boolean;
}

/** The strictest of what providers usually do. */
export const usualBehaviour: Behaviour = {
  codeLifetimeSeconds: 60,
  accessTokenLifetimeSeconds: 300,
  refreshTokenLifetimeSeconds: 30 * 24 * 60 * 60,
  refreshTokens: 'with-offline-access',
  rotatesRefreshTokens: true,
  namesInIdTokens: true,
  hasRevocation: true,
};

/** Somebody who can sign in. */
export interface Person {
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

/** Everybody the provider knows. */
interface Directory {
  addPerson(person: Person): void;
  addClient(client: Client): void;
  client(clientId: string): Client | undefined;
  /** People in the order in which they were added. */
  people(): readonly Account[];
  account(username: string): Account | undefined;
  /** The account an application signs in with for itself. */
  serviceAccountOf(client: Client): Account | undefined;
}

/** Creates a directory with nobody in it. */
function createDirectory(newId: () => string): Directory {
  const people = new Map<string, Account>();
  const services = new Map<string, Account>();
  const clients = new Map<string, Client>();
  return {
    addPerson(person) {
      people.set(person.username, { subject: newId(), ...person });
    },
    addClient(client) {
      clients.set(client.clientId, client);
      const username = client.serviceAccount;
      if (username === undefined) return;
      services.set(username, { username, name: client.clientId, subject: newId() });
    },
    client: (clientId) => clients.get(clientId),
    people: () => [...people.values()],
    account: (username) => people.get(username),
    serviceAccountOf: ({ serviceAccount }) => services.get(serviceAccount ?? ''),
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

/** Everything a test may want to look up afterwards. */
export interface Records {
  readonly requests: SeenRequest[];
  readonly issuedTokens: IssuedToken[];
  /** Codes and verifiers that applications brought, so that a test can look where else they went. */
  readonly broughtSecrets: string[];
}

/** Creates empty records. */
function createRecords(): Records {
  return { requests: [], issuedTokens: [], broughtSecrets: [] };
}
