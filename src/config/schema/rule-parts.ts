import { z } from 'zod';
import { textList } from './text-list.js';

/** Builds one condition of a rule, with its meaning and an example. */
export function patterns(meaning: string, example: string) {
  return textList('a pattern such as "Web*", or a list of patterns')
    .optional()
    .describe(meaning)
    .meta({ examples: [example] });
}

/** Builds the optional name of a rule. */
export function ruleName(meaning: string, example: string) {
  return z
    .string()
    .min(1)
    .optional()
    .describe(meaning)
    .meta({ examples: [example] });
}

/** Builds the list of people a rule names. */
export function people(meaning: string) {
  return z
    .array(z.string().min(1))
    .describe(meaning)
    .meta({ examples: [['Ana Ruiz', 'U02LI5EF6']] });
}
