import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { loadSettings, type Settings } from '../../../src/config.js';
import type { KeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';
import type { SlackWorkspace } from '../../../src/sandbox/slack/workspace.js';
import type { Grid } from '../../../src/sandbox/slack/world.js';
import { entraTokenPath } from '../../../src/sandbox/work-tasks/token-endpoint.js';
import { defined } from '../../../src/shared/language.js';
import { type Actor, personas, places, serviceAccount, workTasksClient } from './personas.js';

/** What a journey may set about who decides; the rest is the same for all. */
export interface StageRules {
  readonly approvers?: readonly Actor[];
  /** Whom approvers may leave their place to; nobody unless told. */
  readonly delegates?: readonly Actor[];
  readonly quorum?: number;
  readonly ownRequest?: 'forbidden' | 'allowed';
  readonly approveWith?: 'one-click' | 'comment' | 'reason' | 'typed' | 'portal-only' | 'automatic';
  /** Whom cards mention; those who can decide unless told. */
  readonly notify?: 'approvers' | 'channel' | 'nobody';
  /** Which requests may be approved together; those without findings unless told. */
  readonly bulkUpTo?: 'none' | 'low' | 'medium' | 'high' | 'off';
  /** How long decisions wait to be taken back; not at all unless told. */
  readonly hold?: string;
  /** Whose requests the rule is about; everybody's unless told. */
  readonly requester?: string;
  /** What is said while nobody decides, as the settings file has it; nothing unless told. */
  readonly undecided?: Readonly<Record<string, unknown>>;
  /** More approver rules after that one, as the settings file has them. */
  readonly approverRules?: readonly Readonly<Record<string, unknown>>[];
  /** Who gets receipts; nobody unless told. */
  readonly receipts?: 'all' | 'risky' | 'off';
  /** For how many days certificates may be asked for at most; for any number unless told. */
  readonly mostDays?: number;
  /** People whom the settings do not list, so that systems know them by the e-mail address Slack confirmed. */
  readonly byEmail?: readonly Actor[];
  /** People whom the settings list without what systems call them. */
  readonly unmapped?: readonly Actor[];
  /** Domains that names are expected in. */
  readonly zones?: readonly string[];
  /** Ids of user groups whose members approve as well. */
  readonly groups?: readonly string[];
  /** People who get cards as direct messages, besides the channel. */
  readonly alsoTo?: readonly Actor[];
  /** Ids of the channels that get cards; one for all unless told. */
  readonly channels?: readonly string[];
  /** Who may run every command; nobody unless told. */
  readonly operators?: readonly Actor[];
  /** More operator rules, as the settings file has them. */
  readonly operatorRules?: readonly Readonly<Record<string, unknown>>[];
  /** What is said about workflows that fail, as the settings file has it; nothing unless told. */
  readonly alerts?: {
    readonly quietAfter?: string;
    readonly rules?: readonly AlertRuleSketch[];
    readonly digest?: Readonly<Record<string, unknown>>;
  };
  /** More settings of the Command server, as the settings file has them. */
  readonly keyfactor?: Readonly<Record<string, unknown>>;
  /** More settings of the Work Tasks server, of its repository and of its workflow. */
  readonly workTasks?: {
    readonly server?: Readonly<Record<string, unknown>>;
    readonly auth?: Readonly<Record<string, unknown>>;
    readonly repository?: Readonly<Record<string, unknown>>;
    readonly workflow?: Readonly<Record<string, unknown>>;
  };
  /** More variables of the environment, such as secrets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Set where the workspace is one of an Enterprise Grid. */
  readonly grid?: Grid;
  /** What the settings call the Command server. */
  readonly systemName?: string;
  /** Whether a Work Tasks server plays as well. */
  readonly withWorkTasks?: boolean;
  /** Signs in to it at Microsoft Entra, asking for this scope; at AVEVA Identity Manager unless told. */
  readonly entraScope?: string;
  /** Whether alerts tell of its executions whoever started them. */
  readonly withWatch?: boolean;
  /** Whether workflows of its repository may tell that they wait. */
  readonly withHook?: boolean;
  readonly signalTimeout?: string;
  /** How the bot signs in to Command: with a password unless told. */
  readonly signIn?: 'basic' | 'oauth';
  /** More settings of how it does with oauth. */
  readonly oauth?: Readonly<Record<string, unknown>>;
  /** Set where approvers sign in themselves, so that Command is told in their name. */
  readonly people?: PeopleRules;
  /** Seals what is on record; without a key it is only chained. */
  readonly ledgerKey?: string;
  /** How long what is over is kept, as the settings file has it; for good unless told. */
  readonly retention?: Readonly<Record<string, string>>;
  readonly timeout?: string;
  /** Path of the settings operators may have compared. */
  readonly candidate?: string;
  /** Set where evidence may be sent to operators. */
  readonly withUpload?: boolean;
  /** Address of what collects spans. */
  readonly collector?: string;
  /** Where and when the weekly report is posted, as the settings file has it. */
  readonly report?: Readonly<Record<string, unknown>>;
  /** Types of blocks Slack does not have yet. */
  readonly missingBlocks?: readonly string[];
  /** Set where the bot only shows what it would do. */
  readonly isShadow?: boolean;
  /** How often the bot looks by itself; stages look by hand. */
  readonly observeEvery?: string;
}

/** An alert rule as an operator writes it. */
interface AlertRuleSketch {
  readonly when: Readonly<Record<string, string>>;
  readonly channels?: readonly string[];
  readonly mention?: readonly string[];
  readonly severity?: string;
  readonly runbook?: string;
  readonly quietHours?: { readonly from: string; readonly to: string; readonly timeZone: string };
}

/** Where approvers sign in, and where their browsers reach the bot. */
export interface PeopleRules {
  readonly issuer: string;
  readonly httpPort: number;
  /** Which system is spoken to in their names: Command unless told. */
  readonly in?: 'corp' | 'plant';
  /** What their client asks for; the usual unless told. */
  readonly scopes?: readonly string[];
}

/** Writes in whose name a system is spoken to. */
function spokenTo({ people }: StageRules, system: 'corp' | 'plant', more = {}) {
  if (!people || (people.in ?? 'corp') !== system) return {};
  const { issuer, scopes } = people;
  return {
    signalAs: 'person',
    personSignIn: { issuer, clientId: peopleClient.clientId, ...defined({ scopes }), ...more },
  };
}

/** The client with which approvers sign in. */
export const peopleClient = { clientId: 'countersign-people', clientSecret: 'people-s3cret+/%' } as const;

/** The key under which linked accounts are locked away in journeys. */
const tokenKey = '9f2c4be1a07d5863e4b1c8f03a967d52be0c7714d9a3f68125cb40e79d18a6f3';

/** Gives the address under which browsers reach the bot of a journey. */
export function publicUrlOf({ httpPort }: PeopleRules): string {
  return `http://127.0.0.1:${httpPort}`;
}

/** The addresses of the simulators a journey plays between. */
export interface StageAddresses {
  readonly slackApiUrl: string;
  readonly commandUrl: string;
  readonly tokenUrl: string;
  /** Absent where no Work Tasks server plays. */
  readonly workTasks?: { readonly url: string; readonly tokenUrl: string; readonly entraTokenUrl?: string };
}

/** Writes the settings file of a journey, as an operator would. */
export function stageYaml(
  rules: StageRules,
  at: StageAddresses & {
    readonly transport: 'socket' | 'http';
    readonly store: string;
    readonly httpPort?: number;
    /** A free one unless told. */
    readonly operationsPort?: number;
  },
): string {
  const { hostname, port } = new URL(at.commandUrl);
  const { byEmail = [] } = rules;
  const isListed = (actor: Actor) => !byEmail.includes(actor);
  const names = (actors: readonly Actor[]) =>
    actors.map((actor) => (isListed(actor) ? personas[actor].realName : personas[actor].id));
  const isMapped = (id: string) => !rules.unmapped?.some((actor) => personas[actor].id === id);
  const listed = (Object.keys(personas) as Actor[]).filter(isListed).map((actor) => personas[actor]);
  return stringify({
    ...(rules.candidate === undefined ? {} : { simulate: { candidate: rules.candidate } }),
    ...(rules.collector === undefined ? {} : { otel: { endpoint: rules.collector } }),
    ...(rules.withUpload ? { evidence: { upload: 'on' } } : {}),
    ...defined({ report: rules.report }),
    ...(rules.isShadow ? { mode: 'shadow', shadow: { channel: places.shadow } } : {}),
    slack: {
      mode: at.transport,
      team: 'T0SIMULATED',
      operatorsChannel: places.ops,
      fallbackChannel: places.fallback,
    },
    people: listed.map((one) => ({
      id: one.id,
      name: one.realName,
      ...('identity' in one && isMapped(one.id) ? { identities: identitiesOf(one.identity, rules, at) } : {}),
    })),
    emailMatching: byEmail.length > 0 ? 'on' : 'off',
    keyfactor: [
      {
        name: rules.systemName ?? 'corp',
        label: 'Command',
        hostname: `${hostname}:${port}`,
        scheme: 'http',
        portalUrl: 'https://command.example.com/Portal/Workflow/{id}',
        auth:
          rules.signIn === 'oauth'
            ? { kind: 'oauth', tokenUrl: at.tokenUrl, clientId: serviceAccount.clientId, ...rules.oauth }
            : { kind: 'basic', domain: 'KEYEXAMPLE', username: 'svc-countersign' },
        timeout: rules.timeout ?? '2s',
        signalTimeout: rules.signalTimeout ?? '2s',
        ...spokenTo(rules, 'corp'),
        ...rules.keyfactor,
      },
    ],
    approvers: [
      {
        name: 'PKI Approvers',
        when: defined({ requester: rules.requester }),
        people: [...names(rules.approvers ?? ['ana', 'li', 'sam', 'una', 'gia']), ...(rules.groups ?? [])],
        ...(rules.delegates ? { delegates: names(rules.delegates) } : {}),
        quorum: rules.quorum ?? 1,
        ownRequest: rules.ownRequest ?? 'forbidden',
        approveWith: rules.approveWith ?? 'comment',
        ...defined({ hold: rules.hold, notify: rules.notify, bulkUpTo: rules.bulkUpTo }),
        ...rules.undecided,
      },
      ...(rules.approverRules ?? []),
    ],
    ...(at.workTasks ? { workTasks: [workTasksEntry(at.workTasks, rules)] } : {}),
    operators: [
      ...(rules.operators ? [{ name: 'Operators', verbs: 'all', people: names(rules.operators) }] : []),
      ...(rules.operatorRules ?? []),
    ],
    decisions: { receipts: rules.receipts ?? 'off' },
    routes: [{ when: {}, channels: rules.channels ?? [places.pki], people: names(rules.alsoTo ?? []) }],
    alerts: rules.alerts ? { channel: places.alerts, ...rules.alerts } : { enabled: 'off' },
    http: {
      host: '127.0.0.1',
      port: at.httpPort ?? 3000,
      ...(rules.people ? { publicUrl: publicUrlOf(rules.people) } : {}),
    },
    operations: { port: at.operationsPort ?? 0 },
    observe: { every: rules.observeEvery ?? '15s' },
    zones: rules.zones ?? ['keyexample.com'],
    validityLimits: rules.mostDays === undefined ? [] : [{ name: 'All', when: {}, days: rules.mostDays }],
    ...defined({ retention: rules.retention }),
    store: at.store,
  });
}

/** Gives the secrets of a journey, under the names the vendors use. */
export function stageEnvironment(
  slack: SlackWorkspace,
  at: StageAddresses,
  {
    signIn = 'basic',
    withHook = false,
    people,
    ledgerKey,
    environment,
  }: Pick<StageRules, 'signIn' | 'withHook' | 'people' | 'ledgerKey' | 'environment'> = {},
): Record<string, string> {
  const secret =
    signIn === 'oauth'
      ? { KEYFACTOR_AUTH_CLIENT_SECRET: serviceAccount.clientSecret }
      : { KEYFACTOR_PASSWORD: serviceAccount.password };
  return {
    ...(at.workTasks ? { WORKTASKS_CLIENT_SECRET: workTasksClient.clientSecret } : {}),
    ...(withHook ? { COUNTERSIGN_PLANT_HOOK_SECRET: workTasksClient.hookSecret } : {}),
    ...secret,
    ...defined({ COUNTERSIGN_LEDGER_KEY: ledgerKey }),
    ...(people
      ? {
          [`COUNTERSIGN_${(people.in ?? 'corp').toUpperCase()}_PERSON_CLIENT_SECRET`]:
            peopleClient.clientSecret,
          COUNTERSIGN_TOKEN_KEY: tokenKey,
        }
      : {}),
    SLACK_BOT_TOKEN: slack.app.botToken,
    SLACK_APP_TOKEN: slack.app.appToken,
    SLACK_SIGNING_SECRET: slack.app.signingSecret,
    SLACK_API_URL: at.slackApiUrl,
    ...environment,
  };
}

/** Loads the settings of a journey through the same door as the real bot. */
export function stageSettings(
  rules: StageRules,
  at: Parameters<typeof stageYaml>[1] & {
    readonly slack: SlackWorkspace;
    readonly command: KeyfactorCommand;
  },
): Settings {
  const yaml = stageYaml(rules, at);
  const secretsOnly = stageEnvironment(at.slack, at, rules);
  const { SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: signing, ...rest } = secretsOnly;
  const env =
    at.transport === 'socket'
      ? { ...rest, SLACK_APP_TOKEN: app }
      : { ...rest, SLACK_SIGNING_SECRET: signing };
  const file = 'countersign.yml';
  const readFile = (path: string) => (path === file ? Buffer.from(yaml) : readFileSync(path));
  return loadSettings({ file, env, readFile });
}

function identitiesOf(identity: string, rules: StageRules, at: StageAddresses): Record<string, string> {
  const user = identity.split('\\')[1] ?? identity;
  return {
    [rules.systemName ?? 'corp']: identity,
    ...(at.workTasks ? { plant: `activedirectory::${user}` } : {}),
  };
}

function workTasksEntry(
  { url, tokenUrl, entraTokenUrl }: NonNullable<StageAddresses['workTasks']>,
  rules: StageRules,
) {
  const { withHook = false, withWatch = false, workTasks = {}, entraScope: scope } = rules;
  const { clientId } = workTasksClient;
  return {
    name: 'plant',
    label: 'Work Tasks',
    baseUrl: url,
    auth:
      scope === undefined
        ? {
            kind: 'aim',
            tokenUrl: workTasks.auth?.kind === 'entra' ? new URL(entraTokenPath, tokenUrl).href : tokenUrl,
            clientId,
            ...workTasks.auth,
          }
        : { kind: 'entra', tokenUrl: entraTokenUrl, clientId, scope },
    timeout: '500ms',
    ...spokenTo(rules, 'plant', { userTemplate: 'activedirectory::{name}' }),
    ...(withHook ? { inboxUrl: 'https://worktasks.example.com/inbox/{repository}/{executionid}' } : {}),
    repositories: [
      {
        name: 'plant',
        repository: 'Plant',
        hook: withHook ? 'on' : 'off',
        workflows: [
          {
            name: 'Leave WF',
            title: 'Leave request',
            watch: withWatch ? 'on' : 'off',
            variables: [{ name: 'Days', type: 'number', required: true }],
            ...workTasks.workflow,
          },
        ],
        ...workTasks.repository,
      },
    ],
    ...workTasks.server,
  };
}
