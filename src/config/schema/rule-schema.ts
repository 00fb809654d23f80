import { z } from 'zod';
import { findingNames } from '../../domain/findings.js';
import { waysToApprove } from '../../domain/rules.js';
import { duration } from '../../shared/duration.js';
import { channelId } from './ids.js';
import { patterns, people, ruleName } from './rule-parts.js';

const expectedFindings = `a list of findings, each one of ${findingNames.join(', ')}`;

const mostHoldMs = 60_000;

const when = z
  .strictObject({
    system: patterns('Name of the system.', 'corp-pki'),
    definition: patterns('Name or id of the workflow definition.', 'Web server enrollment'),
    type: patterns('Type of the workflow.', 'Enrollment'),
    step: patterns('Unique or display name of the waiting step.', 'RequireApproval1'),
    template: patterns('Certificate template.', 'WebServer*'),
    authority: patterns('Certificate authority that would issue or revoke.', 'CorpIssuingCA1'),
    finding: z
      .array(z.enum(findingNames), expectedFindings)
      .min(1, expectedFindings)
      .optional()
      .describe(
        'What stands out in the request: one of these is enough. The page about settings explains each.',
      )
      .meta({ examples: [['wildcard', 'weak-key']] }),
    requester: patterns('User name of whoever asked, as the system writes it.', 'KEYEXAMPLE\\*'),
  })
  .describe(
    'What the rule is about: every condition must hold, one fitting pattern is enough for each; * stands for anything, case does not matter. {} means everything.',
  )
  .meta({ examples: [{ template: 'WebServer*' }] });

/** Who may decide what, and how. */
export const approverSchema = z.strictObject({
  name: ruleName('What cards and messages call the rule.', 'PKI Approvers'),
  when,
  people: people(
    'Who may decide, and nobody else: names from people, member ids, or ids of user groups such as S02AB3CD4 (these need the scope usergroups:read). An empty list means nobody.',
  ),
  quorum: z
    .int()
    .min(1)
    .prefault(1)
    .describe('How many different people must approve before the system is told; one denial is enough.')
    .meta({ examples: [2] }),
  ownRequest: z
    .enum(['forbidden', 'allowed'])
    .prefault('forbidden')
    .describe('Whether people may decide about what they asked for themselves.')
    .meta({ examples: ['forbidden'] }),
  approveWith: z
    .enum(waysToApprove)
    .prefault('comment')
    .describe(
      'What an approval asks for: one-click nothing; comment opens a window for a comment; reason wants one; typed wants the short code or the subject typed; portal-only takes no decision here at all. A denial always asks for a reason.',
    )
    .meta({ examples: ['comment'] }),
  hold: duration({ minMs: 1_000, maxMs: mostHoldMs })
    .optional()
    .describe(
      'How long a decision waits before it is sent, so that those who made it can take it back; sent at once if left out.',
    )
    .meta({ examples: ['10s'] }),
});

/** Where cards go. */
export const routeSchema = z.strictObject({
  name: ruleName('What warnings about the settings call the route.', 'Web team'),
  when,
  channels: z
    .array(channelId())
    .prefault([])
    .describe('Channels that get the card; invite the bot to each.')
    .meta({ examples: [['C02PKI0001']] }),
  people: people('People who get the card as a direct message: names from people, or member ids.').prefault(
    [],
  ),
});

/** An approver rule as read from the settings file. */
export type ApproverEntry = z.infer<typeof approverSchema>;
/** A route as read from the settings file. */
export type RouteEntry = z.infer<typeof routeSchema>;
/** The condition of a rule as read from the settings file. */
export type WhenEntry = z.infer<typeof when>;
