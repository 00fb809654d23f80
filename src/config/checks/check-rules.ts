import { personKey } from '../../domain/person.js';
import { matchesPattern } from '../../shared/matches-pattern.js';
import { nearMatch } from '../../shared/near-match.js';
import { describeFound } from '../problems/describe-found.js';
import type { Path } from '../problems/path-text.js';
import { type PlacedProblem, problemAt } from '../problems/placed-problem.js';
import { isGroupId, personIdPattern } from '../schema/ids.js';
import type { Draft } from './draft.js';
import { findPerson } from './find-person.js';

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
      unknownSystems([...path, 'when', 'system'], rule.when.system, draft),
    ),
    ...draft.operators.flatMap(({ index, value }) => [
      ...unknownNamed(['operators', index, 'people'], value.people, draft),
      ...unknownSystems(['operators', index, 'systems'], value.systems, draft),
    ]),
    ...draft.alertRules.flatMap(({ index, value }) => [
      ...unknownNamed(['alerts', 'rules', index, 'mention'], value.mention, draft),
      ...unknownSystems(['alerts', 'rules', index, 'when', 'system'], value.when.system, draft),
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

function unknownSystems(
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
