import { z } from 'zod';
import { inboundData } from './told-data.js';
import { inboundOutputs } from './told-outputs.js';

/** What designers leave empty, they have nothing to say about. */
function optional<T extends z.ZodType>(schema: T) {
  return z.preprocess((given) => (given === '' || given === null ? undefined : given), schema.optional());
}

/** Control characters and torn characters cannot be kept as they are. */
const unkeepable = /[^\P{Cc}\t\n\r]|\p{Cs}/u;

function text(expected: string, maxLength: number) {
  const whole = `${expected}, of at most ${maxLength} characters`;
  return z
    .string(whole)
    .refine((given) => !unkeepable.test(given), whole)
    .transform((given) => given.trim())
    .refine((given) => given !== '' && given.length <= maxLength, whole);
}

function texts(expected: string, most: number) {
  const one = text(expected, 200);
  return z.union([one.transform((only) => [only]), z.array(one).max(most)], {
    error: `${expected}, or a list of at most ${most}`,
  });
}

/** Makes one text of an id, however it was written, so that a repetition is known again. */
function id(expected: string, pattern: RegExp) {
  return z
    .union([z.int().positive(), z.string()], expected)
    .transform((given) =>
      String(given)
        .trim()
        .replace(/^0+(?=\d)/, ''),
    )
    .refine((given) => pattern.test(given) && given !== '0', expected);
}

/** What a workflow may tell of a step that waits for people; the docs list every key. */
export const inboundBody = z.object({
  repository: text('the name of the repository', 200),
  workflow: text('the name of the workflow', 200),
  executionid: id('the id of the execution: a whole number, or a text without blanks', /^[\w-]{1,64}$/),
  executiondetailsid: optional(
    id('the execution details id of the waiting activity: a whole number', /^\d{1,19}$/),
  ),
  key: optional(text('a text that tells this step from others of the execution', 200)),
  activity: optional(text('the name of the waiting activity', 200)),
  subject: optional(text('what it is about', 300).transform((given) => given.replace(/\s+/g, ' '))),
  requester: optional(texts('who asked, as provider::id', 10)),
  approver: optional(texts('whom to ask, as provider::id', 20)),
  outputs: optional(inboundOutputs),
  data: optional(inboundData),
});

/** A body that was understood. */
export type InboundBody = z.infer<typeof inboundBody>;
