import { z } from 'zod';
import { defined } from '../../shared/language.js';
import {
  type BackendKind,
  entraScopeWarning,
  type OwnSecret,
  personSecret,
  type SecretProblem,
  type ServerSecret,
} from '../kind.js';
import {
  isStartedWithValues,
  systemName,
  systemsOf,
  type WorkTasksSecrets,
  type WorkTasksServer,
  workTasksServer,
} from './settings.js';

/** Exactly those a server's settings need are read. */
const secrets: readonly ServerSecret<keyof WorkTasksSecrets>[] = [
  {
    name: 'CLIENT_SECRET',
    meaning: 'Secret of the client that signs in to Work Tasks.',
    example: '…',
    secret: 'clientSecret',
    neededBy: { auth: ['aim', 'entra'] },
  },
  {
    name: 'ACCESS_TOKEN',
    meaning: 'Access token for Work Tasks, issued in advance.',
    example: '…',
    secret: 'accessToken',
    neededBy: { auth: ['token'] },
  },
  {
    name: 'REFRESH_TOKEN_INFO',
    meaning: 'Refresh token metadata, sent to Work Tasks as it is.',
    example: '{…}',
    secret: 'refreshTokenInfo',
    neededBy: { setting: 'sendRefreshTokenInfo' },
  },
];

const introduction = `
### AVEVA Work Tasks

With one server in the file they are written as below. With several, the server's name follows \`WORKTASKS_\`:
for a server \`plant\`, \`WORKTASKS_PLANT_CLIENT_SECRET\`. The secret of \`personSignIn\` always has
the server's name in it, \`COUNTERSIGN_PLANT_PERSON_CLIENT_SECRET\`, and the secret of a hook is called after the system of its
repository, here \`plant-hr\`. All else about a server stands in the file.
`;

/** Two repositories have one each. */
const hookSecret: OwnSecret<WorkTasksSecrets> = {
  name: 'HOOK_SECRET',
  meaning:
    'Secret with which workflows of that repository send approvals, at least 24 characters; two separated by a comma while one replaces the other.',
  example: '…',
  exampleOwner: 'plant-hr',
  use: 'hook: on',
  pattern: /_HOOK_SECRET(_FILE)?$/,
  ownersIn: (entry, name) =>
    sketchesOf(entry, name).flatMap(({ system, hook }) => (hook === 'on' ? [system] : [])),
  check: hookProblems,
  secretsOf: (read) => ({
    hooks: Object.fromEntries([...read].map(([system, text]) => [system, partsOf(text)])),
  }),
};

/** AVEVA Work Tasks: each repository of a server is a system. */
export const workTasks: BackendKind<WorkTasksServer, WorkTasksSecrets> = {
  key: 'workTasks',
  meaning: 'The AVEVA Work Tasks servers, reached by their Web API for Workflow',
  schema: workTasksServer,
  prefix: 'WORKTASKS_',
  variables: [],
  secrets,
  ownSecrets: [personSecret, hookSecret],
  authorities: ['caCert', 'authCaCert'],
  introduction,
  variableAt(path) {
    const name = String(path.at(-1)).toLowerCase();
    if (path[0] === 'personSignIn' || name.includes('person')) return personSecret.name;
    if (name.includes('refresh')) return 'REFRESH_TOKEN_INFO';
    return name.includes('token') ? 'ACCESS_TOKEN' : 'CLIENT_SECRET';
  },
  systemsOf: (entry, name) =>
    sketchesOf(entry, name).map(({ system, at, hook }) => ({
      name: system,
      path: ['repositories', at],
      types: ['Work Tasks'],
      approvals: hook === 'on' ? 'inbound' : 'none',
      // By their linked accounts people bring their names along.
      actsFor: entry.signalAs === 'person' ? 'anybody' : 'identity',
      // A template makes the user name of the address, which says the same.
      isEmailNamed: entry.userNames === 'email' || entry.userTemplate !== undefined,
      signalsAsPerson: entry.signalAs === 'person',
    })),
  startablesOf(server) {
    const systems = systemsOf(server);
    const note = startNote(server);
    return server.repositories.flatMap(({ workflows }, index) =>
      workflows.map(({ name, title, variables, data, typedData }) => ({
        system: systems[index] ?? '',
        definition: name,
        ...defined({ title, note }),
        takesVersion: !isStartedWithValues({ variables, data }),
        takesData: typedData === 'on',
        variables: variables.map(({ name: called, type, required, default: fallback }) => ({
          name: called,
          type,
          isRequired: required,
          ...defined({ default: fallback }),
        })),
      })),
    );
  },
  notesOf(server) {
    const { auth, repositories } = server;
    const isUsed = repositories.some(({ workflows }) => workflows.length > 0);
    return [
      ...(isUsed && server.signalAs === 'person' ? [notRenewed] : []),
      ...(isUsed && server.signalAs === 'service' && signsInAsService(server)
        ? [`${noInboxItem}; have the designer assign it to a user, a role or a filter`]
        : []),
      ...(auth.kind === 'token' ? [neverRenewed] : []),
    ];
  },
  warningsOf: scopeWarnings,
  async load() {
    const { createInboundRoute, createWorkTasksBackends } = await import('./index.js');
    return {
      createBackends: createWorkTasksBackends,
      createRoute: (servers, take) => createInboundRoute({ servers, take }),
    };
  },
};

/** Page 1527146.html of the vendor, on tokens of services. */
const noInboxItem =
  'Countersign signs in with client credentials, so an activity assigned to the workflow initiator gets no inbox item';

const neverRenewed =
  'the access token is never renewed: once it has ended, nothing reaches the server, and an activity that waited longer and calls a web API as the user fails';

function scopeWarnings({ auth, personSignIn, signalAs }: WorkTasksServer): readonly string[] {
  const service =
    auth.kind === 'entra' && auth.scope !== undefined
      ? entraScopeWarning({
          setting: 'auth.scope',
          url: auth.tokenUrl ?? 'https://login.microsoftonline.com',
          scopes: [auth.scope],
        })
      : undefined;
  const people =
    personSignIn && signalAs === 'person'
      ? entraScopeWarning({
          setting: 'personSignIn.scopes',
          url: personSignIn.issuer,
          scopes: personSignIn.scopes,
          isPerson: true,
        })
      : undefined;
  return [service, people].filter((note) => note !== undefined);
}

/** The same page as of `noInboxItem`. */
const notRenewed =
  'what people start carries their own token, which Work Tasks does not renew: an activity that calls a web API as the user fails once that token has ended';

/** What whoever starts a workflow has to know of the token it is started with. */
function startNote(server: WorkTasksServer): string | undefined {
  if (server.signalAs === 'person')
    return 'It is started with your own token, which Work Tasks does not renew: an activity that calls a web API as you fails once that token has ended.';
  return signsInAsService(server) ? `${noInboxItem}.` : undefined;
}

function signsInAsService({ auth }: WorkTasksServer): boolean {
  return auth.kind === 'aim' || auth.kind === 'entra';
}

const repositorySketch = z.object({
  name: z.string().optional(),
  repository: z.string(),
  hook: z.unknown().optional(),
});

/** Finds the repositories of a server whose other settings may be wrong. */
function sketchesOf({ repositories }: Readonly<Record<string, unknown>>, server: string) {
  return (Array.isArray(repositories) ? repositories : []).flatMap((entry: unknown, at) => {
    const { data } = repositorySketch.safeParse(entry);
    return data ? [{ at, hook: data.hook, system: systemName(server, data) }] : [];
  });
}

const shortestHookSecret = 24;

/** Two repositories with one secret could speak for each other. */
function hookProblems(read: ReadonlyMap<string, string>): readonly SecretProblem[] {
  const expected = `a secret of its own, of at least ${shortestHookSecret} characters without blanks, or two with a comma between`;
  const taken = new Map<string, string>();
  return [...read].flatMap(([path, text]) => {
    const parts = partsOf(text);
    const other = parts.map((secret) => taken.get(secret)).find((one) => one !== undefined && one !== path);
    const found = faultOf(parts) ?? (other && `the secret of ${other}`);
    for (const secret of parts) taken.set(secret, path);
    return found === undefined ? [] : [{ path, expected, found }];
  });
}

function partsOf(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim());
}

function faultOf(parts: readonly string[]): string | undefined {
  if (parts.length > 2) return `${parts.length} secrets`;
  const wrong = parts.find((secret) => secret.length < shortestHookSecret || /\s/.test(secret));
  if (wrong === undefined) return undefined;
  return /\s/.test(wrong) ? 'a secret with blanks in it' : `a secret of ${wrong.length} characters`;
}
