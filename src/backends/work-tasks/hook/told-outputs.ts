import { z } from 'zod';
import type { Output } from '../../../domain/approval.js';

/** More buttons than this nobody tells apart. */
const most = 4;

const label = z
  .string('the label of an output')
  .refine((name) => name.trim() === name && /^[^\p{Cc}\p{Cs}]{1,75}$/u.test(name), {
    error: 'the label of an output, letter by letter, of at most 75 characters',
  });

const bare = label.transform((name): Output => ({ name, verdict: soundsLikeNo(name) ? 'deny' : 'approve' }));

const named = z.object({
  name: label,
  verdict: z.preprocess(
    (given) => (typeof given === 'string' ? given.toLowerCase() : given),
    z.enum(['approve', 'deny'], 'approve or deny'),
  ),
});

/** The outputs a workflow offers, each with whether it says yes or no. */
export const inboundOutputs = z
  .array(
    z.unknown().transform((given, context): Output => {
      const result = (typeof given === 'object' && given !== null ? named : bare).safeParse(given);
      if (result.success) return result.data;
      for (const { path, message } of result.error.issues)
        context.addIssue({ code: 'custom', path, message });
      return z.NEVER;
    }),
    'a list of labels of outputs',
  )
  .min(1, 'at least one output, or none of this at all for Approved and Rejected')
  .max(most, `at most ${most} outputs`)
  .refine((outputs) => new Set(outputs.map(({ name }) => name.toLowerCase())).size === outputs.length, {
    error: 'outputs that differ',
  });

/** Tells whether a label reads like a no; whoever means something else says so with `verdict`. */
function soundsLikeNo(name: string): boolean {
  return /^(reject|den(y|ied)|declin|refus|disapprov|disagree|cancel|abort|stop|fail|not?\b|do not\b|don[’']t\b)/i.test(
    name,
  );
}
