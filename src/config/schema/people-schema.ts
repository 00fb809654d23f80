import { z } from 'zod';
import { personIdText } from './ids.js';
import { textList } from './text-list.js';

/** One person, and the names the systems know that person by. */
export const personSchema = z.strictObject({
  id: personIdText()
    .describe('The person in Slack.')
    .meta({ examples: ['U02AB3CD4'] }),
  name: z
    .string()
    .min(1)
    .describe('What rules in this file call the person.')
    .meta({ examples: ['Ana Ruiz'] }),
  identities: z
    .record(z.string(), textList('a user name of that system, or a list of them'))
    .prefault({})
    .describe(
      'The person’s user names in each system, as that system writes them; needed to tell whether somebody decides about their own request.',
    )
    .meta({ examples: [{ 'corp-pki': 'KEYEXAMPLE\\aruiz' }] }),
});

/** A person as read from the settings file. */
export type PersonEntry = z.infer<typeof personSchema>;
