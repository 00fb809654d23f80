import { stringify } from 'yaml';
import { loadSettings, type Settings } from '../../config.js';
import type { SlackWorkspace } from '../slack/workspace.js';
import { channels, personas, serviceAccount, workTasksUser } from './scene.js';
import { type WorkTasksAddresses, workTasksEntry, workTasksEnvironment } from './work-tasks-scene.js';

/** Where the parts of the demo are reached. */
export interface Addresses {
  readonly slackApiUrl: string;
  readonly commandUrl: string;
  readonly portalUrl: string;
  readonly workTasks: WorkTasksAddresses;
  /** The file in which the bot remembers. */
  readonly store: string;
}

/** Loads the demo's settings through the same door as those of a real bot: a file and the environment. */
export function demoSettings(slack: SlackWorkspace, at: Addresses): Settings {
  const file = settingsFile(slack.team.id, at);
  return loadSettings({
    file: 'countersign-demo.yml',
    readFile: () => Buffer.from(file),
    env: {
      SLACK_BOT_TOKEN: slack.app.botToken,
      SLACK_APP_TOKEN: slack.app.appToken,
      SLACK_API_URL: at.slackApiUrl,
      KEYFACTOR_PASSWORD: serviceAccount.password,
      ...workTasksEnvironment,
    },
  });
}

function settingsFile(team: string, { commandUrl, portalUrl, workTasks, store }: Addresses): string {
  const { ana, li, sam, una, gia, omar } = personas;
  const names = (...people: readonly { readonly realName: string }[]) =>
    people.map(({ realName }) => realName);
  const [domain, username] = serviceAccount.name.split('\\');
  return stringify({
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
        auth: { kind: 'basic', domain, username },
        timeout: '3s',
        signalTimeout: '3s',
      },
    ],
    workTasks: [workTasksEntry(workTasks)],
    approvers: [
      { name: 'Managers', when: { system: 'plant' }, people: names(ana, li) },
      {
        name: 'High risk',
        when: { definition: 'High risk*' },
        people: names(ana, li, sam),
        quorum: 2,
      },
      { name: 'Revocations', when: { type: 'Revocation' }, people: names(ana, li) },
      {
        name: 'Lab',
        when: { definition: 'Lab*' },
        people: names(ana, li, sam, una, gia),
        approveWith: 'one-click',
      },
      { name: 'PKI Approvers', when: {}, people: names(ana, li, sam) },
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
    http: { host: '127.0.0.1' },
    operations: { port: 0 },
    store,
    log: { level: 'warn' },
  });
}
