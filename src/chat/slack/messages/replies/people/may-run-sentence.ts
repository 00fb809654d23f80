import type { MayRun } from '../../../../../domain/change.js';
import type { Verb } from '../../../../../domain/verb.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { membershipText, suspendedSentence } from '../../refusals.js';

/** Tells somebody why they may not run a verb. */
export function mayRunSentence(verb: Verb, why: Exclude<MayRun, { kind: 'yes' }>): string {
  switch (why.kind) {
    case 'not-a-member':
      return `${membershipText(why.standing)} Only full members of this workspace can use commands.`.trim();
    case 'suspended':
      return suspendedSentence;
    case 'group-not-checked':
      return 'Slack could not say just now who is in the groups that the rules name. Please try again in a moment.';
    case 'no-rule':
      return `You may not: no rule in the settings lets you use “${verb}” on this workflow. Operators can add you under “operators”.`;
    default:
      return assertNever(why);
  }
}
