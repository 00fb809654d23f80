import { isSamePerson } from '../../domain/person.js';
import type { Draft } from './draft.js';
import { findPerson, parsePersonId } from './find-person.js';

/**
 * Says how a system will know somebody a rule names: by a listed identity, by e-mail address, or not at all.
 *
 * Whom nobody can find is not judged here: that is a problem of its own.
 */
export function namesIn(
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
