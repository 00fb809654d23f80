import type { z } from 'zod';
import type { SystemSketch } from '../backends/kind.js';
import { leastHoldMs, usualLimit } from '../domain/automatic.js';
import type { Verb } from '../domain/commands.js';
import { type FindingWish, isWishWithin } from '../domain/findings.js';
import { couldBeSameName, type Domains, isSameName } from '../domain/instance.js';
import { isSamePerson, type PersonId, personKey } from '../domain/person.js';
import { parseDuration } from '../shared/duration.js';
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
  isChannelId,
  isGroupId,
  type OperatorEntry,
  operatorSchema,
  type PersonEntry,
  personIdPattern,
  personSchema,
  type RouteEntry,
  routeSchema,
  type ValidityLimitEntry,
  validityLimitSchema,
} from './schema.js';
import { backendKinds, type ServerEntry, serverEntries, systemsOf } from './servers.js';

/** As much of the settings as can be read, so that one mistake does not hide others behind it. */
export interface Draft {
  readonly team: string | undefined;
  readonly isEmailMatching: boolean;
  readonly domains: Domains;
  readonly hasPublicUrl: boolean;
  /** Whether a server is described at all, readable or not. */
  readonly hasServer: boolean;
  /** Servers with a name; each makes any number of systems. */
  readonly servers: readonly ServerEntry[];
  readonly systems: readonly SystemSketch[];
  /** Whether decisions reach any system in the name of people. */
  readonly signalsAsPerson: boolean;
  readonly people: readonly Entry<PersonEntry>[];
  /** Names under `people`, also of entries that cannot be read in full. */
  readonly names: readonly string[];
  readonly approvers: readonly Entry<ApproverEntry>[];
  readonly routes: readonly Entry<RouteEntry>[];
  readonly operators: readonly Entry<OperatorEntry>[];
  readonly validityLimits: readonly Entry<ValidityLimitEntry>[];
  readonly alertRules: readonly Entry<AlertRuleEntry>[];
  readonly hasZones: boolean;
  /** How often the bot polls, as written; absent where a cron expression says it. */
  readonly pollsEvery: string | undefined;
  readonly areAlertsOff: boolean;
  /** Whether the settings want shadow mode and name no channel for it. */
  readonly lacksShadowChannel: boolean;
  /** Whether the ledger is to be cut and its heads are written down nowhere. */
  readonly cutsUnanchored: boolean;
}

/** An entry of a list in the file, with its place there. */
interface Entry<T> {
  readonly path: Path;
  readonly value: T;
}

/** Reads as much of the settings as can be read. */
export function draftOf(raw: RawGroup): Draft {
  const team = valueAt(raw, ['slack', 'team']);
  const all = serverEntries(raw);
  const servers = all.filter(({ entry }) => isName(entry.name));
  return {
    team: typeof team === 'string' ? team : undefined,
    isEmailMatching: raw.emailMatching === 'on',
    domains: entriesOfGroups(raw.domains),
    hasPublicUrl: valueAt(raw, ['http', 'publicUrl']) !== undefined,
    hasServer: backendKinds.some(({ key }) => !isNothing(raw[key])),
    servers,
    systems: servers.flatMap(systemsOf).filter(({ name }) => isName(name)),
    signalsAsPerson: all.flatMap(systemsOf).some((system) => system.signalsAsPerson),
    people: readable(raw, ['people'], personSchema),
    names: entriesOf(raw.people)
      .map((entry) => valueAt(entry, ['name']))
      .filter(isName),
    approvers: readable(raw, ['approvers'], approverSchema),
    routes: readable(raw, ['routes'], routeSchema),
    operators: readable(raw, ['operators'], operatorSchema),
    validityLimits: readable(raw, ['validityLimits'], validityLimitSchema),
    alertRules: readable(raw, ['alerts', 'rules'], alertRuleSchema),
    hasZones: Array.isArray(raw.zones) && raw.zones.length > 0,
    pollsEvery: pollsEvery(raw),
    areAlertsOff: valueAt(raw, ['alerts', 'enabled']) === 'off',
    lacksShadowChannel: raw.mode === 'shadow' && valueAt(raw, ['shadow', 'channel']) === undefined,
    cutsUnanchored:
      valueAt(raw, ['retention', 'ledger']) !== undefined &&
      entriesIn(valueAt(raw, ['ledger', 'anchorIn'])).length === 0,
  };
}

function pollsEvery(raw: RawGroup): string | undefined {
  const every = valueAt(raw, ['observe', 'every']);
  return typeof every === 'string' ? every : undefined;
}

/** What is left out is the default, which is one place. */
function entriesIn(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [list];
}

function entriesOfGroups(raw: unknown): Domains {
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  return list(raw).map((group) => list(group).filter((one) => typeof one === 'string'));
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && !looksSecret(value);
}

function isNothing(list: unknown): boolean {
  return list === undefined || list === null || (Array.isArray(list) && list.length === 0);
}

function readable<T>(raw: RawGroup, list: Path, schema: z.ZodType<T>): readonly Entry<T>[] {
  return entriesOf(valueAt(raw, list)).flatMap((entry, index) => {
    const result = schema.safeParse(entry);
    return result.success ? [{ path: [...list, index], value: result.data }] : [];
  });
}

/** Finds what is wrong with settings that are fine one by one. */
export function checkDraft(draft: Draft): readonly PlacedProblem[] {
  const naming = rulesNaming(draft);
  return [
    ...missingServer(draft),
    ...repeatedSystems(draft),
    ...repeatedServers(draft),
    ...missingPublicUrl(draft),
    ...missingShadowChannel(draft),
    ...missingAnchors(draft),
    ...missingTeam(draft, naming),
    ...repeatedPeople(draft),
    ...unknownIdentities(draft),
    ...sharedIdentities(draft),
    ...repeatedDomains(draft),
    ...naming.flatMap((rule) => [...unknownPeople(rule, draft), ...unmatchedSystems(rule, draft)]),
    ...impossibleQuorums(draft),
    ...unbrakedRules(draft),
    ...emptyRoutes(draft),
  ];
}

function missingServer({ hasServer }: Draft): readonly PlacedProblem[] {
  const [first = '', ...others] = backendKinds.map(({ key }) => key);
  const expected = `at least one server, here or under ${others.join(' or ')}`;
  return hasServer ? [] : [problemAt([first], { expected, found: 'none' })];
}

function repeatedSystems({ systems }: Draft): readonly PlacedProblem[] {
  const serverOf = ({ path }: SystemSketch) => pathText(path.slice(0, 2));
  return systems.flatMap((system, at) => {
    const first = systems.slice(0, at).find(({ name }) => name === system.name);
    // What is wrong inside a single server, its own schema tells.
    if (!first || serverOf(system) === serverOf(first)) return [];
    const expected = 'a name of its own for each system; rules and people could mean either';
    const found = `${describeFound(system.name)}, already at ${pathText(first.path)}`;
    return [problemAt([...system.path, 'name'], { expected, found })];
  });
}

/** Variables of two servers with one name could not be told apart. */
function repeatedServers({ servers }: Draft): readonly PlacedProblem[] {
  return servers.flatMap(({ kind, index, name }, at) => {
    const first = servers.slice(0, at).find((other) => other.kind === kind && other.name === name);
    if (!first) return [];
    const found = `${describeFound(name)}, already at ${pathText([kind.key, first.index])}`;
    return [problemAt([kind.key, index, 'name'], { expected: 'a name of its own for each server', found })];
  });
}

/** People could not reach the page on which they link their account. */
function missingPublicUrl({ signalsAsPerson, hasPublicUrl }: Draft): readonly PlacedProblem[] {
  if (!signalsAsPerson || hasPublicUrl) return [];
  const expected =
    'the https address under which browsers reach the bot, for signalAs: person: approvers link their account there';
  const example = 'https://countersign.example.com';
  return [problemAt(['http', 'publicUrl'], { expected, found: 'nothing', example })];
}

/** A cut is proven by its checkpoint alone, so that has to be written down where the store cannot be. */
function missingAnchors({ cutsUnanchored }: Draft): readonly PlacedProblem[] {
  const expected =
    'at least one place, since retention.ledger is set: the ledger is cut only behind an anchor';
  return cutsUnanchored ? [problemAt(['ledger', 'anchorIn'], { expected, found: 'none' })] : [];
}

function missingShadowChannel({ lacksShadowChannel }: Draft): readonly PlacedProblem[] {
  if (!lacksShadowChannel) return [];
  const expected = 'the channel that gets everything in mode: shadow; invite the bot to it';
  return [problemAt(['shadow', 'channel'], { expected, found: 'nothing', example: 'C02SHDW001' })];
}

/** A rule, as far as it names people and systems. */
interface NamingRule {
  readonly people: readonly string[];
  readonly peopleAt: Path;
  /** Whether a whole user group may be named, too. */
  readonly takesGroups: boolean;
  readonly takesChannels?: boolean;
  readonly systems: readonly string[] | undefined;
  readonly systemsAt: Path;
}

function rulesNaming({
  approvers,
  routes,
  operators,
  alertRules,
  validityLimits,
}: Draft): readonly NamingRule[] {
  const ruleOf = (path: Path, people: readonly string[], systems: readonly string[] | undefined) => ({
    people,
    peopleAt: [...path, 'people'],
    takesGroups: true,
    systems,
    systemsAt: [...path, 'when', 'system'],
  });
  return [
    ...approvers.map(({ path, value }) => ruleOf(path, value.people, value.when.system)),
    ...approvers.map(({ path, value }) => ({
      ...ruleOf(path, value.escalate?.to ?? [], undefined),
      peopleAt: [...path, 'escalate', 'to'],
      takesGroups: false,
      takesChannels: true,
    })),
    ...approvers.map(({ path, value }) => ({
      ...ruleOf(path, value.delegates, undefined),
      peopleAt: [...path, 'delegates'],
      takesGroups: false,
    })),
    ...routes.map(({ path, value }) => ({
      ...ruleOf(path, value.people, value.when.system),
      takesGroups: false,
    })),
    ...operators.map(({ path, value }) => ({
      ...ruleOf(path, value.people, value.systems),
      systemsAt: [...path, 'systems'],
    })),
    ...validityLimits.map(({ path, value }) => ruleOf(path, [], value.when.system)),
    ...alertRules.map(({ path, value }) => ({
      ...ruleOf(path, value.mention, value.when.system),
      peopleAt: [...path, 'mention'],
    })),
  ];
}

function missingTeam({ team, people }: Draft, naming: readonly NamingRule[]): readonly PlacedProblem[] {
  const references = [...people.map(({ value }) => value.id), ...naming.flatMap((rule) => rule.people)];
  const bare = references.find((text) => personIdPattern.test(text) && !text.includes('/'));
  if (team !== undefined || bare === undefined) return [];
  const expected = `the workspace that member ids such as ${bare} belong to, because the same id can exist in another one`;
  return [problemAt(['slack', 'team'], { expected, found: 'nothing', example: 'team: T01AB2CD3' })];
}

function repeatedPeople({ people, team }: Draft): readonly PlacedProblem[] {
  const keyOf = (id: string) => {
    const person = parsePersonId(id, team);
    return person ? personKey(person) : id;
  };
  return people.flatMap(({ path, value }, at) => {
    const first = people.slice(0, at).find((other) => keyOf(other.value.id) === keyOf(value.id));
    if (!first) return [];
    const expected = 'each person once, with all their identities together';
    const found = `${value.id}, already at ${pathText(first.path)}`;
    return [problemAt([...path, 'id'], { expected, found })];
  });
}

function unknownIdentities({ people, systems }: Draft): readonly PlacedProblem[] {
  const known = systems.map(({ name }) => name);
  return people.flatMap(({ path, value }) =>
    Object.keys(value.identities)
      .filter((system) => !known.includes(system))
      .map((system) => {
        const near = nearMatch(system, known);
        const list = known.length === 0 ? 'the name of a configured system' : `one of ${known.join(', ')}`;
        const expected = near === undefined ? list : `${list}; did you mean ${near}?`;
        const found = `an unknown system ${describeFound(system)}`;
        return problemAt([...path, 'identities', system], { expected, found });
      }),
  );
}

/** One that stood in two groups would tell a person from themselves. */
function repeatedDomains({ domains }: Draft): readonly PlacedProblem[] {
  return domains.flatMap((group, at) =>
    group.flatMap((domain, index) => {
      const isBefore = domains
        .slice(0, at)
        .some((other) => other.some((one) => one.toLowerCase() === domain.toLowerCase()));
      if (!isBefore) return [];
      const expected = 'each domain in one group only';
      return [problemAt(['domains', at, index], { expected, found: `${describeFound(domain)} once more` })];
    }),
  );
}

function sharedIdentities({ people, domains }: Draft): readonly PlacedProblem[] {
  const claims = people.flatMap(({ path, value }) =>
    Object.entries(value.identities).flatMap(([system, names]) =>
      names.map((name) => ({ path, system, name })),
    ),
  );
  return claims.flatMap(({ path, system, name }, at) => {
    const other = claims
      .slice(0, at)
      .find((one) => one.path !== path && one.system === system && couldBeSameName(one.name, name, domains));
    if (!other) return [];
    const isSame = isSameName(other.name, name, domains);
    const expected = `a username that belongs to one person only${isSame ? '' : '; if they are two, declare their domains in different groups of domains'}`;
    const found = isSame
      ? `${describeFound(name)}, which ${pathText(other.path)} has as well`
      : `${describeFound(name)}, which could be ${describeFound(other.name)} of ${pathText(other.path)}`;
    return [problemAt([...path, 'identities', system], { expected, found })];
  });
}

function unknownPeople(rule: NamingRule, { names }: Draft): readonly PlacedProblem[] {
  return rule.people.flatMap((reference, index) => {
    if (rule.takesGroups && isGroupId(reference)) return [];
    if (rule.takesChannels && isChannelId(reference)) return [];
    const bearers = names.filter((name) => name === reference).length;
    if (bearers === 1 || (bearers === 0 && personIdPattern.test(reference))) return [];
    const expected = bearers > 1 ? 'a name that only one person has' : expectedPerson(reference, names);
    return [problemAt([...rule.peopleAt, index], { expected, found: describeFound(reference) })];
  });
}

function expectedPerson(reference: string, names: readonly string[]): string {
  const near = nearMatch(reference, names);
  if (near !== undefined) return `someone listed under people; did you mean ${near}?`;
  if (/^(S[A-Z0-9]{8,}|<!subteam)/.test(reference)) {
    return 'a person; user groups are named by their id (S02AB3CD4), and by approvers, operators and alerts only';
  }
  return 'the name of someone listed under people, or a member id such as U02AB3CD4';
}

function unmatchedSystems(rule: NamingRule, { systems }: Draft): readonly PlacedProblem[] {
  const known = systems.map(({ name }) => name);
  return (rule.systems ?? [])
    .filter((pattern) => !known.some((system) => matchesPattern(system, pattern)))
    .map((pattern) => {
      const near = nearMatch(pattern, known);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      const expected = `a pattern that fits a configured system (${known.join(', ') || 'there is none'})${hint}`;
      return problemAt(rule.systemsAt, { expected, found: describeFound(pattern) });
    });
}

function impossibleQuorums({ approvers, people, team }: Draft): readonly PlacedProblem[] {
  return approvers.flatMap(({ path, value }) => {
    // How many are in a group is the chat's to say.
    if (value.people.some(isGroupId)) return [];
    const keys = value.people.map((reference) => {
      const person = findPerson(reference, valuesOf(people), team);
      return person ? personKey(person) : reference;
    });
    const count = new Set(keys).size;
    if (count === 0 || value.quorum <= count) return [];
    const expected = `at most ${count}, because the rule names ${count === 1 ? '1 person' : `${count} people`}`;
    return [problemAt([...path, 'quorum'], { expected, found: String(value.quorum) })];
  });
}

/** Rules that approve by themselves must name who requests, and leave nothing out that holds them back. */
function unbrakedRules(draft: Draft): readonly PlacedProblem[] {
  const { approvers, systems, hasZones, pollsEvery: every } = draft;
  const rules = approvers.filter(({ value }) => value.approveWith === 'automatic');
  const without = approvers
    .filter(({ value }) => value.approveWith !== 'automatic')
    .flatMap(({ path, value }) =>
      (['automaticAfter', 'limit'] as const).flatMap((key) =>
        value[key] === undefined
          ? []
          : [
              problemAt([...path, key], {
                expected: 'nothing without approveWith: automatic',
                found: 'a value',
              }),
            ],
      ),
    );
  const seldom = every !== undefined && (parseDuration(every) ?? 0) > mostBetweenPollsMs;
  return [
    ...without,
    ...rules.flatMap((rule) => unbrakedRule(rule, systems)),
    ...(rules.length > 0 && !hasZones
      ? [
          problemAt(['zones'], {
            expected: 'the domains certificates are expected in, for approveWith: automatic',
            found: 'none',
            example: 'zones: [example.com]',
          }),
        ]
      : []),
    ...(rules.length > 0 && seldom
      ? [
          problemAt(['observe', 'every'], {
            expected: 'at most 1m, for approveWith: automatic: a longer gap restarts every hold',
            found: describeFound(every),
          }),
        ]
      : []),
  ];
}

const mostBetweenPollsMs = 60_000;

function unbrakedRule(
  { path, value }: Entry<ApproverEntry>,
  systems: Draft['systems'],
): readonly PlacedProblem[] {
  const { when, quorum, people } = value;
  const requester = when.requester ?? [];
  const wide = requester.find((pattern) => pattern.includes('*'));
  const asPeople = systems.filter(
    ({ name, signalsAsPerson }) => signalsAsPerson && isAmong(name, when.system),
  );
  const problem = (at: Path, expected: string, found: string) =>
    problemAt([...path, ...at], { expected, found });
  return [
    ...(requester.length === 0 || wide !== undefined
      ? [
          problem(
            ['when', 'requester'],
            'usernames without *, for approveWith: automatic: nobody else may renew without people',
            wide === undefined ? 'nothing' : describeFound(wide),
          ),
        ]
      : []),
    ...(quorum === 1
      ? []
      : [problem(['quorum'], '1, for approveWith: automatic: a rule is one, however often', String(quorum))]),
    ...(people.length > 0
      ? []
      : [problem(['people'], 'whoever may stop the rule, and decides all that it does not', 'nobody')]),
    ...(when.finding === undefined
      ? []
      : [problem(['when', 'finding'], 'nothing: automatic takes no request with a finding', 'a finding')]),
    ...(value.hold === undefined
      ? []
      : [problem(['hold'], 'automaticAfter instead, for approveWith: automatic', 'a hold')]),
    ...asPeople.map(({ name }) =>
      problem(
        ['approveWith'],
        `something else than automatic: ${name} is sent decisions in the name of people (signalAs: person), and a rule is nobody`,
        'automatic',
      ),
    ),
  ];
}

function emptyRoutes({ routes }: Draft): readonly PlacedProblem[] {
  const wanted = {
    expected: 'channels or people, or both',
    found: 'neither',
    example: 'channels: [C02PKI0001]',
  };
  return routes
    .filter(({ value }) => value.channels.length === 0 && value.people.length === 0)
    .map(({ path }) => problemAt(path, wanted));
}

/** Lists what is allowed but probably not meant. */
export function warningsOf(draft: Draft): readonly string[] {
  const { approvers, routes, operators, validityLimits } = draft;
  const namesNobody = ({ value }: Entry<{ readonly people: readonly string[] }>) => value.people.length === 0;
  return [
    ...(approvers.length === 0 ? ['approvers: there are no rules, so nobody may decide'] : []),
    ...approvers
      .filter(namesNobody)
      .map((rule) => `${ruleText(rule)}: names nobody, so nobody may decide what it is about`),
    ...approvers.flatMap((rule) => uncheckablePeople(rule, draft)),
    ...approvers.flatMap(automaticWarning),
    ...neverReached(approvers),
    ...neverReached(routes),
    ...neverReached(validityLimits),
    ...operators.flatMap((rule) =>
      namesNobody(rule)
        ? [`${ruleText(rule)}: names nobody, so nobody may do what it is about`]
        : [...namelessPeople(rule, draft), ...wideOperators(rule, draft)],
    ),
    ...strangeTypes([...approvers, ...routes, ...validityLimits, ...draft.alertRules], draft),
    ...alertWarnings(draft),
  ];
}

/** Says aloud what a rule approves with nobody's click. */
function automaticWarning(rule: Entry<ApproverEntry>): readonly string[] {
  const { approveWith, when, limit = usualLimit, automaticAfter = leastHoldMs } = rule.value;
  if (approveWith !== 'automatic') return [];
  const conditions = Object.entries(when).flatMap(([name, patterns]) =>
    name === 'requester' || !patterns ? [] : [`${name} ${patterns.join(' or ')}`],
  );
  const which = conditions.length === 0 ? '' : ` (${conditions.join(', ')})`;
  return [
    `${ruleText(rule)}: APPROVES BY ITSELF, with nobody's click, up to ${limit} requests a day of ${(when.requester ?? []).join(', ')}${which}: renewals with the same names, kind of key, CA and template as a certificate that has not expired, without any finding, ${automaticAfter / 60_000} min after their card is shown, unless somebody stops it; docs/security.md says what else holds it back`,
  ];
}

/** Finds types of workflows that no document names: a rule for one that is misspelled leaves it to a laxer rule. */
function strangeTypes(
  rules: readonly Entry<{ readonly name?: string | undefined; readonly when: When }>[],
  { systems }: Draft,
): readonly string[] {
  return rules.flatMap((rule) => {
    const { type = [], system } = rule.value.when;
    const lists = systems.filter(({ name }) => isAmong(name, system)).map(({ types }) => types);
    // Where one system's types are not known, any type may be one of its.
    const known = [...new Set(lists.includes(undefined) ? [] : lists.flatMap((types) => types ?? []))];
    const strange = type.filter((pattern) => !known.some((one) => matchesPattern(one, pattern)));
    return known.length === 0
      ? []
      : strange.map((pattern) => {
          const near = nearMatch(pattern, known);
          const hint =
            near === undefined ? 'countersign doctor asks the servers for theirs' : `did you mean ${near}?`;
          return `${ruleText(rule)}: ${describeFound(pattern)} is none of the types of workflows that are documented (${known.join(', ')}), so the rule may never count; ${hint}`;
        });
  });
}

/**
 * Finds approvers of whom it could never be shown that they did not ask, or in whose name nothing could be sent.
 *
 * An e-mail address that is only a guess is enough for neither.
 */
function uncheckablePeople(rule: Entry<ApproverEntry>, draft: Draft): readonly string[] {
  const { when, people, ownRequest } = rule.value;
  const isOwnForbidden = ownRequest === 'forbidden';
  const why = isOwnForbidden
    ? 'own requests are forbidden'
    : 'decisions are sent there in the name of whoever makes them';
  const systems = draft.systems.filter(
    ({ name, approvals, actsFor }) =>
      approvals !== 'none' && (isOwnForbidden || actsFor !== 'anybody') && isAmong(name, when.system),
  );
  return people.flatMap((reference) =>
    systems
      .filter(({ name, actsFor }) => {
        const known = knownIn(name, reference, draft);
        return known === 'none' || (known === 'email' && (isOwnForbidden || actsFor !== 'anybody'));
      })
      .map(
        ({ name }) =>
          `${ruleText(rule)}: ${reference} has no identity in ${name} and will be refused there, because ${why}${wayByEmail(name, reference, draft)}`,
      ),
  );
}

/** What is done in a person's own name, where the system wants one. */
const doneInAName: readonly Verb[] = ['execute', 'pause', 'resume', 'abort', 'alert'];

/** Finds operators whom a system would refuse, because it is not told who they are there. */
function namelessPeople(rule: Entry<OperatorEntry>, draft: Draft): readonly string[] {
  const { people, verbs, systems: patterns } = rule.value;
  if (!verbs.some((verb) => doneInAName.includes(verb))) return [];
  const systems = draft.systems.filter(
    ({ name, actsFor }) => actsFor !== 'anybody' && isAmong(name, patterns),
  );
  return people.flatMap((reference) =>
    systems
      .filter(({ name }) => ['none', 'email'].includes(knownIn(name, reference, draft)))
      .map(
        ({ name }) =>
          `${ruleText(rule)}: ${reference} has no identity in ${name} and can only look there, because changes are made in a person’s own name${wayByEmail(name, reference, draft)}`,
      ),
  );
}

/** What can bring about, or keep from happening, what an approval rule leaves to its approvers. */
const decidingVerbs: readonly Verb[] = ['restart', 'stop', 'execute', 'abort', 'alert'];

/** Finds operators who may do more about a run than the approver rule about it lets them decide. */
function wideOperators(rule: Entry<OperatorEntry>, draft: Draft): readonly string[] {
  const { people, systems: patterns } = rule.value;
  const verbs = decidingVerbs.filter((verb) => rule.value.verbs.includes(verb));
  const { approvers, systems, team } = draft;
  if (verbs.length === 0) return [];
  const keyOf = (reference: string): string => {
    const id = findPerson(reference, valuesOf(draft.people), team);
    return id ? personKey(id) : reference;
  };
  return approvers.flatMap((approver) => {
    const { when, people: named } = approver.value;
    const isGuarded = systems.some(
      ({ name, approvals }) => approvals !== 'none' && isAmong(name, patterns) && isAmong(name, when.system),
    );
    const others = people.filter((one) => !named.some((approving) => keyOf(approving) === keyOf(one)));
    if (!isGuarded || others.length === 0) return [];
    return [
      `${ruleText(rule)}: lets ${others.join(', ')} ${verbs.join(', ')} workflows whose approvals ${ruleText(approver)} leaves to others; docs/security.md says what each verb can bring about`,
    ];
  });
}

function isAmong(system: string, patterns: readonly string[] | undefined): boolean {
  return patterns?.some((pattern) => matchesPattern(system, pattern)) ?? true;
}

/** Names the setting that makes an address more than a guess, where an address is all there is. */
function wayByEmail(system: string, reference: string, draft: Draft): string {
  return knownIn(system, reference, draft) === 'email'
    ? `; list them under people, or set userNames: email for ${system} if it calls its users by their e-mail addresses`
    : '';
}

/**
 * Says how a system will know somebody a rule names: by a listed identity, by e-mail address, or not at all.
 *
 * Whom nobody can find is not judged here: that is a problem of its own.
 */
function knownIn(
  system: string,
  reference: string,
  { people, team, isEmailMatching, systems }: Draft,
): 'identity' | 'email' | 'none' | 'not-found' {
  const entries = valuesOf(people);
  const id = findPerson(reference, entries, team);
  if (!id) return 'not-found';
  const entry = entries.find((one) => {
    const other = parsePersonId(one.id, team);
    return other !== undefined && isSamePerson(other, id);
  });
  if (entry) return (entry.identities[system]?.length ?? 0) > 0 ? 'identity' : 'none';
  if (!isEmailMatching) return 'none';
  return systems.some((one) => one.name === system && one.isEmailNamed) ? 'identity' : 'email';
}

function alertWarnings({ alertRules, areAlertsOff }: Draft): readonly string[] {
  if (areAlertsOff && alertRules.length > 0) {
    return ['alerts.rules: never count, because alerts.enabled is off'];
  }
  const idle = alertRules.filter(({ value }) => value.quietHours && value.mention.length === 0);
  return [
    ...neverReached(alertRules),
    ...idle.map(
      (rule) => `${ruleText(rule)}: has quietHours and mentions nobody, so the hours change nothing`,
    ),
  ];
}

/** Finds rules that never count, because one before them fits all they are about. */
function neverReached(
  rules: readonly Entry<{ readonly name?: string | undefined; readonly when: When }>[],
): readonly string[] {
  return rules.flatMap((rule, at) => {
    const first = rules.slice(0, at).find((other) => covers(other.value.when, rule.value.when));
    return first ? [`${ruleText(rule)}: never counts, because ${ruleText(first)} fits all it is about`] : [];
  });
}

/** What every instance has, so that `*` there is no condition at all. */
const alwaysThere: readonly string[] = ['system', 'definition', 'type'];

/** The conditions of a rule, each with its patterns. */
type When = Readonly<Record<string, readonly string[] | undefined>>;

/** Tells whether one condition holds wherever another one does; says no when in doubt. */
function covers(wide: When, narrow: When): boolean {
  return Object.entries(wide).every(([condition, wanted]) => {
    if (wanted === undefined) return true;
    if (alwaysThere.includes(condition) && wanted.includes('*')) return true;
    if (condition === 'finding') {
      const wishes = wanted as readonly FindingWish[];
      const narrower = narrow.finding as readonly FindingWish[] | undefined;
      return narrower?.every((one) => wishes.some((wish) => isWishWithin(one, wish))) ?? false;
    }
    // Whatever fits a pattern literally, stars included, also fits with the stars filled in.
    return narrow[condition]?.every((one) => wanted.some((pattern) => matchesPattern(one, pattern))) ?? false;
  });
}

/** Names a rule for the operator: by its place in the file and, if it has one, its name. */
function ruleText({ path, value }: Entry<{ readonly name?: string | undefined }>): string {
  return value.name === undefined ? pathText(path) : `${pathText(path)} (${value.name})`;
}

function valuesOf<T>(entries: readonly Entry<T>[]): readonly T[] {
  return entries.map(({ value }) => value);
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
