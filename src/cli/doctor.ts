import { createBackends } from '../backends/kind.js';
import { ledgerVariables } from '../config/environment.js';
import { ConfigError, type Settings } from '../config.js';
import { changingVerbs } from '../domain/commands.js';
import { groupsNamedIn } from '../domain/person.js';
import type { RuleMatch } from '../domain/policy.js';
import { unmappedApprovers } from '../domain/voting.js';
import { checkPort } from '../http/server.js';
import { createLog } from '../log.js';
import type { CheckUp, NamedInRule } from '../ports/backend.js';
import type { Log } from '../ports/runtime.js';
import { messageOf } from '../shared/language.js';
import { matchesPattern } from '../shared/text.js';
import { checkUpChat } from '../slack/index.js';
import { checkUpStore, whyNotWritten } from '../stores/index.js';
import { reportProblems, type SettingsSource, tryToRead } from './settings.js';

/**
 * Checks everything the bot needs before people rely on it, also while one runs; returns the exit code, 1 if
 * something is wrong.
 *
 * Nothing is changed anywhere: it only reads, and what it writes into the store is taken back.
 */
export async function doctor(options: SettingsSource & { readonly isJson: boolean }): Promise<number> {
  const print = (checks: readonly CheckUp[]) =>
    process.stdout.write(
      options.isJson ? `${JSON.stringify(checks, undefined, 2)}\n` : renderCheckUps(checks),
    );
  const read = tryToRead(options);
  if (read instanceof ConfigError) {
    if (options.isJson) print(problemsAsChecks(read));
    else reportProblems(read);
    return 2;
  }
  const checks = [
    ...checkSettings(read, options.file),
    ...(await checkRuntime(read, createLog({ level: 'silent' }))),
  ];
  print(checks);
  return checks.some(({ verdict }) => verdict === 'bad') ? 1 : 0;
}

/** Whoever reads JSON reads JSON, whatever is wrong. */
function problemsAsChecks({ problems }: ConfigError): readonly CheckUp[] {
  return problems.map(({ path, line, expected, found }) => ({
    name: 'settings',
    verdict: 'bad',
    detail: `${line === undefined ? '' : `line ${line}, `}${path}: ${found}`,
    fix: expected,
  }));
}

function checkSettings({ warnings }: Settings, file: string): readonly CheckUp[] {
  const read = { name: 'settings', verdict: 'good', detail: `${file} is complete` } as const;
  return [read, ...warnings.map((detail) => ({ name: 'settings', verdict: 'unknown', detail }) as const)];
}

/** Checks everything the settings name; all at once, since one that does not answer takes its whole time. */
export async function checkRuntime(settings: Settings, log: Log): Promise<readonly CheckUp[]> {
  const { store, storePassword: password } = settings;
  const found = await Promise.all([
    surviving('Slack', checkSlack(settings, log)),
    ...settings.servers.map((one) => surviving(one.server.name, checkServer(one, { settings, log }))),
    surviving('store', checkUpStore(store, { password })),
    surviving('ledger', checkLedger(settings)),
    ...portsOf(settings).map((at) =>
      surviving(
        `port of ${at.setting}`,
        checkPort(at).then((one) => [one]),
      ),
    ),
  ]);
  return [...found.flat(), ...checkMapping(settings)];
}

/** What one check stumbles over says nothing of the others. */
function surviving(name: string, checks: Promise<readonly CheckUp[]>): Promise<readonly CheckUp[]> {
  return checks.catch((error: unknown) => [{ name, verdict: 'bad', detail: messageOf(error) }]);
}

/** Says whether the ledger proves anything, and whether its heads can be written where the settings want them. */
async function checkLedger({ ledger }: Settings): Promise<readonly CheckUp[]> {
  const { key, anchorFile } = ledger;
  const sealed: CheckUp = key
    ? { name: 'ledger: key', verdict: 'good', detail: 'its records are sealed' }
    : {
        name: 'ledger: key',
        verdict: 'bad',
        detail: 'there is none, so the records prove nothing',
        fix: `set ${ledgerVariables.key.name} (${ledgerVariables.key.example})`,
      };
  if (anchorFile === undefined) return [sealed];
  const name = 'ledger: anchor file';
  const fault = await whyNotWritten(anchorFile);
  if (fault === undefined) return [sealed, { name, verdict: 'good', detail: anchorFile }];
  const fix =
    'let this user add to it, or change ledger.anchorFile; under systemd name its folder in ReadWritePaths, in a container mount it';
  return [sealed, { name, verdict: 'bad', detail: `${anchorFile}: ${fault}`, fix }];
}

function checkSlack({ slack, policy, shadow }: Settings, log: Log): Promise<readonly CheckUp[]> {
  const { appToken, botToken, apiUrl, proxy, command, mode, team } = slack;
  const groups = groupsNamedIn(policy);
  const named = [...policy.approvers, ...policy.operators, ...policy.routes].flatMap(({ people }) => people);
  const live = [
    policy.fallbackChannel,
    policy.operatorsChannel,
    ...policy.routes.flatMap((route) => route.channels),
    ...(policy.alerts.isOn
      ? [policy.alerts.channel, ...policy.alerts.rules.flatMap((rule) => rule.channels)]
      : []),
  ];
  const channels = shadow ? [shadow.channel] : live;
  return checkUpChat({
    botToken,
    apiUrl,
    proxy,
    appToken: mode === 'socket' ? appToken : undefined,
    channels,
    groups,
    team,
    people: [...policy.people.map(({ id }) => id), ...named],
    named,
    features: {
      emailMatching: policy.emailMatching,
      userGroups: groups.length > 0,
      command,
    },
    log,
    now: Date.now,
  });
}

async function checkServer(
  server: Settings['servers'][number],
  { settings: { policy, shadow }, log }: { readonly settings: Settings; readonly log: Log },
): Promise<readonly CheckUp[]> {
  const noNotes = { getNote: async () => undefined, putNote: async () => {} };
  const isReadOnly = shadow !== undefined;
  const backends = await createBackends([server], { log, now: Date.now, notes: noNotes, isReadOnly });
  const found = [...backends.values()].map(async ({ system, checkUp }) => {
    const changes = policy.operators.some(
      ({ systems = ['*'], verbs }) =>
        systems.some((pattern) => matchesPattern(system, pattern)) &&
        changingVerbs.some((verb) => verbs.includes(verb)),
    );
    const needed = { changes: changes && !isReadOnly, named: namedIn(policy, system), isReadOnly };
    return checkUp ? checkUp(needed) : [];
  });
  return (await Promise.all(found)).flat();
}

/** Lists what the rules that may speak of a system name there. */
function namedIn(policy: Settings['policy'], system: string): readonly NamedInRule[] {
  const { approvers, routes, alerts, validityLimits = [] } = policy;
  const limits = validityLimits.map(({ match }) => ({ name: 'validityLimits', match }));
  const rules = [...approvers, ...routes, ...limits, ...alerts.rules];
  const own = rules.filter(
    ({ match }) => match.system?.some((pattern) => matchesPattern(system, pattern)) ?? true,
  );
  return own.flatMap(({ name, match }) =>
    (['type', 'definition', 'step', 'template', 'authority'] as const).flatMap((condition) =>
      ((match as RuleMatch)[condition] ?? []).map((pattern) => ({ rule: name, condition, pattern })),
    ),
  );
}

function portsOf({ http, operations, slack, systems }: Settings) {
  const isCalled = systems.some((one) => one.approvals === 'inbound' || one.signalsAsPerson);
  const isPublic = slack.mode === 'http' || isCalled;
  return [
    { ...operations, setting: 'operations' },
    ...(isPublic ? [{ host: http.host, port: http.port, setting: 'http' }] : []),
  ];
}

/** Where approvals come in by themselves, the warnings of the settings tell, which know of e-mail addresses. */
function checkMapping({ policy, systems }: Settings): readonly CheckUp[] {
  const polled = systems.filter(({ approvals }) => approvals === 'polled');
  const gaps = unmappedApprovers(
    policy,
    polled.map(({ name }) => name),
  );
  if (gaps.length === 0)
    return [{ name: 'people', verdict: 'good', detail: 'every approver has a name in every system' }];
  return gaps.map(({ rule, system, people }) => ({
    name: 'people',
    verdict: 'bad',
    detail: `“${rule}” names ${people.map(({ userId }) => userId).join(', ')}, whose name in ${system} is not known`,
    fix: `write identities.${system} for them under people`,
  }));
}

const marks: Readonly<Record<CheckUp['verdict'], string>> = { good: '✓', bad: '✗', unknown: '–' };

/** Writes one line for each check, the fix under what needs one, and how many are wrong. */
export function renderCheckUps(checks: readonly CheckUp[]): string {
  const lines = checks.flatMap(({ name, verdict, detail, fix }) => [
    `${marks[verdict]} ${name}: ${detail}`,
    ...(fix === undefined || verdict === 'good' ? [] : [`    → ${fix}`]),
  ]);
  return `${[...lines, '', endLine(checks)].join('\n')}\n`;
}

function endLine(checks: readonly CheckUp[]): string {
  const wrong = checks.filter(({ verdict }) => verdict === 'bad').length;
  const open = checks.filter(({ verdict }) => verdict === 'unknown').length;
  const rest = open === 0 ? '' : ` ${open} could not be checked from here (–).`;
  if (wrong === 0) return `Nothing is wrong.${rest}`;
  return `${wrong === 1 ? 'One thing is' : `${wrong} things are`} wrong (✗).${rest}`;
}
