import { matchesPattern } from '../../shared/matches-pattern.js';
import type { ApproverEntry, WhenEntry } from '../schema/rule-schema.js';
import { alertWarnings } from './alert-warnings.js';
import type { Draft, Entry } from './draft.js';
import { namesIn } from './names-in.js';
import { neverReached } from './never-reached.js';
import { operatorWarnings } from './operator-warnings.js';
import { ruleText } from './rule-text.js';

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
