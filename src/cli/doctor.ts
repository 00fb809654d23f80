import { existsSync } from 'node:fs';
import { createBackends } from '../backends/kind.js';
import { ledgerVariables } from '../config/environment.js';
import { ConfigError, type Settings } from '../config.js';
import { createSecretBox, createSignerFinder } from '../crypto.js';
import { changingVerbs } from '../domain/commands.js';
import { groupsNamedIn } from '../domain/person.js';
import type { RuleMatch } from '../domain/policy.js';
import { unmappedApprovers } from '../domain/voting.js';
import { checkPorts } from '../http/server.js';
import { createLog } from '../log.js';
import type { CheckUp, NamedInRule } from '../ports/backend.js';
import type { Log } from '../ports/runtime.js';
import { messageOf } from '../shared/language.js';
import { isPostgresUrl, matchesPattern } from '../shared/text.js';
import { checkUpChat } from '../slack/index.js';
import { createTokenPairs, originOf } from '../slack/token-rotation.js';
import { checkUpStore, openStore, storeIdOf, whyNotWritten } from '../stores/index.js';
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

/** Whoever reads JSON reads JSON, whatever is wrong with the settings. */
export function problemsAsChecks({ problems }: ConfigError): readonly CheckUp[] {
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
  const { store, storePassword: password, retention } = settings;
  const found = await Promise.all([
    surviving('Slack', checkSlack(settings, log)),
    ...settings.servers.map((one) => surviving(one.server.name, checkServer(one, { settings, log }))),
    surviving('store', checkUpStore(store, { password, retention })),
    surviving('ledger', checkLedger(settings)),
    surviving('ports', checkPorts(portsOf(settings), storeIdOf(store))),
  ]);
  return [...found.flat(), ...checkMapping(settings)];
}

/** What one check stumbles over says nothing of the others. */
function surviving(name: string, checks: Promise<readonly CheckUp[]>): Promise<readonly CheckUp[]> {
  return checks.catch((error: unknown) => [{ name, verdict: 'bad', detail: messageOf(error) }]);
}

/** Says whether the key is the one that sealed the last record of each chain, or one from before it. */
async function checkLedgerKey({ ledger, store, storePassword: password }: Settings): Promise<CheckUp> {
  const name = 'ledger: key';
  const { key, previousKeys } = ledger;
  const { key: variable, previous } = ledgerVariables;
  if (!key) {
    const detail = 'there is none, so the records prove nothing';
    return { name, verdict: 'bad', detail, fix: `set ${variable.name} (${variable.example})` };
  }
  const good = { name, verdict: 'good', detail: 'its records are sealed' } as const;
  if (!isPostgresUrl(store) && !existsSync(store)) return good;
  const heads = await lastHeads(store, password);
  if (!heads) {
    const detail = 'there is one; the records could not be read, so whether it sealed them is not known';
    return { name, verdict: 'unknown', detail };
  }
  const signerOf = createSignerFinder([key, ...previousKeys]);
  const strange = heads.filter(({ keyId }) => signerOf(keyId) === undefined);
  if (strange.length === 0) return good;
  const of = strange.map(({ system, number }) => `${system || 'the bot itself'} (record ${number})`);
  return {
    name,
    verdict: 'bad',
    detail: `the last record was sealed with another key: ${of.join(', ')}`,
    fix: `set ${variable.name} to the key it was sealed with; if the key was changed on purpose, put the one before into ${previous.name}`,
  };
}

/** Gives the head of every chain; absent where the store or its tables cannot be read, which the store's check says. */
async function lastHeads(place: string, password: string | undefined) {
  try {
    const opened = await openStore(place, { password, readOnly: true });
    try {
      return await opened.listLedgerHeads();
    } finally {
      await opened.close();
    }
  } catch {
    return undefined;
  }
}

/** Says whether the ledger proves anything, and whether its heads can be written where the settings want them. */
async function checkLedger(settings: Settings): Promise<readonly CheckUp[]> {
  const { anchorFile } = settings.ledger;
  const sealed = await checkLedgerKey(settings);
  if (anchorFile === undefined) return [sealed];
  const name = 'ledger: anchor file';
  const fault = await whyNotWritten(anchorFile);
  if (fault === undefined) return [sealed, { name, verdict: 'good', detail: anchorFile }];
  const fix =
    'let this user add to it, or change ledger.anchorFile; under systemd name its folder in ReadWritePaths, in a container mount it';
  return [sealed, { name, verdict: 'bad', detail: `${anchorFile}: ${fault}`, fix }];
}

/** Reads the token in force where tokens rotate; refreshing is left to the bot, since a refresh token works once. */
async function tokenInForce({
  slack,
  store,
  storePassword: password,
}: Settings): Promise<string | undefined> {
  const { rotation, botToken } = slack;
  if (!rotation) return botToken;
  if (!isPostgresUrl(store) && !existsSync(store)) return undefined;
  const opened = await openStore(store, { password, readOnly: true });
  try {
    const origin = originOf(rotation.refreshToken);
    const runtime = { replicaId: 'doctor', now: Date.now };
    const pairs = createTokenPairs({
      ...runtime,
      store: opened,
      secretBox: createSecretBox(rotation.keys),
      origin,
    });
    return (await pairs.read())?.accessToken;
  } finally {
    await opened.close();
  }
}

async function checkSlack(settings: Settings, log: Log): Promise<readonly CheckUp[]> {
  const { slack, policy, shadow, evidenceUpload } = settings;
  const { appToken, apiUrl, proxy, command, mode, team } = slack;
  const botToken = await tokenInForce(settings);
  if (botToken === undefined) {
    const detail =
      'tokens rotate, and the first start has the first one; nothing else can be checked in Slack before';
    return [{ name: 'Slack: bot token', verdict: 'unknown', detail }];
  }
  const groups = groupsNamedIn(policy);
  const named = [...policy.approvers, ...policy.operators, ...policy.routes].flatMap(({ people }) => people);
  const live = [
    policy.fallbackChannel,
    policy.operatorsChannel,
    ...(policy.report?.channel === undefined ? [] : [policy.report.channel]),
    ...policy.routes.flatMap((route) => route.channels),
    ...(policy.alerts.isOn
      ? [
          policy.alerts.channel,
          ...policy.alerts.rules.flatMap((rule) => rule.channels),
          ...(policy.alerts.digest ? [policy.alerts.digest.channel] : []),
        ]
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
      fileUpload: evidenceUpload,
      command,
    },
    log,
    now: Date.now,
  });
}

/** Checks that a server answers, and what the account may do there. */
export async function checkServer(
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
    return [{ name: 'people', verdict: 'good', detail: 'every approver has a username in every system' }];
  return gaps.map(({ rule, system, people }) => ({
    name: 'people',
    verdict: 'bad',
    detail: `“${rule}” names ${people.map(({ userId }) => userId).join(', ')}, whose username in ${system} is not known`,
    fix: `add identities.${system} for them under people`,
  }));
}

const marks: Readonly<Record<CheckUp['verdict'], string>> = { good: '✓', bad: '✗', unknown: '–' };

/** Writes one line for each check, the fix under what needs one, and how many are wrong. */
export function renderCheckUps(checks: readonly CheckUp[]): string {
  return `${[...checks.flatMap(renderCheck), '', endLine(checks)].join('\n')}\n`;
}

/** Writes the lines of one check. */
export function renderCheck({ name, verdict, detail, fix }: CheckUp): readonly string[] {
  return [
    `${marks[verdict]} ${name}: ${detail}`,
    ...(fix === undefined || verdict === 'good' ? [] : [`    → ${fix}`]),
  ];
}

function endLine(checks: readonly CheckUp[]): string {
  const wrong = checks.filter(({ verdict }) => verdict === 'bad').length;
  const open = checks.filter(({ verdict }) => verdict === 'unknown').length;
  const rest = open === 0 ? '' : ` ${open} could not be checked from here (–).`;
  if (wrong === 0) return `Nothing is wrong.${rest}`;
  return `${wrong === 1 ? 'One thing is' : `${wrong} things are`} wrong (✗).${rest}`;
}
