import type { Verb } from '../../domain/verb.js';
import { matchesPattern } from '../../shared/matches-pattern.js';
import type { OperatorEntry } from '../schema/operator-schema.js';
import type { Draft, DraftSystem, Entry } from './draft.js';
import { namesIn } from './names-in.js';
import { ruleText } from './rule-text.js';

/** What is done in a person's own name, where the system wants one. */
const doneInAName: readonly Verb[] = ['execute', 'pause', 'resume', 'abort', 'alert'];

/** Lists what is allowed about operators but probably not meant. */
export function operatorWarnings(draft: Draft): readonly string[] {
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
