import { channels, personas, serviceAccount, workTasksUser } from './scene.js';
import { type WorkTasksAddresses, workTasksEntry } from './work-tasks-scene.js';

/** What is secret between a bot and the simulators; new at every start. */
export interface SandboxSecrets {
  readonly botToken: string;
  readonly appToken: string;
  /** Of the bot's account in Command. */
  readonly command: string;
  readonly workTasks: string;
  /** With what workflows in Work Tasks show that they may speak. */
  readonly hook: string;
}

/** Where the parts of the sandbox are reached. */
export interface SandboxAddresses {
  readonly slackApiUrl: string;
  readonly commandUrl: string;
  readonly portalUrl: string;
  readonly workTasks: WorkTasksAddresses;
}

/** Writes the secrets of a bot, and where its Slack is, as environment variables. */
export function sandboxEnvironment(secrets: SandboxSecrets, at: SandboxAddresses): Record<string, string> {
  return {
    SLACK_BOT_TOKEN: secrets.botToken,
    SLACK_APP_TOKEN: secrets.appToken,
    SLACK_API_URL: at.slackApiUrl,
    WORKTASKS_CLIENT_SECRET: secrets.workTasks,
    COUNTERSIGN_PLANT_HOOK_SECRET: secrets.hook,
  };
}

/** Writes the settings of a bot between the simulators, as far as its own ports and ways of signing in go. */
export function sandboxSettings(team: string, { commandUrl, portalUrl, workTasks }: SandboxAddresses) {
  const { ana, li, sam, una, gia, omar, bo } = personas;
  const names = (...people: readonly { readonly realName: string }[]) =>
    people.map(({ realName }) => realName);
  return {
    slack: { mode: 'socket', team, operatorsChannel: channels.ops.id, fallbackChannel: channels.fallback.id },
    people: Object.values(personas).map((one) => ({
      id: one.id,
      name: one.realName,
      ...('identity' in one ? { identities: { corp: one.identity, plant: workTasksUser(one) } } : {}),
    })),
    keyfactor: [
      {
        name: 'corp',
        label: 'Command',
        hostname: new URL(commandUrl).host,
        scheme: 'http',
        portalUrl,
        auth: basicAuth(),
        timeout: '3s',
        signalTimeout: '3s',
      },
    ],
    workTasks: [workTasksEntry(workTasks)],
    approvers: [
      { name: 'Managers', when: { system: 'plant' }, people: names(ana, li) },
      { name: 'High risk', when: { definition: 'High risk*' }, people: names(ana, li, sam), quorum: 2 },
      { name: 'Revocations', when: { type: 'Revocation' }, people: names(ana, li) },
      {
        name: 'Lab',
        when: { definition: 'Lab*' },
        people: names(ana, li, sam, una, gia),
        approveWith: 'one-click',
      },
      {
        name: 'Renewals',
        when: { definition: 'Web server*', requester: 'KEYEXAMPLE\\svc-acme' },
        people: names(ana, li),
        approveWith: 'automatic',
      },
      {
        name: 'PKI Approvers',
        when: {},
        people: names(ana, li, sam),
        delegates: names(bo),
        // Most of what waits at the start has waited for longer, so that people are reminded at once.
        remind: ['20m', '8h'],
        escalate: { after: '3h', to: [channels.ops.id] },
      },
    ],
    operators: [{ name: 'Operators', verbs: 'all', people: names(omar, ana) }],
    routes: [
      { when: { system: 'plant' }, channels: [channels.plant.id] },
      { when: { definition: 'Lab*' }, channels: [channels.web.id] },
      { when: { definition: 'High risk*' }, channels: [channels.pki.id], people: names(ana) },
      { when: { definition: ['Web server*', 'Code*', 'Revocation*'] }, channels: [channels.pki.id] },
    ],
    alerts: {
      channel: channels.alerts.id,
      quietAfter: '30m',
      rules: [
        {
          name: 'Issuing authorities',
          when: { cause: '*RPC server is unavailable*' },
          mention: names(omar),
          severity: 'critical',
        },
      ],
    },
    zones: ['keyexample.com'],
    observe: { every: '2s' },
    // Whoever tries everything would get more receipts than cards.
    decisions: { receipts: 'risky' },
  };
}

function basicAuth(): Readonly<Record<string, string>> {
  const [domain = '', username = ''] = serviceAccount.name.split('\\');
  return { kind: 'basic', domain, username };
}
