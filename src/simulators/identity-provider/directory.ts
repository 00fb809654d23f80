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
export interface Directory {
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
export function createDirectory(newId: () => string): Directory {
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
