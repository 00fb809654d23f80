import { pathText } from '../problems/path-text.js';
import type { Entry } from './draft.js';

/** Names a rule for the operator: by its place in the file and, if it has one, its name. */
export function ruleText(list: string, rule: Entry<{ readonly name?: string | undefined }>): string {
  const path = pathText([...list.split('.'), rule.index]);
  return rule.value.name === undefined ? path : `${path} (${rule.value.name})`;
}
