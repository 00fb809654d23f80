import { covers, type When } from './covers.js';
import type { Entry } from './draft.js';
import { ruleText } from './rule-text.js';

/** Finds rules that never count, because one before them fits all they are about. */
export function neverReached(
  list: string,
  rules: readonly Entry<{ readonly name?: string | undefined; readonly when: When }>[],
): readonly string[] {
  return rules.flatMap((rule, at) => {
    const first = rules.slice(0, at).find((other) => covers(other.value.when, rule.value.when));
    if (!first) return [];
    return [`${ruleText(list, rule)}: never counts, because ${ruleText(list, first)} fits all it is about`];
  });
}
