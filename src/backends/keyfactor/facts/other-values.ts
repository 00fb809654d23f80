import type { LabelledValue } from '../../../domain/request-facts.js';
import { type BagEntry, plainKey } from './data-bag.js';
import { isSensitiveKey, isSensitiveValue } from './is-sensitive.js';
import { shortText } from './plain-text.js';

const mostShown = 40;

/** Keys whose value is again a set of labelled values. */
const groups = new Set(['metadata', 'certificatemetadata', 'additionalattributes', 'attributes']);

/** Lists what else a request says, without anything that may be a secret. */
export function otherValues(entries: readonly BagEntry[]): readonly LabelledValue[] {
  const shown: LabelledValue[] = [];
  for (const entry of entries.flatMap(opened)) {
    const value = shown.length < mostShown ? showable(entry) : undefined;
    if (value !== undefined) shown.push(value);
  }
  return shown;
}

function showable({ key, value }: BagEntry): LabelledValue | undefined {
  const label = shortText(key);
  const text = shortText(value);
  if (label === undefined || text === undefined) return undefined;
  const isSecret = isSensitiveKey(key) || isSensitiveValue(key) || isSensitiveValue(String(value));
  return isSecret ? undefined : { label, value: text };
}

function opened(entry: BagEntry): readonly BagEntry[] {
  const { key, value } = entry;
  if (!groups.has(plainKey(key)) || typeof value !== 'object' || value === null) return [entry];
  return Object.entries(value).map(([inner, innerValue]) => ({ key: inner, value: innerValue }));
}
