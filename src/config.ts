import type { KeyfactorSecrets, KeyfactorServer } from './backends/keyfactor/settings.js';
import type { WorkTasksSecrets, WorkTasksServer } from './backends/work-tasks/settings.js';
import { draftOf } from './config/checks/draft.js';
import { warningsOf } from './config/checks/warnings.js';
import { ConfigError } from './config/config-error.js';
import { checkVariables, warnOfUnreadVariables } from './config/environment/check-names.js';
import { createEnvironment } from './config/environment/environment.js';
import { fillServers } from './config/environment/fill-servers.js';
import { type LedgerKeys, readLedgerKeys } from './config/environment/ledger-keys.js';
import { readServerSecrets, readSlackSecrets, type SlackSecrets } from './config/environment/read-secrets.js';
import { readStoreSecret } from './config/environment/store-secret.js';
import { readTokenKeys, type TokenKeys } from './config/environment/token-keys.js';
import { readWorkTasksSecrets } from './config/environment/work-tasks-secrets.js';
import { policyOf } from './config/policy-of.js';
import { collectProblems, inOrder } from './config/problems/collect-problems.js';
import { parseSettings } from './config/problems/schema-problems.js';
import { type ReadFile, readSettingsFile } from './config/read-settings-file.js';
import { cronOf } from './config/schema/observe-schema.js';
import type { SettingsEntries } from './config/schema/settings-schema.js';
import type { Policy } from './domain/rules.js';

export { ConfigError, type Problem } from './config/config-error.js';
export { formatProblems } from './config/problems/format-problems.js';

/** Everything the bot is told at its start. */
export interface Settings {
  readonly slack: SlackSettings;
  readonly keyfactor: readonly { readonly server: KeyfactorServer; readonly secrets: KeyfactorSecrets }[];
  readonly workTasks: readonly { readonly server: WorkTasksServer; readonly secrets: WorkTasksSecrets }[];
  readonly policy: Policy;
  /** When to look, as a cron expression, and after how many failures to say so. */
  readonly observe: { readonly cron: string; readonly unreachableAfter: number };
  /** Where requests from outside are received, and under which address the outside knows that. */
  readonly http: { readonly host: string; readonly port: number; readonly publicUrl?: string | undefined };
  /** Where probes ask. */
  readonly operations: { readonly host: string; readonly port: number };
  /** Path of the file in which the bot remembers, or address of its database without the password. */
  readonly store: string;
  readonly storePassword?: string;
  /** What seals the record of everything, and where its heads are written down outside the store. */
  readonly ledger: LedgerKeys & {
    readonly anchorEveryMs: number;
    readonly anchorIn: readonly ('log' | 'operators' | 'file')[];
    readonly anchorFile?: string | undefined;
  };
  /** What locks people’s linked accounts away; absent where no server is told decisions by people. */
  readonly tokenKeys?: TokenKeys;
  /** Name of a section of the settings file → its text with all defaults; holds no secret. */
  readonly sections: Readonly<Record<string, string>>;
  readonly log: { readonly level: SettingsEntries['log']['level'] };
  /** What is allowed but probably not meant, each in a sentence for the operator. */
  readonly warnings: readonly string[];
}

/** How the bot reaches Slack, and what Slack gave out for it. */
interface SlackSettings extends SlackSecrets {
  readonly mode: 'socket' | 'http';
  readonly team?: string;
  readonly command: string;
}

/**
 * Reads the settings from a YAML file and the environment.
 *
 * Throws `ConfigError` with every problem there is. The file wins over the environment; secrets come from the
 * environment only.
 */
export function loadSettings(from: {
  readonly file: string;
  readonly readFile: ReadFile;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Settings {
  const file = readSettingsFile(from.file, from.readFile);
  const environment = createEnvironment(from.env, from.readFile);
  const filled = fillServers(file.raw, environment);
  const draft = draftOf(filled.raw);
  const parsed = parseSettings(filled.raw);
  const slack = readSlackSecrets(filled.raw, environment);
  const storeSecret = readStoreSecret(filled.raw, environment);
  const ledgerKeys = readLedgerKeys(environment);
  const tokenKeys = readTokenKeys(filled.raw, environment);
  const keyfactor = readServerSecrets(filled.raw, environment);
  const workTasks = readWorkTasksSecrets(filled.raw, environment);
  const variables = checkVariables(filled.raw, environment);
  const misfits = parsed.kind === 'wrong' ? parsed.problems : [];
  const problems = [
    ...collectProblems({ file, filled, draft, misfits }),
    ...filled.problems,
    ...[
      ...slack.problems,
      ...ledgerKeys.problems,
      ...tokenKeys.problems,
      ...keyfactor.problems,
      ...workTasks.problems,
    ],
    ...variables,
    ...environment.problems(),
  ];
  if (parsed.kind === 'wrong' || problems.length > 0) throw new ConfigError(from.file, inOrder(problems));
  return {
    ...settingsOf(parsed.entries),
    ...storeSecret,
    ledger: { ...ledgerOf(parsed.entries), ...ledgerKeys.value },
    ...(tokenKeys.value ? { tokenKeys: tokenKeys.value } : {}),
    slack: { ...slackOf(parsed.entries), ...slack.value },
    keyfactor: withSecrets(parsed.entries.keyfactor, keyfactor.value),
    workTasks: withSecrets(parsed.entries.workTasks, workTasks.value),
    warnings: [...warningsOf(draft), ...warnOfUnreadVariables(filled.raw, environment)],
  };
}

function withSecrets<Server, Secrets>(servers: readonly Server[], secrets: readonly Secrets[]) {
  return servers.map((server, index) => ({ server, secrets: secrets[index] ?? {} }));
}

function slackOf({ slack }: SettingsEntries): Omit<SlackSettings, keyof SlackSecrets> {
  const { mode, team, command } = slack;
  return { mode, command, ...(team === undefined ? {} : { team }) };
}

function ledgerOf({ ledger }: SettingsEntries): Omit<Settings['ledger'], keyof LedgerKeys> {
  const { anchorEvery: anchorEveryMs, anchorIn, anchorFile } = ledger;
  return { anchorEveryMs, anchorIn, anchorFile };
}

function settingsOf(
  entries: SettingsEntries,
): Omit<Settings, 'slack' | 'ledger' | 'tokenKeys' | 'keyfactor' | 'workTasks' | 'warnings'> {
  const { every = '15s', cron, unreachableAfter } = entries.observe;
  return {
    policy: policyOf(entries),
    observe: { cron: cron ?? cronOf(every), unreachableAfter },
    http: entries.http,
    operations: entries.operations,
    store: entries.store,
    log: entries.log,
    sections: Object.fromEntries(
      Object.entries(entries).map(([name, section]) => [name, JSON.stringify(section)]),
    ),
  };
}
