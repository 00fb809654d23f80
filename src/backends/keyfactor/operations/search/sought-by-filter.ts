import type { InstanceFilter } from '../../../../ports/operations.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { toStatus } from '../../translate/status.js';
import { initiatorOf } from '../../translate/title-facts.js';
import type { InstanceRow } from '../../wire/instance-wire.js';
import type { Sought } from './collect-rows.js';
import { containsAll, hasTerms } from './words.js';

/** One condition: in the server's words, and as a check of what came back. */
type Condition = Pick<Sought<InstanceRow>, 'queryString' | 'fits'>;

/** More ids than these would not fit into the address of a request. */
const definitionsLimit = 8;

/** Puts the conditions of a filter together; all of them have to hold. */
export function soughtByFilter(
  { state, initiator }: Pick<InstanceFilter, 'state' | 'initiator'>,
  text: { readonly terms: readonly string[]; readonly definitionIds: readonly string[] },
): Condition {
  const conditions = [
    ...(state === 'any' ? [] : [inState(state)]),
    ...(initiator === undefined ? [] : [startedBy(initiator)]),
    ...(text.terms.length === 0 ? [] : [aboutTerms(text)]),
  ];
  const queries = conditions.flatMap(({ queryString }) => queryString ?? []);
  return {
    queryString: queries.length === 0 ? undefined : queries.join(' AND '),
    fits: (row, requested) => conditions.every(({ fits }) => fits(row, requested)),
  };
}

/** Tells whether runs of this name can be asked for; how a query would escape some characters is not known. */
export function canAskForInitiator(name: string): boolean {
  return name.trim() !== '' && name.length <= 200 && !/["%*\p{C}]/u.test(name);
}

function inState(state: Exclude<InstanceFilter['state'], 'any'>): Condition {
  const { name, kind } = statusOf(state);
  return {
    queryString: `Status -eq "${name}"`,
    fits({ status }, requested) {
      const read = toStatus(status).kind;
      return read === kind || (requested && read === 'unknown');
    },
  };
}

function statusOf(state: Exclude<InstanceFilter['state'], 'any'>) {
  switch (state) {
    case 'waiting':
      return { name: 'Suspended', kind: 'suspended' } as const;
    case 'failed':
      return { name: 'Failed', kind: 'failed' } as const;
    case 'running':
      return { name: 'Running', kind: 'running' } as const;
    default:
      return assertNever(state);
  }
}

/** A row does not tell who started it, but its title usually begins with that name. */
function startedBy(initiator: string): Condition {
  return {
    queryString: `InitiatingUserName -eq "${initiator}"`,
    fits({ title }, requested) {
      const named = initiatorOf(title)?.toLowerCase();
      if (named === initiator.toLowerCase()) return true;
      // A first word of an unusual title is not a name; an account is one word.
      return requested && (named === undefined || (named !== 'timer service' && named.includes(' ')));
    },
  };
}

function aboutTerms({
  terms,
  definitionIds,
}: {
  readonly terms: readonly string[];
  readonly definitionIds: readonly string[];
}): Condition {
  const ids = definitionIds.filter((id) => /^[\w-]+$/.test(id));
  const byTitle = containsAll('Title', terms);
  const byEither = [`(${byTitle})`, ...ids.map((id) => `DefinitionId -eq "${id}"`)].join(' OR ');
  const queryString = ids.length === 0 ? byTitle : `(${byEither})`;
  return {
    queryString: ids.length > definitionsLimit ? undefined : queryString,
    fits: ({ title, definition }) => hasTerms(title, terms) || hasTerms(definition?.displayname, terms),
  };
}
