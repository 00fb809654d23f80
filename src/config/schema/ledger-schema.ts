import { z } from 'zod';
import { duration } from '../../shared/duration.js';

/** Where the heads of the ledger are written down outside the store, and how often. */
export const ledgerSchema = z
  .strictObject({
    anchorEvery: duration({ minMs: 1_000 })
      .prefault('1h')
      .describe(
        'How often the heads of the ledger are written down outside the store, if anything was added: a record cut off later is found out down to the last of these.',
      )
      .meta({ examples: ['1h'] }),
    anchorIn: z
      .array(z.enum(['log', 'operators', 'file']))
      .prefault(['log'])
      .describe('Where they are written down: in the log, in slack.operatorsChannel, in ledger.anchorFile.')
      .meta({ examples: [['log', 'operators']] }),
    anchorFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File they are added to, for anchorIn file; best on a disk the bot may add to and not rewrite.',
      )
      .meta({ examples: ['/var/log/countersign/anchors'] }),
  })
  .refine(({ anchorIn, anchorFile }) => anchorIn.includes('file') === (anchorFile !== undefined), {
    path: ['anchorFile'],
    message: 'a path where anchorIn has file, and nothing where it has not',
  });
