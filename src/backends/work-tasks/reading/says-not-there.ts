import type { Outcome } from '../translate/outcome-of.js';

/** Tells whether a refusal means that nothing goes by that name; a repository that is missing is a mistake in the settings. */
export function saysNotThere(outcome: Outcome): boolean {
  return outcome.kind === 'refused' && outcome.reason === 'not-found' && !/repositor/i.test(outcome.said);
}
