import { z } from 'zod';
import { keyfactorServer } from '../../backends/keyfactor/settings.js';
import { workTasksServer } from '../../backends/work-tasks/settings.js';
import { duration } from '../../shared/duration.js';
import { isPostgresUrl } from '../../shared/is-postgres-url.js';
import { alertsSchema } from './alerts-schema.js';
import { ledgerSchema } from './ledger-schema.js';
import { httpSchema, operationsSchema } from './listener-schemas.js';
import { observeSchema } from './observe-schema.js';
import { operatorSchema } from './operator-schema.js';
import { personSchema } from './people-schema.js';
import { approverSchema, routeSchema } from './rule-schema.js';
import { slackSchema } from './slack-schema.js';

const expectedStore =
  'a path of a file, such as /var/lib/countersign/countersign.db, or the address of a PostgreSQL database, such as postgres://countersign@db.example.com/countersign';
const expectedDomain = 'a domain such as example.com';

/** The settings file: every key, its default, its meaning and an example. */
export const settingsSchema = z.strictObject({
  slack: slackSchema.describe('The Slack workspace.'),
  people: z.array(personSchema).prefault([]).describe('People, and what each system calls them.'),
  emailMatching: z
    .enum(['off', 'on'])
    .prefault('off')
    .describe(
      'Whether somebody who is not listed under people is known to the systems by their confirmed e-mail address; that address can show that a request is their own, never that it is not; needs the scope users:read.email.',
    )
    .meta({ examples: ['off'] }),
  keyfactor: z
    .array(keyfactorServer)
    .prefault([])
    .describe('The Keyfactor Command servers; at least one here or under workTasks.'),
  workTasks: z
    .array(workTasksServer)
    .prefault([])
    .describe('The AVEVA Work Tasks servers, reached by their Web API for Workflow.'),
  approvers: z
    .array(approverSchema)
    .prefault([])
    .describe('Who may decide: the first rule that fits counts. Without a fitting rule nobody may decide.'),
  operators: z
    .array(operatorSchema)
    .prefault([])
    .describe(
      'Who may look at workflows and change them with the slash command: any rule that fits is enough. Without a fitting rule nobody may.',
    ),
  routes: z
    .array(routeSchema)
    .prefault([])
    .describe('Where cards go: the first rule that fits counts, else the fallback channel.'),
  alerts: alertsSchema.prefault({}).describe('What is said about workflows that fail.'),
  zones: z
    .array(z.string(expectedDomain).regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, expectedDomain))
    .prefault([])
    .describe(
      'Domains the organisation expects names of certificates in; others are pointed out on the card.',
    )
    .meta({ examples: [['example.com', 'corp.example']] }),
  decisions: z
    .strictObject({
      keepTryingFor: duration()
        .prefault('10m')
        .describe('How long a decision is kept and tried while its system cannot be reached.')
        .meta({ examples: ['10m'] }),
      receipts: z
        .enum(['all', 'risky', 'off'])
        .prefault('all')
        .describe(
          'Who gets a receipt by direct message after deciding, with a button to say “That wasn’t me”: everybody (all), those who decide by a rule with a hold, a typed confirmation or more than one approval (risky), or nobody (off).',
        )
        .meta({ examples: ['risky'] }),
    })
    .prefault({})
    .describe('What happens to decisions.'),
  observe: observeSchema.prefault({}).describe('How the bot looks for waiting approvals.'),
  http: httpSchema.prefault({}).describe('The listener for requests from outside.'),
  operations: operationsSchema
    .prefault({})
    .describe('The listener for probes and for whoever watches the bot.'),
  store: z
    .string()
    .min(1)
    .refine((text) => !text.includes('://') || isPostgresUrl(text), expectedStore)
    .prefault('countersign.db')
    .describe(
      'Where the bot remembers, which must survive a restart: a file, or the address of a PostgreSQL database without its password.',
    )
    .meta({
      examples: ['/var/lib/countersign/countersign.db', 'postgres://countersign@db.example.com/countersign'],
    }),
  ledger: ledgerSchema
    .prefault({})
    .describe('The record of everything that was decided and done, and where its heads are written down.'),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .prefault('info')
        .describe('The least important lines still written.')
        .meta({ examples: ['info'] }),
    })
    .prefault({})
    .describe('The log on standard output.'),
});

/** The settings file as read, with defaults filled in. */
export type SettingsEntries = z.infer<typeof settingsSchema>;
