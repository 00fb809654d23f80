import type { z } from 'zod';
import { systemsOf } from '../backends/work-tasks/settings.js';
import type { Verb } from '../domain/commands.js';
import { couldBeSameName, isSameName } from '../domain/instance.js';
import { isSamePerson, type PersonId, personKey } from '../domain/person.js';
import { matchesPattern, nearMatch } from '../shared/text.js';
import {
  describeFound,
  entriesOf,
  looksSecret,
  type Path,
  type PlacedProblem,
  pathText,
  problemAt,
  type RawGroup,
  valueAt,
} from './problems.js';
import {
  type AlertRuleEntry,
  type ApproverEntry,
  alertRuleSchema,
  approverSchema,
  isGroupId,
  type OperatorEntry,
  operatorSchema,
  type PersonEntry,
  personIdPattern,
  personSchema,
  type RouteEntry,
  routeSchema,
  type WhenEntry,
} from './schema.js';
import { hasSignalsAsPeople } from './secrets.js';

/** Finds that people could not reach the page on which they link their account. */
export function checkLinking(raw: RawGroup): readonly PlacedProblem[] {
  if (!hasSignalsAsPeople(raw) || valueAt(raw, ['http', 'publicUrl']) !== undefined) return [];
  const expected =
    'the https address under which browsers reach the bot, for signalAs: person: approvers link their account there';
  return [
    problemAt(['http', 'publicUrl'], {
      expected,
      found: 'nothing',
      example: 'https://countersign.example.com',
    }),
  ];
}

/** Finds people listed twice, identities two people claim, and identities in systems that do not exist. */
export function checkPeople(draft: Draft): readonly PlacedProblem[] {
  return [
    ...missingTeam(draft),
    ...repeatedPeople(draft),
    ...unknownSystems(draft),
    ...sharedIdentities(draft),
  ];
}

function missingTeam({
  team,
  people,
  approvers,
  routes,
  operators,
  alertRules,
}: Draft): readonly PlacedProblem[] {
  const references = [
    ...people.map(({ value }) => value.id),
    ...[...approvers, ...routes, ...operators].flatMap(({ value }) => value.people),
    ...alertRules.flatMap(({ value }) => value.mention),
  ];
  const bare = references.find((text) => personIdPattern.test(text) && !text.includes('/'));
  if (team !== undefined || bare === undefined) return [];
  const expected = `the workspace that member ids such as ${bare} belong to, because the same id can exist in another one`;
  return [problemAt(['slack', 'team'], { expected, found: 'nothing', example: 'team: T01AB2CD3' })];
}

function repeatedPeople({ people, team }: Draft): readonly PlacedProblem[] {
  const keyOf = (id: string) => {
    const person = parsePersonId(id, team);
    return person ? `${person.teamId}/${person.userId}` : id;
  };
  return people.flatMap(({ index, value }, at) => {
    const first = people.slice(0, at).find((other) => keyOf(other.value.id) === keyOf(value.id));
    if (!first) return [];
    const expected = 'each person once, with all their identities together';
    const found = `${value.id}, already at ${pathText(['people', first.index])}`;
    return [problemAt(['people', index, 'id'], { expected, found })];
  });
}

function unknownSystems({ people, systems }: Draft): readonly PlacedProblem[] {
  const known = systems.map(({ name }) => name);
  return people.flatMap(({ index, value }) =>
    Object.keys(value.identities)
      .filter((system) => !known.includes(system))
      .map((system) => {
        const near = nearMatch(system, known);
        const list = known.length === 0 ? 'the name of a configured system' : `one of ${known.join(', ')}`;
        const expected = near === undefined ? list : `${list}; did you mean ${near}?`;
        const found = `an unknown system ${describeFound(system)}`;
        return problemAt(['people', index, 'identities', system], { expected, found });
      }),
  );
}

function sharedIdentities({ people }: Draft): readonly PlacedProblem[] {
  const claims = people.flatMap(({ index, value }) =>
    Object.entries(value.identities).flatMap(([system, names]) =>
      names.map((name) => ({ index, system, name })),
    ),
  );
  return claims.flatMap((claim, at) => {
    const other = claims
      .slice(0, at)
      .find(
        (one) =>
          one.index !== claim.index && one.system === claim.system && couldBeSameName(one.name, claim.name),
      );
    if (!other) return [];
    const expected = 'a user name that belongs to one person only';
    const place = pathText(['people', other.index]);
    const found = isSameName(other.name, claim.name)
      ? `${describeFound(claim.name)}, which ${place} has as well`
      : `${describeFound(claim.name)}, which could be ${describeFound(other.name)} of ${place}`;
    return [problemAt(['people', claim.index, 'identities', claim.system], { expected, found })];
  });
}

/** Finds rules that name unknown people or systems, want more approvals than there are people, or lead nowhere. */
export function checkRules(draft: Draft): readonly PlacedProblem[] {
  const rules = [
    ...draft.approvers.map(({ index, value }) => ({ path: ['approvers', index], rule: value })),
    ...draft.routes.map(({ index, value }) => ({ path: ['routes', index], rule: value })),
  ];
  return [
    ...draft.approvers.flatMap(({ index, value }) =>
      unknownNamed(['approvers', index, 'people'], value.people, draft),
    ),
    ...draft.routes.flatMap(({ index, value }) =>
      unknownPeople(['routes', index, 'people'], value.people, draft),
    ),
    ...rules.flatMap(({ path, rule }) =>
      unknownSystemsCheckRules([...path, 'when', 'system'], rule.when.system, draft),
    ),
    ...draft.operators.flatMap(({ index, value }) => [
      ...unknownNamed(['operators', index, 'people'], value.people, draft),
      ...unknownSystemsCheckRules(['operators', index, 'systems'], value.systems, draft),
    ]),
    ...draft.alertRules.flatMap(({ index, value }) => [
      ...unknownNamed(['alerts', 'rules', index, 'mention'], value.mention, draft),
      ...unknownSystemsCheckRules(['alerts', 'rules', index, 'when', 'system'], value.when.system, draft),
    ]),
    ...impossibleQuorums(draft),
    ...emptyRoutes(draft),
  ];
}

function unknownPeople(path: Path, references: readonly string[], draft: Draft): readonly PlacedProblem[] {
  return references.flatMap((reference, index) => unknownPerson([...path, index], reference, draft));
}

/** Where a whole user group may be named, too. */
function unknownNamed(path: Path, references: readonly string[], draft: Draft): readonly PlacedProblem[] {
  return references.flatMap((reference, index) =>
    isGroupId(reference) ? [] : unknownPerson([...path, index], reference, draft),
  );
}

function unknownPerson(path: Path, reference: string, draft: Draft): readonly PlacedProblem[] {
  const bearers = draft.names.filter((name) => name === reference).length;
  if (bearers === 1 || (bearers === 0 && personIdPattern.test(reference))) return [];
  const expected = bearers > 1 ? 'a name that only one person has' : expectedPerson(reference, draft.names);
  return [problemAt(path, { expected, found: describeFound(reference) })];
}

function expectedPerson(reference: string, names: readonly string[]): string {
  const near = nearMatch(reference, names);
  if (near !== undefined) return `somebody listed under people; did you mean ${near}?`;
  if (/^(S[A-Z0-9]{8,}|<!subteam)/.test(reference)) {
    return 'a person; user groups are named by their id (S02AB3CD4), and by approvers, operators and alerts only';
  }
  return 'the name of somebody listed under people, or a member id such as U02AB3CD4';
}

function unknownSystemsCheckRules(
  path: Path,
  patterns: readonly string[] | undefined,
  draft: Draft,
): readonly PlacedProblem[] {
  const known = draft.systems.map(({ name }) => name);
  const fitsNone = (pattern: string) => !known.some((system) => matchesPattern(system, pattern));
  return (patterns ?? []).filter(fitsNone).map((pattern) => {
    const near = nearMatch(pattern, known);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    const expected = `a pattern that fits a configured system (${known.join(', ') || 'there is none'})${hint}`;
    return problemAt(path, { expected, found: describeFound(pattern) });
  });
}

function impossibleQuorums({ approvers, people, team }: Draft): readonly PlacedProblem[] {
  const entries = people.map(({ value }) => value);
  return approvers.flatMap(({ index, value }) => {
    // How many are in a group is the chat's to say.
    if (value.people.some(isGroupId)) return [];
    const keys = value.people.map((reference) => {
      const person = findPerson(reference, entries, team);
      return person ? personKey(person) : reference;
    });
    const count = new Set(keys).size;
    if (count === 0 || value.quorum <= count) return [];
    const expected = `at most ${count}, because the rule names ${count === 1 ? '1 person' : `${count} people`}`;
    return [problemAt(['approvers', index, 'quorum'], { expected, found: String(value.quorum) })];
  });
}

function emptyRoutes({ routes }: Draft): readonly PlacedProblem[] {
  return routes
    .filter(({ value }) => value.channels.length === 0 && value.people.length === 0)
    .map(({ index }) =>
      problemAt(['routes', index], {
        expected: 'channels or people, or both',
        found: 'neither',
        example: 'channels: [C02PKI0001]',
      }),
    );
}

/** Finds systems and servers that have the same name, and that there is none at all. */
export function checkSystems(draft: Draft): readonly PlacedProblem[] {
  return [...missingServer(draft), ...repeatedSystems(draft), ...repeatedServers(draft)];
}

function missingServer({ hasServer }: Draft): readonly PlacedProblem[] {
  const expected = 'at least one server, here or under workTasks';
  return hasServer ? [] : [problemAt(['keyfactor'], { expected, found: 'none' })];
}

function repeatedSystems({ systems }: Draft): readonly PlacedProblem[] {
  return systems.flatMap(({ name, path }, at) => {
    const first = systems.slice(0, at).find((other) => other.name === name);
    // What is wrong inside a single server, its own schema tells.
    if (!first || serverOf({ path }) === serverOf(first)) return [];
    const expected = 'a name of its own for each system; rules and people could mean either';
    const found = `${describeFound(name)}, already at ${pathText(first.path)}`;
    return [problemAt([...path, 'name'], { expected, found })];
  });
}

function serverOf({ path }: Pick<DraftSystem, 'path'>): string {
  return pathText(path.slice(0, 2));
}

/** Variables of two servers with one name could not be told apart. */
function repeatedServers({ workTasks }: Draft): readonly PlacedProblem[] {
  return workTasks.flatMap(({ index, value }, at) => {
    const first = workTasks.slice(0, at).find((other) => other.value === value);
    if (!first) return [];
    const found = `${describeFound(value)}, already at ${pathText(['workTasks', first.index])}`;
    return [
      problemAt(['workTasks', index, 'name'], { expected: 'a name of its own for each server', found }),
    ];
  });
}

/** Lists what is allowed but probably not meant. */
export function warningsOf(draft: Draft): readonly string[] {
  return [
    ...(draft.approvers.length === 0 ? ['approvers: there are no rules, so nobody may decide'] : []),
    ...draft.approvers.filter(({ value }) => value.people.length === 0).map(saysNobody),
    ...draft.approvers.flatMap((rule) => uncheckablePeople(rule, draft)),
    ...neverReached('approvers', draft.approvers),
    ...neverReached('routes', draft.routes),
    ...operatorWarnings(draft),
    ...alertWarnings(draft),
  ];
}

interface Named {
  readonly name?: string | undefined;
  readonly when: WhenEntry;
}

function saysNobody(rule: Entry<Named>): string {
  return `${ruleText('approvers', rule)}: names nobody, so nobody may decide what it is about`;
}

/**
 * Finds approvers of whom it could never be shown that they did not ask, or in whose name nothing could be sent.
 *
 * An e-mail address is enough to send something, and shows of nobody that they did not ask.
 */
function uncheckablePeople(rule: Entry<ApproverEntry>, draft: Draft): readonly string[] {
  const { when, people, ownRequest } = rule.value;
  const isOwnForbidden = ownRequest === 'forbidden';
  const why = isOwnForbidden
    ? 'own requests are forbidden'
    : 'decisions are sent there in the name of whoever makes them';
  const systems = draft.systems
    .filter(({ hasApprovals, actsFor }) => hasApprovals && (isOwnForbidden || actsFor !== 'anybody'))
    .map(({ name }) => name)
    .filter((system) => when.system?.some((pattern) => matchesPattern(system, pattern)) ?? true);
  return people.flatMap((reference) =>
    systems
      .filter((system) => {
        const named = namesIn(system, reference, draft);
        return named === 'none' || (named === 'email' && isOwnForbidden);
      })
      .map(
        (system) =>
          `${ruleText('approvers', rule)}: ${reference} has no identity in ${system} and will be refused there, because ${why}`,
      ),
  );
}

/** Lists what is allowed about alerts but probably not meant. */
function alertWarnings({ alertRules, areAlertsOff }: Draft): readonly string[] {
  if (areAlertsOff && alertRules.length > 0) {
    return ['alerts.rules: never count, because alerts.enabled is off'];
  }
  const idle = alertRules.filter(({ value }) => value.quietHours && value.mention.length === 0);
  return [
    ...neverReached('alerts.rules', alertRules),
    ...idle.map(
      (rule) =>
        `${ruleText('alerts.rules', rule)}: has quietHours and mentions nobody, so the hours change nothing`,
    ),
  ];
}

/** What is done in a person's own name, where the system wants one. */
const doneInAName: readonly Verb[] = ['execute', 'pause', 'resume', 'abort', 'alert'];

/** Lists what is allowed about operators but probably not meant. */
function operatorWarnings(draft: Draft): readonly string[] {
  return draft.operators.flatMap((rule) =>
    rule.value.people.length === 0
      ? [`${ruleText('operators', rule)}: names nobody, so nobody may do what it is about`]
      : namelessPeople(rule, draft),
  );
}

/** Finds operators whom a system would refuse, because it is not told who they are there. */
function namelessPeople(rule: Entry<OperatorEntry>, draft: Draft): readonly string[] {
  const { people, verbs, systems: patterns } = rule.value;
  if (!verbs.some((verb) => doneInAName.includes(verb))) return [];
  const systems = draft.systems
    .filter(({ actsFor }) => actsFor !== 'anybody')
    .filter(({ name }) => patterns?.some((pattern) => matchesPattern(name, pattern)) ?? true);
  return people.flatMap((reference) =>
    systems
      .filter((system) => !isNamed(reference, system, draft))
      .map(
        ({ name }) =>
          `${ruleText('operators', rule)}: ${reference} has no identity in ${name} and can only look there, because changes are made in a person’s own name`,
      ),
  );
}

function isNamed(reference: string, { name, actsFor }: DraftSystem, draft: Draft): boolean {
  const named = namesIn(name, reference, draft);
  return named === 'email' ? actsFor === 'identity-or-email' : named !== 'none';
}

/**
 * Says how a system will know somebody a rule names: by a listed identity, by e-mail address, or not at all.
 *
 * Whom nobody can find is not judged here: that is a problem of its own.
 */
function namesIn(
  system: string,
  reference: string,
  draft: Draft,
): 'identity' | 'email' | 'none' | 'not-found' {
  const entries = draft.people.map(({ value }) => value);
  const id = findPerson(reference, entries, draft.team);
  if (!id) return 'not-found';
  const entry = entries.find((one) => {
    const other = parsePersonId(one.id, draft.team);
    return other !== undefined && isSamePerson(other, id);
  });
  if (entry) return (entry.identities[system]?.length ?? 0) > 0 ? 'identity' : 'none';
  return draft.isEmailMatching ? 'email' : 'none';
}

/** Finds rules that never count, because one before them fits all they are about. */
function neverReached(
  list: string,
  rules: readonly Entry<{ readonly name?: string | undefined; readonly when: When }>[],
): readonly string[] {
  return rules.flatMap((rule, at) => {
    const first = rules.slice(0, at).find((other) => covers(other.value.when, rule.value.when));
    if (!first) return [];
    return [`${ruleText(list, rule)}: never counts, because ${ruleText(list, first)} fits all it is about`];
  });
}

/** Conditions of a rule, in the order in which people read them. */
export const conditions = [
  'system',
  'definition',
  'type',
  'step',
  'template',
  'authority',
  'requester',
] as const satisfies readonly (keyof WhenEntry)[];

/** What every instance has, so that `*` there is no condition at all. */
const alwaysThere: readonly string[] = ['system', 'definition', 'type'];

/** The conditions of a rule, each with its patterns. */
type When = Readonly<Record<string, readonly string[] | undefined>>;

/** Tells whether one condition holds wherever another one does; says no when in doubt. */
function covers(wide: When, narrow: When): boolean {
  return Object.entries(wide).every(([condition, wanted]) => {
    if (wanted === undefined) return true;
    if (alwaysThere.includes(condition) && wanted.includes('*')) return true;
    // Whatever fits a pattern literally, stars included, also fits with the stars filled in.
    return narrow[condition]?.every((one) => wanted.some((pattern) => matchesPattern(one, pattern))) ?? false;
  });
}

/** Reads a member id; one without a workspace belongs to the team of the settings. */
export function parsePersonId(text: string, team: string | undefined): PersonId | undefined {
  if (!personIdPattern.test(text)) return undefined;
  const [first = '', second] = text.split('/');
  if (second !== undefined) return { teamId: first, userId: second };
  return team === undefined ? undefined : { teamId: team, userId: first };
}

/** Finds whom a rule means by a name from `people` or by a member id; a name comes first. */
export function findPerson(
  reference: string,
  people: readonly PersonEntry[],
  team: string | undefined,
): PersonId | undefined {
  const named = people.find(({ name }) => name === reference);
  return parsePersonId(named?.id ?? reference, team);
}

/** Names a rule for the operator: by its place in the file and, if it has one, its name. */
function ruleText(list: string, rule: Entry<{ readonly name?: string | undefined }>): string {
  const path = pathText([...list.split('.'), rule.index]);
  return rule.value.name === undefined ? path : `${path} (${rule.value.name})`;
}

/** An entry of a list in the file, with its place there. */
interface Entry<T> {
  readonly index: number;
  readonly value: T;
}

/** A system the file speaks of. */
interface DraftSystem {
  readonly name: string;
  /** Where the file describes it. */
  readonly path: Path;
  /** Whether it puts approvals to people. */
  readonly hasApprovals: boolean;
  /** Whether it has to know in whose name a change is made, and what tells it. */
  readonly actsFor: 'anybody' | 'identity' | 'identity-or-email';
}

/** As much of the settings as can be read, so that one mistake does not hide others behind it. */
export interface Draft {
  readonly team: string | undefined;
  readonly isEmailMatching: boolean;
  /** Whether a server is described at all, readable or not. */
  readonly hasServer: boolean;
  readonly systems: readonly DraftSystem[];
  /** Names of Work Tasks servers, which are no systems themselves. */
  readonly workTasks: readonly Entry<string>[];
  readonly people: readonly Entry<PersonEntry>[];
  /** Names under `people`, also of entries that cannot be read in full. */
  readonly names: readonly string[];
  readonly approvers: readonly Entry<ApproverEntry>[];
  readonly routes: readonly Entry<RouteEntry>[];
  readonly operators: readonly Entry<OperatorEntry>[];
  readonly alertRules: readonly Entry<AlertRuleEntry>[];
  readonly areAlertsOff: boolean;
}

/** Reads as much of the settings as can be read. */
export function draftOf(raw: RawGroup): Draft {
  const team = valueAt(raw, ['slack', 'team']);
  return {
    team: typeof team === 'string' ? team : undefined,
    isEmailMatching: raw.emailMatching === 'on',
    hasServer: [raw.keyfactor, raw.workTasks].some((list) => !isNothing(list)),
    systems: [...keyfactorSystems(raw.keyfactor), ...workTasksSystems(raw.workTasks)],
    workTasks: namesOf(raw.workTasks),
    people: readable(raw.people, personSchema),
    names: namesOf(raw.people).map(({ value }) => value),
    approvers: readable(raw.approvers, approverSchema),
    routes: readable(raw.routes, routeSchema),
    operators: readable(raw.operators, operatorSchema),
    alertRules: readable(valueAt(raw, ['alerts', 'rules']), alertRuleSchema),
    areAlertsOff: valueAt(raw, ['alerts', 'enabled']) === 'off',
  };
}

function isNothing(list: unknown): boolean {
  return list === undefined || list === null || (Array.isArray(list) && list.length === 0);
}

function keyfactorSystems(list: unknown): readonly DraftSystem[] {
  return namesOf(list).map(({ index, value }) => ({
    name: value,
    path: ['keyfactor', index],
    hasApprovals: true,
    actsFor: 'anybody',
  }));
}

function workTasksSystems(list: unknown): readonly DraftSystem[] {
  return namesOf(list).flatMap(({ index, value: server }) => {
    const entry = entriesOf(list)[index];
    const actsFor =
      valueAt(entry, ['userTemplate']) === undefined ? ('identity' as const) : ('identity-or-email' as const);
    return entriesOf(valueAt(entry, ['repositories'])).flatMap((one, at) => {
      const name = repositorySystem(server, one);
      const path = ['workTasks', index, 'repositories', at];
      return name === undefined
        ? []
        : [{ name, path, hasApprovals: valueAt(one, ['hook']) === 'on', actsFor }];
    });
  });
}

function repositorySystem(server: string, entry: unknown): string | undefined {
  const [name, repository] = [valueAt(entry, ['name']), valueAt(entry, ['repository'])];
  if (typeof repository !== 'string' || (name !== undefined && typeof name !== 'string')) return undefined;
  const [system] = systemsOf({ name: server, repositories: [{ name, repository }] });
  return system === undefined || looksSecret(system) ? undefined : system;
}

function namesOf(list: unknown): readonly Entry<string>[] {
  return entriesOf(list).flatMap((entry, index) => {
    const name = valueAt(entry, ['name']);
    return typeof name === 'string' && !looksSecret(name) ? [{ index, value: name }] : [];
  });
}

function readable<T>(list: unknown, schema: z.ZodType<T>): readonly Entry<T>[] {
  return entriesOf(list).flatMap((entry, index) => {
    const result = schema.safeParse(entry);
    return result.success ? [{ index, value: result.data }] : [];
  });
}
