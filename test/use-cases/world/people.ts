import type { MappedPerson, Person } from '../../../src/domain/person.js';
import type { Policy } from '../../../src/domain/policy.js';
import { aMappedPerson, aPolicy, aRoute, aRule } from '../../domain/a-policy.js';
import { aPerson, aPersonId } from '../../support/an-approval.js';

/** Everybody in these stories; Kim asks for certificates, Gus is only a guest. */
export const people = {
  ada: aPerson(),
  bo: aPerson({ id: aPersonId('U0BO'), name: 'Bo Tran' }),
  cy: aPerson({ id: aPersonId('U0CY'), name: 'Cy Patel' }),
  gus: aPerson({ id: aPersonId('U0GUS'), name: 'Gus Guest', membership: 'guest' }),
  kim: aPerson({ id: aPersonId('U0KIM'), name: 'Robin Kim' }),
  /** Nobody wrote down who this is in Command. */
  una: aPerson({ id: aPersonId('U0UNA'), name: 'Una Mapped' }),
  /** A member whom no rule names. */
  zoe: aPerson({ id: aPersonId('U0ZOE'), name: 'Zoe Other' }),
} as const satisfies Record<string, Person>;

/** A name of somebody in these stories. */
export type Actor = keyof typeof people;

const names: readonly (readonly [Actor, string])[] = [
  ['ada', 'aokafor'],
  ['bo', 'btran'],
  ['cy', 'cpatel'],
  ['gus', 'guest'],
  ['kim', 'rkim'],
  ['zoe', 'zother'],
];

const mapped: readonly MappedPerson[] = names.map(([actor, name]) =>
  aMappedPerson({
    id: people[actor].id,
    name: people[actor].name,
    identities: { command: [`KEYEXAMPLE\\${name}`] },
  }),
);

/** Settings under which so many of the approvers must agree. */
export function policyOf(quorum: number, overrides: Partial<Policy> = {}): Policy {
  const approvers = [people.ada, people.bo, people.cy, people.gus, people.kim, people.una];
  return aPolicy({
    approvers: [aRule({ people: approvers.map(({ id }) => id), quorum })],
    routes: [aRoute()],
    people: mapped,
    ...overrides,
  });
}
