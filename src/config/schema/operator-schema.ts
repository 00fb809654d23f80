import { z } from 'zod';
import { changingVerbs, readingVerbs, type Verb } from '../../domain/verb.js';
import { patterns, people, ruleName } from './rule-parts.js';

const expectedVerbs = 'read, all, or a list of verbs such as [read, restart]';

const verbList = z.enum(['read', ...readingVerbs, ...changingVerbs]);

/** Who may use which verbs of the slash command, and on what. */
export const operatorSchema = z.strictObject({
  name: ruleName('What messages call the rule.', 'PKI operators'),
  verbs: z
    .union([z.enum(['read', 'all']), z.array(verbList).min(1, expectedVerbs)], expectedVerbs)
    .transform(verbsOf)
    .describe(
      'What they may do: read (only look), all, or a list of verbs, in which read stands for all that only look. help, approvals and whoami need no rule.',
    )
    .meta({ examples: [['read', 'restart']] }),
  people: people(
    'Who may do it, and nobody else: names from people, member ids, or ids of user groups such as S02AB3CD4 (these need the scope usergroups:read). An empty list means nobody.',
  ),
  systems: patterns('Names of the systems it is about; any if left out.', 'corp-pki'),
  workflows: patterns('Names of the workflow definitions it is about; any if left out.', 'Web server*'),
});

/** An operator rule as read from the settings file. */
export type OperatorEntry = z.infer<typeof operatorSchema>;

function verbsOf(written: 'read' | 'all' | readonly z.infer<typeof verbList>[]): readonly Verb[] {
  if (written === 'all') return [...readingVerbs, ...changingVerbs];
  if (written === 'read') return readingVerbs;
  return [...new Set(written.flatMap((word) => (word === 'read' ? readingVerbs : [word])))];
}
