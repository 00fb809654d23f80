import { couldBeSameName, isSameName } from '../../domain/backend-name.js';
import { nearMatch } from '../../shared/near-match.js';
import { describeFound } from '../problems/describe-found.js';
import { pathText } from '../problems/path-text.js';
import { type PlacedProblem, problemAt } from '../problems/placed-problem.js';
import { personIdPattern } from '../schema/ids.js';
import type { Draft } from './draft.js';
import { parsePersonId } from './find-person.js';

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
