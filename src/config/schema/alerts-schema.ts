import { z } from 'zod';
import { duration } from '../../shared/duration.js';
import { channelId } from './ids.js';
import { quietHoursSchema } from './quiet-hours-schema.js';
import { patterns, ruleName } from './rule-parts.js';

const when = z
  .strictObject({
    system: patterns('Name of the system.', 'corp-pki'),
    definition: patterns('Name or id of the workflow definition.', 'Web server enrollment'),
    type: patterns('Type of the workflow.', 'Enrollment'),
    step: patterns('Unique or display name of the step at which it failed.', 'Issue'),
    cause: patterns(
      'What the system said, or that with ids, names and numbers taken out.',
      '*RPC server is unavailable*',
    ),
  })
  .describe(
    'What the rule is about: every condition must hold, one fitting pattern is enough for each; * stands for anything, case does not matter. {} means everything.',
  )
  .meta({ examples: [{ type: 'Enrollment' }] });

/** Where alerts go, and whom they call. */
export const alertRuleSchema = z.strictObject({
  name: ruleName('What alerts and messages call the rule.', 'Issuing'),
  when,
  channels: z
    .array(channelId())
    .prefault([])
    .describe('Channels that get the alert; alerts.channel if left out. Invite the bot to each.')
    .meta({ examples: [['C02WEB0001']] }),
  mention: z
    .array(z.string().min(1))
    .prefault([])
    .describe('Who is called: names from people, member ids, or ids of user groups.')
    .meta({ examples: [['Ana Ruiz', 'S02PKI0001']] }),
  severity: z
    .enum(['info', 'warning', 'critical'])
    .prefault('warning')
    .describe('How much it matters; shown on the alert.')
    .meta({ examples: ['critical'] }),
  quietHours: quietHoursSchema
    .optional()
    .describe(
      'When nobody is called; the alert is posted all the same, and the call follows if it still counts.',
    )
    .meta({ examples: [{ from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' }] }),
});

/** What is said about workflows that fail. */
export const alertsSchema = z.strictObject({
  enabled: z
    .enum(['on', 'off'])
    .prefault('on')
    .describe('Whether channels are told about workflows that fail.')
    .meta({ examples: ['on'] }),
  channel: channelId()
    .optional()
    .describe('Channel that gets the alerts no rule claims; slack.operatorsChannel if left out.')
    .meta({ examples: ['C02OPS0001'] }),
  quietAfter: duration()
    .prefault('4h')
    .describe('After this long without another failure of its kind an alert counts as over.')
    .meta({ examples: ['4h'] }),
  rules: z
    .array(alertRuleSchema)
    .prefault([])
    .describe('Where alerts go: the first rule that fits counts, else alerts.channel, calling nobody.'),
});

/** An alert rule as read from the settings file. */
export type AlertRuleEntry = z.infer<typeof alertRuleSchema>;
