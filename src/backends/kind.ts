import { z } from 'zod';
import type { StartableWorkflow } from '../domain/change.js';
import type { LiveBackend, ReadOnlyBackend, WorkflowBackend } from '../ports/backend.js';
import type { InboundRequest, InboundResult, WebRoute } from '../ports/chat.js';
import type { Log } from '../ports/runtime.js';
import type { NoteRepository } from '../ports/store.js';
import { defined } from '../shared/language.js';
import { isSafeUrl } from '../shared/text.js';

/**
 * A kind of workflow system: all that the settings, their documentation and the start need to know of a vendor.
 *
 * Settings are read with this alone; what speaks to servers is loaded when one is configured.
 */
export interface BackendKind<Server extends Named = Named, Secrets extends object = object> {
  /** The setting that lists its servers. */
  readonly key: string;
  /** What the documentation says of that list, without a full stop. */
  readonly meaning: string;
  /** What the settings file says of one server. */
  readonly schema: z.ZodType<Server>;
  /** How the names of its variables begin; the server's name follows where there are several. */
  readonly prefix: string;
  /** What may stand in the environment instead of the settings file. */
  readonly variables: readonly ServerVariable[];
  /** What may stand in the environment only. */
  readonly secrets: readonly ServerSecret[];
  /** Secrets the vendor has no name for. */
  readonly ownSecrets?: readonly OwnSecret<Secrets>[];
  /** The settings of a server that name certificate authorities, which must be there to be read. */
  readonly authorities?: readonly string[];
  /** A variable that turns off the checking of certificates, which is refused, and the one to set instead. */
  readonly skipsChecks?: { readonly name: string; readonly instead: string };
  /** Introduces its variables in the documentation, heading included. */
  readonly introduction: string;
  /** Names the variable for a secret that somebody wrote at a place inside a server, one of `ownSecrets` included. */
  variableAt(path: readonly (string | number)[]): string;
  /** Lists the systems of one server, as far as they can be told from an entry that may be wrong. */
  systemsOf(entry: RawEntry, name: string): readonly SystemSketch[];
  /** Lists the workflows the settings allow to be started. */
  startablesOf?(server: Server): readonly StartableWorkflow[];
  /** Says what an operator should know of how a server is set up, without a full stop. */
  notesOf?(server: Server): readonly string[];
  /** Says what of a server's settings cannot work as it stands, without a full stop. */
  warningsOf?(server: Server): readonly string[];
  /** Loads what speaks to its servers. */
  load(): Promise<BackendModule<Server, Secrets>>;
}

/** What speaks to the servers of one kind. */
interface BackendModule<Server extends Named, Secrets extends object> {
  /** Creates every system of one server. Throws at once if a secret is missing. */
  createBackends(one: Configured<Server, Secrets>, runtime: BackendRuntime): readonly LiveBackend[];
  /** Creates the address at which its systems call the bot; absent unless the settings turn that on. */
  createRoute?(servers: readonly Configured<Server, Secrets>[], take: TakeInbound): WebRoute | undefined;
}

/** A server and what proves the bot to it. */
interface Configured<Server extends Named, Secrets extends object> {
  readonly server: Server;
  readonly secrets: Secrets;
}

/** A configured server of any kind. */
export interface ConfiguredServer<Server extends Named = Named, Secrets extends object = object>
  extends Configured<Server, Secrets> {
  readonly kind: BackendKind<Server, Secrets>;
}

/** A server, as far as all kinds are alike. */
interface Named {
  readonly name: string;
}

/** What a server's entry in the settings file says, before anybody has checked it. */
type RawEntry = Readonly<Record<string, unknown>>;

/** An environment variable the bot reads. */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  readonly example: string;
}

/** A variable of one server, named without the prefix that says of which. */
export interface ServerVariable extends Variable {
  /** The setting it fills in where the file leaves it out. */
  readonly fills: readonly string[];
  /** Only for this `auth.kind`. */
  readonly auth?: string;
  /** Whether it says how to sign in where the file does not. */
  readonly choosesAuth?: boolean;
  /** Turns the text into what the settings file would say. */
  readonly convert?: (text: string) => unknown;
}

/** A secret of one server, named without the prefix that says of which. */
export interface ServerSecret<Key extends string = string> extends Variable {
  /** What the backend calls it. */
  readonly secret: Key;
  /** The values of `auth.kind`, or the setting to be true, that need it. */
  readonly neededBy: { readonly auth: readonly string[] } | { readonly setting: string };
  /** Whether it says how to sign in where the file does not. */
  readonly choosesAuth?: boolean;
}

/** A secret called `COUNTERSIGN_<OWNER>_` and its name; whose it is always stands in it, even where there is one. */
export interface OwnSecret<Secrets extends object> extends Variable {
  /** An owner, and what makes it need the secret, for the documentation. */
  readonly exampleOwner: string;
  readonly use: string;
  /** Fits the variables that are meant to be of this kind. */
  readonly pattern: RegExp;
  /** Names what in a server has such a secret. */
  ownersIn(entry: RawEntry, name: string): readonly string[];
  /** Finds what is wrong with secrets, given by variable for all servers of the kind; repeats none. */
  check?(secrets: ReadonlyMap<string, string>): readonly SecretProblem[];
  /** Gives one server's secrets, by owner, the way the backend takes them. */
  secretsOf(secrets: ReadonlyMap<string, string>): Secrets;
}

/** The secret of the client with which people sign in; it must not pass to another provider when a server is added. */
export const personSecret: OwnSecret<PersonSecret> = {
  name: 'PERSON_CLIENT_SECRET',
  meaning: 'Secret of the client with which people sign in.',
  example: '…',
  exampleOwner: '<SERVER>',
  use: '`personSignIn`',
  pattern: /^COUNTERSIGN_.*PERSON.*SECRET(_FILE)?$/,
  ownersIn: ({ personSignIn }, name) => (personSignIn === undefined ? [] : [name]),
  secretsOf: (read) => ({ personClientSecret: [...read.values()][0] }),
};

/** What `personSecret` reads. */
export interface PersonSecret {
  /** Of the client with which people sign in. */
  readonly personClientSecret?: string | undefined;
}

/** Makes the setting that says in whose name a system is spoken to; `what` is said in a person's name. */
export function signalAsSetting(what: string) {
  return z
    .enum(['service', 'person'])
    .prefault('service')
    .describe(
      `In whose name ${what} reach the server: the account of the bot (service), or each person, who signs in once under personSignIn (person).`,
    )
    .meta({ examples: ['person'] });
}

/** Makes the settings of how people sign in at the identity provider a kind of system trusts. */
export function personSignInSettings(vendor: string) {
  return z.strictObject({
    issuer: z
      .string()
      .refine(isSafeUrl, 'write the full https address of the identity provider')
      .describe(`Identity provider that ${vendor} trusts; its endpoints are found below this address.`)
      .meta({ examples: ['https://idp.example.com/realms/Keyfactor'] }),
    clientId: z
      .string()
      .min(1)
      .describe('Client with which people sign in; registered for the authorization code flow.')
      .meta({ examples: ['countersign-people'] }),
    scopes: z
      .array(z.string().min(1))
      .refine((scopes) => scopes.includes('openid'), 'openid has to be among them: it tells who signed in')
      .prefault(['openid', 'profile', 'offline_access'])
      .describe(
        'Scopes to request. Without offline_access most providers give no refresh token, and the link ends with the access token. Microsoft Entra also needs a scope of the API (api://…), or the token is for another one.',
      )
      .meta({ examples: [['openid', 'profile', 'offline_access']] }),
    usernameClaim: z
      .string()
      .min(1)
      .prefault('preferred_username')
      .describe(`Claim that holds what ${vendor} calls the person.`)
      .meta({ examples: ['preferred_username', 'upn'] }),
    prompt: z
      .enum(['login', 'select_account', 'off'])
      .prefault('login')
      .describe(
        'What the identity provider requires from someone who is signed in there already: to sign in again, to choose an account, or nothing (off), which lets one click on a stranger’s link be enough.',
      )
      .meta({ examples: ['login'] }),
  });
}

/** Hosts under which Microsoft Entra gives out tokens. */
const entraHosts =
  /(^|\.)(microsoftonline\.(com|us)|partner\.microsoftonline\.cn|windows\.net|ciamlogin\.com)$/i;

/**
 * Says what is wrong with the scopes asked of Microsoft Entra, which gives a token for the API that a scope names and
 * refuses others with an `AADSTS…` code; undefined where all is well, or the provider is another one.
 */
export function entraScopeWarning(sign: {
  readonly setting: string;
  readonly url: string;
  readonly scopes: readonly string[];
  readonly isPerson?: boolean;
}): string | undefined {
  const { setting, url, scopes, isPerson = false } = sign;
  if (!URL.canParse(url) || !entraHosts.test(new URL(url).hostname)) return undefined;
  if (scopes.some((scope) => (isPerson ? /^[a-z]+:\/\/./i.test(scope) : scope.endsWith('/.default'))))
    return undefined;
  const wanted = isPerson
    ? 'a scope of the API, such as api://<application id>/.default'
    : 'the scope api://<application id>/.default';
  return `${setting} lacks ${wanted}, without which Microsoft Entra gives no token for the API`;
}

/** Tells whether a server says where people sign in, if it is spoken to in their names. */
export function saysWherePeopleSignIn(server: {
  readonly signalAs: 'service' | 'person';
  readonly personSignIn?: unknown;
}): boolean {
  return server.signalAs === 'service' || server.personSignIn !== undefined;
}

/** What a server without it is told. */
export const personSignInMissing = {
  path: ['personSignIn'],
  message: 'signalAs: person needs to know where people sign in',
};

/** Something wrong with a secret in the environment. */
export interface SecretProblem {
  /** The variable. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** A system the settings speak of. */
export interface SystemSketch {
  readonly name: string;
  /** Where the server's entry describes it. */
  readonly path: readonly (string | number)[];
  /** Types of workflows that are documented, where some are; others may be there. */
  readonly types?: readonly string[];
  /** Whether its approvals are found by polling or come in by themselves. */
  readonly approvals: 'polled' | 'inbound' | 'none';
  /** Whether it has to know in whose name a change is made, and what tells it. */
  readonly actsFor: 'anybody' | 'identity';
  /** Whether its user names are e-mail addresses; not unless told. */
  readonly isEmailNamed?: boolean;
  /** Whether decisions reach it in the name of whoever makes them. */
  readonly signalsAsPerson: boolean;
}

/** Takes what a workflow told; a repetition changes nothing. */
export type TakeInbound = (request: InboundRequest) => Promise<InboundResult>;

/** What backends need besides their settings. */
interface BackendRuntime {
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly notes: Pick<NoteRepository, 'getNote' | 'putNote'>;
  /** Ends every request under way, and keeps any further one from being sent. */
  readonly cutOff?: AbortSignal;
  /** Set in shadow mode: what waits for anybody is read, and nothing is ever sent. */
  readonly isReadOnly?: boolean;
}

/** Creates every configured system, by its name; read-only ones have nothing that could send anything. */
export async function createBackends(
  servers: readonly ConfiguredServer[],
  runtime: BackendRuntime,
): Promise<ReadonlyMap<string, WorkflowBackend>> {
  const created: WorkflowBackend[] = [];
  for (const one of servers) {
    const backends = (await one.kind.load()).createBackends(one, runtime);
    created.push(...(runtime.isReadOnly ? backends.map(readOnly) : backends));
  }
  return new Map(created.map((backend) => [backend.system, backend]));
}

/** Takes over what reads, by name: what a backend gains later is absent until somebody adds it here. */
export function readOnly(backend: LiveBackend): ReadOnlyBackend {
  const { system, label, observe, getInstance, isAssigned, requirementOf, linkTo, signalTimeoutMs } = backend;
  const { find, list, definitions, last, output, variable, findSuccessors, latestVersion, changeTimeoutMs } =
    backend.operations;
  const { lastGoodStep, mayAskPeople, checkUp } = backend;
  return {
    system,
    label,
    observe,
    getInstance,
    isAssigned,
    requirementOf,
    linkTo,
    signalTimeoutMs,
    ...defined({ lastGoodStep, mayAskPeople, checkUp }),
    operations: {
      changes: [],
      changeTimeoutMs,
      ...defined({ find, list, definitions, last, output, variable, findSuccessors, latestVersion }),
    },
  };
}

/** Lists the addresses at which systems call the bot; none unless the settings turn one on. */
export async function createRoutes(
  servers: readonly ConfiguredServer[],
  take: TakeInbound,
): Promise<readonly WebRoute[]> {
  const routes: WebRoute[] = [];
  for (const kind of new Set(servers.map((one) => one.kind))) {
    const { createRoute } = await kind.load();
    const ofKind = servers.filter((one) => one.kind === kind);
    const route = createRoute?.(ofKind, take);
    if (route) routes.push(route);
  }
  return routes;
}
