import type { z } from 'zod';
import type { ConfiguredServer, SystemSketch } from './backends/kind.js';
import { checkDraft, draftOf, findPerson, parsePersonId, warningsOf } from './config/checks.js';
import {
  createEnvironment,
  type Keys,
  readLedgerKeys,
  readOtelHeaders,
  readSlackProxy,
  readSlackSecrets,
  readStoreSecret,
  readTokenKeys,
  type SlackSecrets,
  storePassword,
} from './config/environment.js';
import {
  ConfigError,
  describeFound,
  expectation,
  isGroup,
  looksSecret,
  type Path,
  type PlacedProblem,
  type Problem,
  pathText,
  problemAt,
  type RawGroup,
  type ReadFile,
  readSettingsFile,
  type SettingsFile,
  valueAt,
} from './config/problems.js';
import {
  type ApproverEntry,
  createSchemaGuide,
  cronOf,
  isChannelId,
  isGroupId,
  minuteOf,
  type QuietHoursEntry,
  type SchemaGuide,
  type SettingsEntries,
  serversIn,
  settingsSchema,
} from './config/schema.js';
import {
  checkAuthorities,
  checkVariables,
  type Filled,
  fillServers,
  readServerSecrets,
  serverVariableAt,
  warnOfUnreadVariables,
} from './config/servers.js';
import { leastHoldMs, usualLimit } from './domain/automatic.js';
import type { AlertPolicy, AlertRule, ExpiryDigest, Mention } from './domain/incident.js';
import type { MappedPerson, PersonId } from './domain/person.js';
import type {
  ApproverRule,
  Policy,
  ReminderRule,
  ReminderTime,
  ReportPlace,
  ShadowPlace,
  Target,
} from './domain/policy.js';
import type { QuietHours } from './domain/quiet-hours.js';
import type { RetentionTimes } from './domain/retention.js';
import { defined } from './shared/language.js';
import { nearMatch } from './shared/text.js';

export { ConfigError, formatProblems, type Problem } from './config/problems.js';

/** Everything the bot is told at its start. */
export interface Settings {
  readonly slack: SlackSettings;
  /** Servers of every kind, and the systems on them. */
  readonly servers: readonly ConfiguredServer[];
  readonly systems: readonly SystemSketch[];
  /** What the settings say of live mode, also in shadow mode. */
  readonly policy: Policy;
  /** Set in shadow mode: nothing is decided, and all there is to say goes to that channel. */
  readonly shadow?: ShadowPlace;
  /** Reads the settings operators may have compared with these; throws `ConfigError`. Absent where none are named. */
  readonly readCandidate?: () => Policy;
  /** When to poll, as a cron expression, and after how many failures to say so. */
  readonly observe: {
    readonly cron: string;
    /** When every system is peeked at; absent where none is. */
    readonly peekCron?: string;
    readonly unreachableAfter: number;
  };
  /** Where requests from outside are received, and under which address the outside knows that. */
  readonly http: { readonly host: string; readonly port: number; readonly publicUrl?: string | undefined };
  /** Where probes ask. */
  readonly operations: { readonly host: string; readonly port: number };
  /** Path of the file in which the bot remembers, or address of its database without the password. */
  readonly store: string;
  readonly storePassword?: string;
  /** What seals the ledger, and where its heads are written down outside the store. */
  readonly ledger: Keys & {
    readonly anchorEveryMs: number;
    readonly anchorIn: readonly ('log' | 'operators' | 'file')[];
    readonly anchorFile?: string | undefined;
  };
  /** How long what is over is kept; what is absent is kept for good. */
  readonly retention: RetentionTimes & { readonly timeZone: string };
  /** What locks people’s linked accounts away; absent where no system is told decisions by people. */
  readonly tokenKeys?: Required<Keys>;
  /** Name of a section of the settings file → its text with all defaults; holds no secret. */
  readonly sections: Readonly<Record<string, string>>;
  readonly log: { readonly level: SettingsEntries['log']['level'] };
  /** Whether evidence may be sent to operators in Slack. */
  readonly evidenceUpload: boolean;
  /** Where spans are sent; absent where nobody collects them. */
  readonly otel?: {
    readonly endpoint: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly service: string;
    readonly ratio: number;
  };
  /** What is allowed but probably not meant, each in a sentence for the operator. */
  readonly warnings: readonly string[];
  /** What an operator should know of how the systems are set up; nothing of it is wrong. */
  readonly notes: readonly string[];
}

/** How the bot reaches Slack, and what Slack gave out for it. */
interface SlackSettings extends SlackSecrets {
  readonly mode: 'socket' | 'http';
  readonly team?: string;
  readonly command: string;
  /** Through which Slack is reached; `except` as `NO_PROXY` lists it. */
  readonly proxy?: { readonly url: string; readonly except?: string };
}

/**
 * Reads where the operations listener stands, without any secret and whatever else is wrong with the settings.
 *
 * Throws `ConfigError` where that cannot be read.
 */
export function readOperations(file: string, readFile: ReadFile): Settings['operations'] {
  const { raw, lineOf } = readSettingsFile(file, readFile);
  const parsed = settingsSchema.shape.operations.safeParse(raw.operations, { error: expectation });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }): Problem => {
    const whole = ['operations', ...path.map(String)];
    const found = describeFound(valueAt(raw, whole));
    return { path: pathText(whole), ...defined({ line: lineOf(whole) }), expected: message, found };
  });
  throw new ConfigError(file, problems);
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
  const { raw } = filled;
  const draft = draftOf(raw);
  const parsed = settingsSchema.safeParse(raw, { error: expectation });
  const slack = readSlackSecrets(raw, environment);
  const storeSecret = readStoreSecret(raw, environment);
  const ledgerKeys = readLedgerKeys(environment);
  const tokenKeys = readTokenKeys(draft.signalsAsPerson, environment);
  const secrets = readServerSecrets(raw, environment);
  const otelSecrets = readOtelHeaders(raw, environment);
  const variables = checkVariables(raw, environment);
  const misfits = parsed.success ? [] : misfitsOf(parsed.error, raw);
  const problems = [
    ...locateAll(
      [
        ...findSecrets(file.raw),
        ...findLost(file.raw),
        ...misfits,
        ...checkDraft(draft),
        ...checkAuthorities(raw, from.readFile),
      ],
      file,
      filled,
    ),
    ...filled.problems,
    ...[slack, ledgerKeys, tokenKeys, otelSecrets, secrets].flatMap(
      (checked): readonly Problem[] => checked.problems,
    ),
    ...variables,
    ...environment.problems(),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(from.file, inOrder(problems));
  const entries = parsed.data;
  const { mode, team, command } = entries.slack;
  const { every = '15s', cron, peekEvery, unreachableAfter } = entries.observe;
  const { anchorEvery: anchorEveryMs, anchorIn, anchorFile } = entries.ledger;
  const { zone, ...kept } = entries.retention;
  const servers = serversIn(entries).map((one, index) => ({ ...one, secrets: secrets.value[index] ?? {} }));
  const { systems } = draft;
  return {
    slack: {
      mode,
      command,
      ...defined({ team, proxy: readSlackProxy(entries.slack.proxy, slack.value, environment) }),
      ...slack.value,
    },
    servers,
    systems,
    policy: policyOf(entries, { servers, systems }),
    ...defined({ shadow: shadowOf(entries), readCandidate: candidateOf(entries, from) }),
    observe: {
      cron: cron ?? cronOf(every),
      ...(peekEvery === 'off' ? {} : { peekCron: cronOf(peekEvery) }),
      unreachableAfter,
    },
    http: entries.http,
    operations: entries.operations,
    store: entries.store,
    ...storeSecret,
    ledger: { anchorEveryMs, anchorIn, anchorFile, ...ledgerKeys.value },
    retention: { ...defined(kept), timeZone: zone },
    ...defined({ tokenKeys: tokenKeys.value }),
    sections: Object.fromEntries(
      Object.entries(entries).map(([name, section]) => [name, JSON.stringify(section)]),
    ),
    log: entries.log,
    evidenceUpload: entries.evidence.upload === 'on',
    ...defined({ otel: otelOf(entries, otelSecrets.value) }),
    warnings: [
      ...warningsOf(draft),
      ...said(servers, 'warningsOf'),
      ...warnOfUnreadVariables(raw, environment),
    ],
    notes: said(servers, 'notesOf'),
  };
}

/** Read anew each time it is asked for, since it is being worked on. */
function candidateOf(
  { simulate: { candidate } }: SettingsEntries,
  from: Parameters<typeof loadSettings>[0],
): (() => Policy) | undefined {
  if (candidate === undefined) return undefined;
  return () => loadSettings({ ...from, file: candidate }).policy;
}

function reportOf({ report }: SettingsEntries): ReportPlace {
  const { channel, day, time, zone, people } = report;
  return { weekday: day, atMinute: minuteOf(time), timeZone: zone, people, ...defined({ channel }) };
}

function shadowOf({ mode, shadow }: SettingsEntries): ShadowPlace | undefined {
  const { channel, dailyAt, timeZone } = shadow;
  if (mode !== 'shadow' || channel === undefined) return undefined;
  return { channel, dailyAtMinute: minuteOf(dailyAt), timeZone };
}

function otelOf(
  { otel: { endpoint, ...more } }: SettingsEntries,
  headers: Readonly<Record<string, string>> = {},
): Settings['otel'] {
  return endpoint === undefined ? undefined : { endpoint, headers, ...more };
}

/** Collects what the kinds of systems have to say of their servers. */
function said(servers: readonly ConfiguredServer[], what: 'notesOf' | 'warningsOf'): readonly string[] {
  return servers.flatMap(({ kind, server }) =>
    (kind[what]?.(server) ?? []).map((one) => `${kind.key} (${server.name}): ${one}`),
  );
}

/** Sorts problems the way somebody reads the file; the environment's come last. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const lineOf = ({ line }: Problem) => line ?? Number.MAX_SAFE_INTEGER;
  return [...problems].sort((a, b) => lineOf(a) - lineOf(b));
}

/**
 * Gives each problem with the file its line or variable.
 *
 * Of several at one place only the first is told: the others usually follow from it, and of a misplaced secret, which
 * comes before all, nothing more is said.
 */
function locateAll(
  problems: readonly PlacedProblem[],
  file: SettingsFile,
  filled: Filled,
): readonly Problem[] {
  const places = problems.map(({ path }) => pathText(path));
  const first = problems.filter((_, index) => places.indexOf(places[index] ?? '') === index);
  return first.map(({ path, problem }) => {
    const variable = filled.origins.get(problem.path);
    if (variable !== undefined) return { ...problem, path: `${variable} (as ${problem.path})` };
    const instead = problem.found === 'nothing' ? filled.fillable.get(problem.path) : undefined;
    const expected = instead === undefined ? problem.expected : `${problem.expected}, here or in ${instead}`;
    return { ...problem, expected, ...defined({ line: file.lineOf(path) }) };
  });
}

/** Finds secrets in the settings file, by their names and by how their values look. */
function findSecrets(raw: RawGroup): readonly PlacedProblem[] {
  return secretPaths(raw, []).map((path) => {
    const variable = variableFor(path, raw);
    const instead = variable
      ? `set ${variable}, or ${variable}_FILE to the path of a file that holds it`
      : 'secrets come from the environment';
    const expected = `no secret in this file: ${instead}`;
    return problemAt(path, { expected, found: 'a secret (not shown)' });
  });
}

/** Finds names of systems that a group of names and values would swallow, since an object knows them already. */
function findLost(value: unknown, path: Path = []): readonly PlacedProblem[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => findLost(entry, [...path, index]));
  if (!isGroup(value)) return [];
  return Object.entries(value).flatMap(([key, inside]) =>
    key === '__proto__' && path.at(-1) === 'identities'
      ? [problemAt([...path, key], { expected: 'the name of a system', found: JSON.stringify(key) })]
      : findLost(inside, [...path, key]),
  );
}

function secretPaths(value: unknown, path: Path): readonly Path[] {
  if (typeof value === 'string') return looksSecret(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((entry, index) => secretPaths(entry, [...path, index]));
  if (!isGroup(value)) return [];
  const isOfNames = path.at(-1) === 'identities';
  return Object.entries(value).flatMap(([key, inside]) =>
    !isOfNames && isSecretName(key) ? [[...path, key]] : secretPaths(inside, [...path, key]),
  );
}

/** Tells names such as `client_secret` and `botToken` from `tokenUrl`. */
function isSecretName(key: string): boolean {
  const letters = key.replace(/[^a-z]/gi, '').toLowerCase();
  return /(password|passwd|passphrase|secret|token|apikey|credential|privatekey)s?$|^refreshtokeninfo$/.test(
    letters,
  );
}

function variableFor(path: Path, raw: RawGroup): string | undefined {
  if (path[0] === 'store') return storePassword.name;
  if (path[0] !== 'slack') return serverVariableAt(path, raw);
  const name = String(path.at(-1)).toLowerCase();
  if (name.includes('app')) return 'SLACK_APP_TOKEN';
  return name.includes('sign') ? 'SLACK_SIGNING_SECRET' : 'SLACK_BOT_TOKEN';
}

/** Tells what does not fit the schema. */
function misfitsOf(error: z.ZodError, raw: RawGroup): readonly PlacedProblem[] {
  const guide = createSchemaGuide();
  return error.issues.flatMap(innermost).flatMap((issue) => problemsOf(issue, { raw, guide }));
}

/** Where one choice of several fits as a whole, tells what is wrong inside it instead. */
function innermost(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.find((one) => one.length > 0 && one.every(({ path }) => path.length > 0));
  if (!inside) return [issue];
  return inside.map((one) => ({ ...one, path: [...issue.path, ...one.path] })).flatMap(innermost);
}

function problemsOf(
  issue: z.core.$ZodIssue,
  about: { readonly raw: RawGroup; readonly guide: SchemaGuide },
): readonly PlacedProblem[] {
  const { raw, guide } = about;
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, guide));
  const example = guide.exampleAt(path);
  const found = describeFound(valueAt(raw, path));
  return [problemAt(path, { expected: issue.message, found, ...defined({ example }) })];
}

/** Settings that stand elsewhere now. */
const moved: Readonly<Record<string, { readonly expected: string; readonly example: string }>> = {
  'slack.http': {
    expected: 'nothing here: http stands at the top of the file now, beside slack',
    example: 'http: { host: 0.0.0.0, port: 3000 }',
  },
};

function unknownKey(runtime: Path, key: string, guide: SchemaGuide): PlacedProblem {
  const path = [...runtime, key];
  const place = pathText(path);
  // Of `constructor` and its like an object knows something that nobody wrote there.
  const elsewhere = Object.hasOwn(moved, place) ? moved[place] : undefined;
  if (elsewhere) return problemAt(path, { ...elsewhere, found: 'a setting that was moved' });
  const known = guide.keysAt(runtime);
  const near = nearMatch(key, known);
  const expected =
    near === undefined ? `one of ${known.join(', ')}` : `a known setting; did you mean ${near}?`;
  return problemAt(path, { expected, found: `an unknown setting ${describeFound(key)}` });
}

/** Turns checked settings into what the domain decides by. */
function policyOf(
  entries: SettingsEntries,
  {
    servers,
    systems,
  }: { readonly servers: readonly ConfiguredServer[]; readonly systems: readonly SystemSketch[] },
): Policy {
  const { slack, people, approvers, routes, operators, decisions } = entries;
  const resolve = (references: readonly string[]) =>
    distinct(references.flatMap((reference) => findPerson(reference, people, slack.team) ?? []));
  return {
    approvers: approvers.map((rule, index) => ({
      name: rule.name ?? `Approvers ${index + 1}`,
      match: defined(rule.when),
      people: resolve(rule.people),
      ...groupsIn(rule.people),
      ...(rule.delegates.length === 0 ? {} : { delegates: resolve(rule.delegates) }),
      quorum: rule.quorum,
      ownRequest: rule.ownRequest,
      approveWith: rule.approveWith === 'automatic' ? 'comment' : rule.approveWith,
      ...defined({
        holdMs: rule.hold,
        notify: rule.notify === 'approvers' ? undefined : rule.notify,
        reminders: remindersOf(rule, resolve),
        automatic: automaticOf(rule),
        notifyRequester: rule.notifyRequester === 'outcome' ? undefined : rule.notifyRequester,
        nudgeEveryMs: rule.nudgeEvery === usualNudgeMs ? undefined : rule.nudgeEvery,
      }),
      ...(rule.bulkUpTo === 'none' ? {} : { bulkUpTo: rule.bulkUpTo }),
    })),
    routes: routes.map((route, index) => ({
      name: route.name ?? `Route ${index + 1}`,
      match: defined(route.when),
      channels: distinct(route.channels),
      people: resolve(route.people),
    })),
    people: people.flatMap(({ id, name, identities }): readonly MappedPerson[] => {
      const parsed = parsePersonId(id, slack.team);
      return parsed ? [{ id: parsed, name, identities }] : [];
    }),
    operators: operators.map((rule, index) => ({
      name: rule.name ?? `Operators ${index + 1}`,
      people: resolve(rule.people),
      ...groupsIn(rule.people),
      verbs: rule.verbs,
      ...defined({ systems: rule.systems, definitions: rule.workflows }),
    })),
    startables: servers.flatMap(({ kind, server }) => kind.startablesOf?.(server) ?? []),
    alerts: alertPolicyOf(entries),
    signalingAsPerson: systems.filter((one) => one.signalsAsPerson).map(({ name }) => name),
    receipts: decisions.receipts,
    bulkLimit: entries.bulk.limit,
    emailMatching: entries.emailMatching === 'on',
    emailNamed: systems.filter((one) => one.isEmailNamed).map(({ name }) => name),
    domains: entries.domains,
    zones: entries.zones,
    ...(Object.keys(entries.templateIds).length > 0 ? { templateIds: entries.templateIds } : {}),
    validityLimits: entries.validityLimits.map(({ when, days }) => ({ match: defined(when), days })),
    report: reportOf(entries),
    fallbackChannel: slack.fallbackChannel,
    operatorsChannel: slack.operatorsChannel,
    keepTryingForMs: decisions.keepTryingFor,
  };
}

/** Gives how a rule approves by itself; absent where only people do. */
function automaticOf({ approveWith, automaticAfter, limit }: ApproverEntry): ApproverRule['automatic'] {
  if (approveWith !== 'automatic') return undefined;
  return { holdMs: automaticAfter ?? leastHoldMs, limit: limit ?? usualLimit };
}

const usualNudgeMs = 4 * 60 * 60_000;

/** Gives what a rule has said while nobody decides; nothing where it has nothing said. */
function remindersOf(
  { remind, escalate, expire, quietHours }: ApproverEntry,
  resolve: (references: readonly string[]) => readonly PersonId[],
): ReminderRule | undefined {
  if (remind.length === 0 && !escalate && expire === undefined) return undefined;
  const timeOf = (time: number | { readonly beforeExpiry: number }): ReminderTime =>
    typeof time === 'number' ? { afterMs: time } : { beforeDeadlineMs: time.beforeExpiry };
  return {
    remind: remind.map(timeOf),
    ...defined({
      escalate: escalate && {
        times: [
          ...(escalate.after === undefined ? [] : [{ afterMs: escalate.after }]),
          ...(escalate.beforeExpiry === undefined ? [] : [{ beforeDeadlineMs: escalate.beforeExpiry }]),
        ],
        to: distinct<Target>([
          ...escalate.to.filter(isChannelId).map((channel) => ({ kind: 'channel', channel }) as const),
          ...resolve(escalate.to).map((person) => ({ kind: 'person', person }) as const),
        ]),
      },
      expireAfterMs: expire,
      quietHours: quietHours && quietHoursOf(quietHours),
    }),
  };
}

function quietHoursOf({ from, to, timeZone, days }: QuietHoursEntry): QuietHours {
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to), timeZone, ...defined({ days }) };
}

function alertPolicyOf({ alerts, people, slack }: SettingsEntries): AlertPolicy {
  const toMention = (reference: string): readonly Mention[] => {
    const isNamed = people.some(({ name }) => name === reference);
    if (!isNamed && isGroupId(reference)) return [{ kind: 'group', groupId: reference }];
    const person = findPerson(reference, people, slack.team);
    return person ? [{ kind: 'person', person }] : [];
  };
  return {
    isOn: alerts.enabled === 'on',
    channel: alerts.channel ?? slack.operatorsChannel,
    quietAfterMs: alerts.quietAfter,
    ...defined({
      digest: alerts.digest && digestOf(alerts.digest, alerts.channel ?? slack.operatorsChannel),
    }),
    rules: alerts.rules.map(
      ({ name, when, channels, mention, severity, runbook, quietHours }, index): AlertRule => ({
        name: name ?? `Alerts ${index + 1}`,
        match: defined(when),
        channels: distinct(channels),
        mentions: distinct(mention.flatMap(toMention)),
        severity,
        ...defined({
          runbook,
          quietHours: quietHours && quietHoursOf(quietHours),
        }),
      }),
    ),
  };
}

function digestOf(
  { at, timeZone, days, channel }: NonNullable<SettingsEntries['alerts']['digest']>,
  usualChannel: string,
): ExpiryDigest {
  return {
    channel: channel ?? usualChannel,
    dailyAtMinute: minuteOf(at),
    timeZone,
    ...defined({ days }),
  };
}

function groupsIn(references: readonly string[]): { readonly groups?: readonly string[] } {
  const groups = distinct(references.filter(isGroupId));
  return groups.length === 0 ? {} : { groups };
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
