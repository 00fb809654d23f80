import { z } from 'zod';
import type { LabelledValue } from '../../../domain/request-facts.js';

const most = 25;
const longestName = 80;
const longestValue = 500;
const pairList = 'names and values, or a list of pairs with name and value';

/** What a workflow told of a request, as far as it may be shown. */
interface InboundData {
  readonly values: readonly LabelledValue[];
  /** Names of values that are not shown because they may be secrets. */
  readonly leftOut: readonly string[];
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const value = z
  .union([scalar, z.array(scalar)], 'a text, a number, true or false, or a list of these')
  .transform((given) => (Array.isArray(given) ? given.map(written).join(', ') : written(given)))
  .refine((text) => text.length <= longestValue && !/\p{Cs}/u.test(text), {
    error: `a value of at most ${longestValue} characters`,
  });

const name = z
  .string('a name')
  .trim()
  .refine((text) => /^[^\p{Cc}\p{Cs}]+$/u.test(text) && text.length <= longestName, {
    error: `a name of at most ${longestName} characters`,
  });

const pair = z.object({ name, value }, pairList);

/** Values to show with a request: an object, or a list of pairs. What is empty is left away. */
export const inboundData = z
  .preprocess(asPairs, z.array(pair, pairList).max(most, `at most ${most} values`))
  .transform((pairs): InboundData => {
    const inbound = pairs.filter(({ value: text }) => text !== '');
    const isHidden = (one: (typeof inbound)[number]) => isSecretName(one.name) || looksSecret(one.value);
    return {
      values: inbound
        .filter((one) => !isHidden(one))
        .map(({ name: label, value: text }) => ({ label, value: text })),
      leftOut: inbound.filter(isHidden).map(({ name: label }) => label),
    };
  });

function asPairs(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return Object.entries(given).map(([label, inside]) => ({ name: label, value: inside }));
}

function written(given: z.infer<typeof scalar>): string {
  // Control characters mean nothing to people, and not every store keeps them.
  return String(given ?? '')
    .replace(/[^\P{Cc}\t\n\r]/gu, ' ')
    .trim();
}

/** Tells whether a value is called like something nobody should read. */
function isSecretName(label: string): boolean {
  const letters = label.replace(/[^a-z]/gi, '').toLowerCase();
  return /pass(word|wd|phrase|code)|pwd|secret|token|credential|authorization|bearer|cookie|session|private|apikey|accesskey|connectionstring|pin$|otp$/.test(
    letters,
  );
}

function looksSecret(text: string): boolean {
  return /-----BEGIN|\beyJ[\w-]{8,}\.|\bbearer\s+\S{8,}|:\/\/[^/\s:@]+:[^/\s@]+@/i.test(text);
}
