import { validate } from 'node-cron';
import { z } from 'zod';
import { leastHoldMs } from '../domain/automatic.js';
import { changingVerbs, readingVerbs, type Verb } from '../domain/commands.js';
import { findingWishes } from '../domain/findings.js';
import { notifyWishes, waysToApprove } from '../domain/policy.js';
import { isTimeZone, weekdays } from '../domain/quiet-hours.js';
import { bulkLimits } from '../domain/voting.js';
import { duration, parseDuration } from '../shared/duration.js';
import { isPostgresUrl, isSafeUrl } from '../shared/text.js';
import type { Path } from './problems.js';
import { backendKinds } from './servers.js';

const aUserId = '[UW](?:[A-Z0-9]{8,}|[A-Z0-9]*[0-9][A-Z0-9]*)';

/** Form of a person's id: `U…`, or `T…/U…` where the workspace matters. */
export const personIdPattern = new RegExp(`^(?:T[A-Z0-9]{2,}/)?${aUserId}$`);

/** A person's id as it may stand in the settings. */
function personIdText() {
  const expected =
    'a Slack member id such as U02AB3CD4, or T01AB2CD3/U02AB3CD4 (in Slack: profile, ⋮, "Copy member ID")';
  return z.string(expected).regex(personIdPattern, expected);
}

/** Tells whether a text has the form of a user group's id. */
export function isGroupId(text: string): boolean {
  return /^S(?:[A-Z0-9]{8,}|[A-Z0-9]*[0-9][A-Z0-9]*)$/.test(text);
}

/** Tells whether a text has the form of a channel's id. */
export function isChannelId(text: string): boolean {
  return channelIdPattern.test(text);
}

const channelIdPattern = /^[CG][A-Z0-9]{2,}$/;

/** A channel's id; a channel's name is refused, because it can be given to another channel. */
function channelId() {
  const expected =
    'a channel id such as C02AB3CD4, not its name (in Slack: click the channel name; the id stands at the end of "About")';
  return z.string(expected).regex(channelIdPattern, expected);
}

/** A workspace's id. */
function teamId() {
  const expected =
    'a workspace id such as T01AB2CD3 (it stands in the address of Slack in the browser: /client/T…)';
  return z.string(expected).regex(/^T[A-Z0-9]{2,}$/, expected);
}

const second = 1_000;

const minute = 60_000;

const expectedTime = 'a time of the day such as "22:00", in quotes';

const expectedZone = 'a time zone such as Europe/Berlin or UTC';

/** Hours of the day, every day; `to` may be before `from`, across midnight. */
const quietHoursSchema = z
  .strictObject({
    from: timeOfDay('When they begin.', '22:00'),
    to: timeOfDay('When they end; the next day if that is earlier.', '06:00'),
    timeZone: z
      .string(expectedZone)
      .refine(isTimeZone, expectedZone)
      .describe('Time zone of these times; daylight saving time is observed.')
      .meta({ examples: ['Europe/Berlin'] }),
    days: z
      .array(z.enum(weekdays))
      .optional()
      .describe('Days that are quiet from midnight to midnight.')
      .meta({ examples: [['sat', 'sun']] }),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    message: 'another time than from; equal times are no hours at all',
  });

/** Quiet hours as read from the settings file. */
export type QuietHoursEntry = z.infer<typeof quietHoursSchema>;

/** Gives the minute of the day that a time such as `22:00` names. */
export function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function timeOfDay(meaning: string, example: string) {
  return z
    .string(expectedTime)
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, expectedTime)
    .describe(meaning)
    .meta({ examples: [example] });
}

/** One text, or a list of texts; read as a list. */
function textList(expected: string) {
  const text = z.string(expected).min(1, expected);
  return z.union([text, z.array(text).min(1, expected)], expected).transform(asList);
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

/** Builds one condition of a rule, with its meaning and an example. */
function patterns(meaning: string, example: string) {
  return textList('a pattern such as "Web*", or a list of patterns')
    .optional()
    .describe(meaning)
    .meta({ examples: [example] });
}

/** Builds the optional name of a rule. */
function ruleName(meaning: string, example: string) {
  return z
    .string()
    .min(1)
    .optional()
    .describe(meaning)
    .meta({ examples: [example] });
}

/** Builds the list of people a rule names. */
function people(meaning: string) {
  return z
    .array(z.string().min(1))
    .describe(meaning)
    .meta({ examples: [['Ana Ruiz', 'U02LI5EF6']] });
}

const alertConditions = z
  .strictObject({
    system: patterns('Name of the system.', 'corp-pki'),
    definition: patterns('Name or id of the workflow definition.', 'Web server enrollment'),
    type: patterns('Type of the workflow.', 'Enrollment'),
    step: patterns('Unique or display name of the step at which it failed.', 'Issue'),
    cause: patterns(
      'What the system said, or the same without IDs, names and numbers.',
      '*RPC server is unavailable*',
    ),
  })
  .describe(
    'What the rule is about: every condition must hold, one matching pattern is enough for each; * matches anything, case does not matter. {} means everything.',
  )
  .meta({ examples: [{ type: 'Enrollment' }] });

const expectedRunbook = 'an https address such as https://wiki.example.com/pki/issuing';

/** Where alerts go, and whom they call. */
export const alertRuleSchema = z.strictObject({
  name: ruleName('Name of the rule in alerts and messages.', 'Issuing'),
  when: alertConditions,
  channels: z
    .array(channelId())
    .prefault([])
    .describe('Channels that get the alert; alerts.channel if left out. Invite Countersign to each.')
    .meta({ examples: [['C02WEB0001']] }),
  mention: z
    .array(z.string().min(1))
    .prefault([])
    .describe('Who is mentioned: names from people, member ids, or ids of user groups.')
    .meta({ examples: [['Ana Ruiz', 'S02PKI0001']] }),
  severity: z
    .enum(['info', 'warning', 'critical'])
    .prefault('warning')
    .describe('Severity; shown on the alert.')
    .meta({ examples: ['critical'] }),
  runbook: z
    .string(expectedRunbook)
    .refine((text) => isSafeUrl(text) && text.length <= 1_000, expectedRunbook)
    .optional()
    .describe('Page that says what to do about it; the alert has a button that opens it.')
    .meta({ examples: ['https://wiki.example.com/pki/issuing'] }),
  quietHours: quietHoursSchema
    .optional()
    .describe(
      'When nobody is mentioned; the alert is still posted, and the mention follows at the end if the alert is still open.',
    )
    .meta({ examples: [{ from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' }] }),
});

/** Alerts about workflows that fail. */
const alertsSchema = z.strictObject({
  enabled: z
    .enum(['on', 'off'])
    .prefault('on')
    .describe('Whether workflows that fail are posted in channels.')
    .meta({ examples: ['on'] }),
  channel: channelId()
    .optional()
    .describe('Channel that gets the alerts no rule claims; slack.operatorsChannel if left out.')
    .meta({ examples: ['C02OPS0001'] }),
  quietAfter: duration()
    .prefault('4h')
    .describe('After this long without another failure of its kind an alert counts as over.')
    .meta({ examples: ['4h'] }),
  digest: z
    .strictObject({
      at: timeOfDay('When it is posted.', '08:00').prefault('08:00'),
      timeZone: z
        .string(expectedZone)
        .refine(isTimeZone, expectedZone)
        .prefault('UTC')
        .describe('Time zone of that time.')
        .meta({ examples: ['Europe/Berlin'] }),
      days: z
        .array(z.enum(weekdays))
        .min(1)
        .optional()
        .describe('On which days; on all of them if left out.')
        .meta({ examples: [['mon', 'tue', 'wed', 'thu', 'fri']] }),
      channel: channelId()
        .optional()
        .describe('Channel that gets it; alerts.channel if left out. Invite Countersign to it.')
        .meta({ examples: ['C02PKI0001'] }),
    })
    .optional()
    .describe(
      'A daily digest of the expiration workflows that wait for approval, the most urgent first; nothing is posted on a day on which none waits. Left out, there is none.',
    )
    .meta({ examples: [{ at: '08:00' }] }),
  rules: z
    .array(alertRuleSchema)
    .prefault([])
    .describe('Where alerts go: the first rule that matches counts, else alerts.channel, mentioning nobody.'),
});

/** An alert rule as read from the settings file. */
export type AlertRuleEntry = z.infer<typeof alertRuleSchema>;

/** Where the heads of the ledger are written down outside the store, and how often. */
const ledgerSchema = z
  .strictObject({
    anchorEvery: duration({ minMs: 1_000 })
      .prefault('1h')
      .describe(
        'How often the heads of the ledger are written outside the store, if anything was added: removed records are detected up to the latest of these heads.',
      )
      .meta({ examples: ['1h'] }),
    anchorIn: z
      .array(z.enum(['log', 'operators', 'file']))
      .prefault(['log'])
      .describe('Where they are written: in the log, in slack.operatorsChannel, in ledger.anchorFile.')
      .meta({ examples: [['log', 'operators']] }),
    anchorFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File they are appended to, for anchorIn file; best on a disk Countersign may append to but not rewrite.',
      )
      .meta({ examples: ['/var/log/countersign/anchors'] }),
  })
  .refine(({ anchorIn, anchorFile }) => anchorIn.includes('file') === (anchorFile !== undefined), {
    path: ['anchorFile'],
    message: 'a path where anchorIn has file, and nothing where it has not',
  });

/** Shorter would take away what people still look at, and what Slack may still repeat. */
const leastKeptMs = 7 * 24 * 60 * minute;

function keptFor(what: string, example: string) {
  return duration({ minMs: leastKeptMs })
    .optional()
    .describe(`How long ${what}; kept for good if left out.`)
    .meta({ examples: [example] });
}

/** How long what is over is kept. */
const retentionSchema = z
  .strictObject({
    approvals: keptFor(
      'finished approvals are kept after they ended, with their cards, votes, clicks, receipts and the text that was shown at each decision',
      '400d',
    ),
    alerts: keptFor('alerts that are over are kept, with the failed runs behind them', '400d'),
    changes: keptFor('changes that people made with a command are kept after they ended', '400d'),
    ledger: keptFor(
      'records of the ledger are kept; at least as long as everything else. What is older is cut off behind a checkpoint',
      '3650d',
    ),
    zone: z
      .string(expectedZone)
      .refine(isTimeZone, expectedZone)
      .prefault('UTC')
      .describe('Time zone of 02:00, when what is older is removed.')
      .meta({ examples: ['Europe/Berlin'] }),
  })
  .refine(
    ({ ledger, approvals, alerts, changes }) =>
      ledger === undefined || [approvals, alerts, changes].every((ms) => ms !== undefined && ms <= ledger),
    {
      path: ['ledger'],
      message:
        'at least as long as approvals, alerts and changes, which all have to be given: what is kept needs its records',
    },
  );

const expectedUrl =
  'an https address without a slash, a ? or a # at its end, such as https://countersign.example.com';

/** Where requests from outside are received. */
const httpSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .prefault('0.0.0.0')
    .describe(
      'Address the public listener binds to; it serves Slack in mode http, webhooks, and the pages on which people link accounts.',
    )
    .meta({ examples: ['127.0.0.1'] }),
  port: z
    .int()
    .min(1)
    .max(65535)
    .prefault(3000)
    .describe('Port of the public listener; TLS ends in front of it. Opened only when something needs it.')
    .meta({ examples: [3000] }),
  publicUrl: z
    .string(expectedUrl)
    .refine((text) => isSafeUrl(text) && !/[/?#]$|[?#]|@/.test(text), expectedUrl)
    .optional()
    .describe('Public address of that port, for links that Countersign sends to people.')
    .meta({ examples: ['https://countersign.example.com'] }),
});

/** Where probes, and whoever watches the bot, ask how it is. */
const operationsSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .prefault('127.0.0.1')
    .describe(
      'Address on which /healthz, /readyz and /metrics are served; anyone who reaches it may read them.',
    )
    .meta({ examples: ['127.0.0.1'] }),
  port: z
    .int()
    .min(0)
    .max(65535)
    .prefault(9464)
    .describe('Port on which they are served; 0 takes a free one, named in the log.')
    .meta({ examples: [9464] }),
});

const expectedCron = 'a cron expression with or without seconds, such as "*/15 * * * * *"';

/** How often the bot looks, and when it says that a system cannot be reached. */
const observeSchema = z
  .strictObject({
    every: z
      .string('an interval such as 15s or 5m')
      .superRefine((text, context) => {
        const expected = intervalProblem(text);
        if (expected !== undefined) context.addIssue({ code: 'custom', message: expected });
      })
      .optional()
      .describe(
        'How often every system is polled; must divide a minute or an hour. 15s unless cron is given.',
      )
      .meta({ examples: ['15s'] }),
    cron: z
      .string(expectedCron)
      .refine((text) => validate(text), expectedCron)
      .optional()
      .describe('When every system is polled, as a cron expression; instead of every.')
      .meta({ examples: ['*/15 * * * * *'] }),
    peekEvery: z
      .string('an interval such as 2s, or off')
      .superRefine((text, context) => {
        const expected = text === 'off' ? undefined : intervalProblem(text);
        if (expected !== undefined) context.addIssue({ code: 'custom', message: expected });
      })
      .prefault('2s')
      .describe(
        'How often Command is checked for the one workflow that changed last; a new one brings the next poll forward; or off. Must divide a minute or an hour.',
      )
      .meta({ examples: ['2s', 'off'] }),
    unreachableAfter: z
      .int()
      .min(1)
      .prefault(3)
      .describe(
        'After how many polls in a row without an answer from a system slack.operatorsChannel is notified, once; it is notified again when the system answers.',
      )
      .meta({ examples: [3] }),
  })
  .refine(({ every, cron }) => every === undefined || cron === undefined, {
    path: ['cron'],
    message: 'either every or cron, not both',
  });

/** Writes an interval that the schema let pass as a cron expression with seconds. */
export function cronOf(every: string): string {
  const everyMs = parseDuration(every) ?? Number.NaN;
  if (everyMs < minute) return everyMs === second ? '* * * * * *' : `*/${everyMs / second} * * * * *`;
  if (everyMs === minute) return '0 * * * * *';
  return everyMs === 60 * minute ? '0 0 * * * *' : `0 */${everyMs / minute} * * * *`;
}

/** Says what an interval should have been; undefined if clocks can keep it. */
function intervalProblem(text: string): string | undefined {
  const everyMs = parseDuration(text);
  if (everyMs === undefined) return 'an interval such as 15s or 5m';
  if (possibleIntervalsMs.includes(everyMs)) return undefined;
  const shorter = possibleIntervalsMs.filter((possible) => possible < everyMs).at(-1);
  const longer = possibleIntervalsMs.find((possible) => possible > everyMs);
  const near = [shorter, longer].filter((value) => value !== undefined).map(asText);
  return `an interval that divides a minute or an hour evenly, such as ${near.join(' or ')}`;
}

const possibleIntervalsMs: readonly number[] = [
  ...divisorsOf60().map((seconds) => seconds * second),
  ...divisorsOf60().map((minutes) => minutes * minute),
].filter((value, index, all) => all.indexOf(value) === index);

function divisorsOf60(): readonly number[] {
  return Array.from({ length: 60 }, (_, index) => index + 1).filter((number) => 60 % number === 0);
}

function asText(intervalMs: number): string {
  if (intervalMs === 60 * minute) return '1h';
  return intervalMs >= minute ? `${intervalMs / minute}m` : `${intervalMs / second}s`;
}

const expectedVerbs = 'read, all, or a list of verbs such as [read, restart]';

const verbList = z.enum(['read', ...readingVerbs, ...changingVerbs]);

/** Who may use which verbs of the slash command, and on what. */
export const operatorSchema = z.strictObject({
  name: ruleName('Name of the rule in messages.', 'PKI operators'),
  verbs: z
    .union([z.enum(['read', 'all']), z.array(verbList).min(1, expectedVerbs)], expectedVerbs)
    .transform(verbsOf)
    .describe(
      'What they may do: read (read only), all, or a list of verbs, in which read stands for all that only read. help, approvals and whoami need no rule.',
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

/** One person, and the names the systems know that person by. */
export const personSchema = z.strictObject({
  id: personIdText()
    .describe('The person in Slack.')
    .meta({ examples: ['U02AB3CD4'] }),
  name: z
    .string()
    .min(1)
    .describe('Name of the person in the rules of this file.')
    .meta({ examples: ['Ana Ruiz'] }),
  identities: z
    .record(z.string(), textList('a username of that system, or a list of them'))
    .prefault({})
    .describe(
      'The person’s usernames in each system, as that system writes them; needed to check that nobody decides about their own request.',
    )
    .meta({ examples: [{ 'corp-pki': 'KEYEXAMPLE\\aruiz' }] }),
});

/** A person as read from the settings file. */
export type PersonEntry = z.infer<typeof personSchema>;

/** Takes one word for a list of one, and leaves it to the list to say what is wrong with a word. */
function inList(value: unknown): unknown {
  return typeof value === 'string' ? [value] : value;
}

const expectedFindings = `a list of findings, each one of ${findingWishes.join(', ')}`;

const mostHoldMs = 60_000;

const requestConditions = {
  system: patterns('Name of the system.', 'corp-pki'),
  definition: patterns('Name or id of the workflow definition.', 'Web server enrollment'),
  type: patterns('Type of the workflow.', 'Enrollment'),
  step: patterns('Unique or display name of the waiting step.', 'RequireApproval1'),
  template: patterns('Certificate template.', 'WebServer*'),
  authority: patterns('Certificate authority that would issue or revoke.', 'CorpIssuingCA1'),
  requester: patterns('Username of the requester, as the system writes it.', 'KEYEXAMPLE\\*'),
};

const findingList = z.preprocess(
  inList,
  z.array(z.enum(findingWishes), expectedFindings).min(1, expectedFindings),
);

const ruleConditions = z
  .strictObject({
    ...requestConditions,
    finding: findingList
      .optional()
      .describe(
        'What stands out in the request: one of these is enough, by name or by severity; `medium` means `high` as well, `any` everything. The page for approvers explains each.',
      )
      .meta({ examples: [['high', 'wildcard']] }),
  })
  .describe(
    'What the rule is about: every condition must hold, one matching pattern is enough for each; * matches anything, case does not matter. {} means everything.',
  )
  .meta({ examples: [{ template: 'WebServer*' }] });

const expectedDays = 'a number of days such as 398, or public-tls';

/** For how long certificates may be asked for. */
export const validityLimitSchema = z.strictObject({
  name: ruleName('Name of the limit in warnings about the settings.', 'Public web servers'),
  when: z
    .strictObject(requestConditions)
    .describe('What the limit is about: as the conditions of a rule, without finding. {} means everything.')
    .meta({ examples: [{ template: 'WebServer*' }] }),
  days: z
    .union([z.literal('public-tls'), z.int().min(1)], expectedDays)
    .describe(
      'Most days a certificate may be valid; public-tls follows what browsers accept at the time: 398, from 2026-03-15 on 200, from 2027-03-15 on 100, from 2029-03-15 on 47.',
    )
    .meta({ examples: ['public-tls'] }),
});

/** A limit as read from the settings file. */
export type ValidityLimitEntry = z.infer<typeof validityLimitSchema>;

const reminderTimes = z.array(
  z.union(
    [
      duration({ minMs: minute }),
      z.strictObject({
        beforeExpiry: duration({ minMs: minute })
          .describe(
            'How long before the certificate that is replaced expires, or before the date a workflow has set.',
          )
          .meta({ examples: ['3d'] }),
      }),
    ],
    'a duration such as 8h, or { beforeExpiry: 3d }',
  ),
);

const escalationSchema = z
  .strictObject({
    after: duration({ minMs: minute })
      .optional()
      .describe('After this long without a decision.')
      .meta({ examples: ['1d'] }),
    beforeExpiry: duration({ minMs: minute })
      .optional()
      .describe(
        'This long before the certificate that is replaced expires, or before the date a workflow has set.',
      )
      .meta({ examples: ['3d'] }),
    to: people(
      'Who is notified: channels by id, names from people, or member ids. It gives nobody a right to decide.',
    ).min(1),
  })
  .refine(({ after, beforeExpiry }) => after !== undefined || beforeExpiry !== undefined, {
    path: ['after'],
    message: 'after or beforeExpiry, or both',
  });

/** Who may decide what, and how. */
export const approverSchema = z.strictObject({
  name: ruleName('Name of the rule on cards and in messages.', 'PKI Approvers'),
  when: ruleConditions,
  people: people(
    'Who may decide, and nobody else: names from people, member ids, or ids of user groups such as S02AB3CD4 (these need the scope usergroups:read). An empty list means nobody.',
  ),
  delegates: people(
    'Whom approvers of this rule may name as delegate while they are away: names from people, or member IDs. Nobody if left out. A delegate decides only what neither of the two requested, and the two count once.',
  ).prefault([]),
  quorum: z
    .int()
    .min(1)
    .prefault(1)
    .describe('How many different people must approve before the approval is sent; one denial is enough.')
    .meta({ examples: [2] }),
  ownRequest: z
    .enum(['forbidden', 'allowed'])
    .prefault('forbidden')
    .describe('Whether people may decide about their own requests.')
    .meta({ examples: ['forbidden'] }),
  approveWith: z
    .enum([...waysToApprove, 'automatic'])
    .prefault('comment')
    .describe(
      'What an approval needs: one-click nothing; comment opens a window for a comment; reason needs one; typed needs the short code or the subject typed; portal-only allows no decision here at all. A denial always needs a reason. automatic: the rule approves renewals that ask for nothing new by itself, unless somebody stops it in time; anything else waits for people, as with comment. Read the page about security before you use it.',
    )
    .meta({ examples: ['comment'] }),
  notify: z
    .enum(notifyWishes)
    .prefault('approvers')
    .describe(
      'Whom a card mentions, so that Slack notifies them: approvers mentions those who can decide, each once; channel mentions everyone in its channel; nobody mentions nobody.',
    )
    .meta({ examples: ['approvers'] }),
  remind: reminderTimes
    .prefault([])
    .describe(
      'When those who can decide and have not are reminded by direct message, one message for everything that waits for them: after how long a wait, or how long before the certificate that is replaced expires.',
    )
    .meta({ examples: [['2h', '8h', { beforeExpiry: '3d' }]] }),
  escalate: escalationSchema
    .optional()
    .describe('Who else is notified, once, that nobody has decided.')
    .meta({ examples: [{ after: '1d', to: ['C02PKI0001', 'Ana Ruiz'] }] }),
  expire: duration({ minMs: minute })
    .optional()
    .describe(
      'After how long without a decision the requester and slack.operatorsChannel are notified that nobody decides; the request keeps waiting.',
    )
    .meta({ examples: ['14d'] }),
  nudgeEvery: duration({ minMs: minute })
    .prefault('4h')
    .describe('How often the requester may remind those who can decide.')
    .meta({ examples: ['4h'] }),
  notifyRequester: z
    .enum(['outcome', 'start', 'nobody'])
    .prefault('outcome')
    .describe(
      'When the requester is notified by direct message: outcome at the end; start at the start as well; nobody not at all.',
    )
    .meta({ examples: ['start'] }),
  quietHours: quietHoursSchema
    .optional()
    .describe('When nobody is reminded and nothing escalated; what is due then is sent when they end.')
    .meta({ examples: [{ from: '20:00', to: '07:00', timeZone: 'Europe/Berlin', days: ['sat', 'sun'] }] }),
  hold: duration({ minMs: 1_000, maxMs: mostHoldMs })
    .optional()
    .describe(
      'How long a decision waits before it is sent, so that those who made it can undo it; sent at once if left out.',
    )
    .meta({ examples: ['10s'] }),
  automaticAfter: duration({ minMs: leastHoldMs, maxMs: 24 * 60 * minute })
    .optional()
    .describe(
      'How long the card of a request must have been shown before a rule with approveWith: automatic approves it; 10m if left out, and never less.',
    )
    .meta({ examples: ['30m'] }),
  limit: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'How many requests a rule with approveWith: automatic approves by itself in a day, in UTC; 20 if left out. Then people decide.',
    )
    .meta({ examples: [20] }),
  bulkUpTo: z
    .enum(bulkLimits)
    .prefault('none')
    .describe(
      'Which requests may be approved together with others in one window: those without any finding (none), those whose findings are of that severity at most (low, medium, high), or no request at all (off). Never those with a typed confirmation, a hold, the portal only, or more than a card shows.',
    )
    .meta({ examples: ['low'] }),
});

/** Where cards go. */
export const routeSchema = z.strictObject({
  name: ruleName('Name of the route in warnings about the settings.', 'Web team'),
  when: ruleConditions,
  channels: z
    .array(channelId())
    .prefault([])
    .describe('Channels that get the card; invite Countersign to each.')
    .meta({ examples: [['C02PKI0001']] }),
  people: people('People who get the card as a direct message: names from people, or member ids.').prefault(
    [],
  ),
});

/** An approver rule as read from the settings file. */
export type ApproverEntry = z.infer<typeof approverSchema>;

/** A route as read from the settings file. */
export type RouteEntry = z.infer<typeof routeSchema>;

/** What the settings file says about Slack; the secrets come from the environment. */
const slackSchema = z.strictObject({
  mode: z
    .enum(['socket', 'http'])
    .prefault('socket')
    .describe('How Slack reaches the bot: socket needs no public address; http needs one behind TLS.')
    .meta({ examples: ['socket'] }),
  team: teamId()
    .optional()
    .describe('Workspace that member IDs in this file belong to, where they are written without one.')
    .meta({ examples: ['T01AB2CD3'] }),
  operatorsChannel: channelId()
    .describe(
      'Channel notified about problems of Countersign itself: a system that cannot be reached, missing access.',
    )
    .meta({ examples: ['C02OPS0001'] }),
  fallbackChannel: channelId()
    .describe('Channel that gets the cards no route claims.')
    .meta({ examples: ['C02PKI0001'] }),
  command: z
    .string()
    .regex(/^\/[a-z0-9_-]{1,31}$/, 'a slash and up to 31 small letters, digits, dashes, such as /workflow')
    .prefault('/workflow')
    .describe('Name of the bot’s slash command, as the app’s manifest declares it.')
    .meta({ examples: ['/workflow'] }),
  proxy: z
    .string()
    .regex(
      /^https?:\/\/[^\s/@?#]+\/?$/,
      'an address such as http://proxy.example.com:3128, without a password',
    )
    .optional()
    .describe(
      'Proxy through which Slack is reached, in mode socket its socket too; by default what HTTPS_PROXY names. Hosts in NO_PROXY are reached without it.',
    )
    .meta({ examples: ['http://proxy.example.com:3128'] }),
});

const expectedStore =
  'a path of a file, such as /var/lib/countersign/countersign.db, or the address of a PostgreSQL database, such as postgres://countersign@db.example.com/countersign';

const expectedIdentifier = 'an object identifier such as 1.3.6.1.4.1.311.21.8.1.2.3';

const expectedCollector = 'an address such as https://otel.example.com:4318/v1/traces, without a password';

/** Tells whether a text is an address that holds no secret by itself. */
function isPlainHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\/[^\s@?#]+$/.test(text);
}

const expectedDomain = 'a domain such as example.com';

/** The settings file: every key, its default, its meaning and an example. */
export const settingsSchema = z.strictObject({
  mode: z
    .enum(['live', 'shadow'])
    .prefault('live')
    .describe(
      'Whether people decide from Slack (live), or Countersign only shows in one channel what it would have done (shadow): nothing is ever sent to a system, and nobody is mentioned or sent a direct message.',
    )
    .meta({ examples: ['shadow'] }),
  shadow: z
    .strictObject({
      channel: channelId()
        .optional()
        .describe('Channel that gets everything in shadow mode; needed for mode: shadow.')
        .meta({ examples: ['C02SHDW001'] }),
      dailyAt: timeOfDay('When the daily summary is posted.', '08:00').prefault('08:00'),
      timeZone: z
        .string(expectedZone)
        .refine(isTimeZone, expectedZone)
        .prefault('UTC')
        .describe('Time zone of that time.')
        .meta({ examples: ['Europe/Berlin'] }),
    })
    .prefault({})
    .describe('Shadow mode: watching real systems before people decide from Slack.'),
  simulate: z
    .strictObject({
      candidate: z
        .string()
        .min(1)
        .optional()
        .describe('Settings file that /workflow simulate compares with the one in use.')
        .meta({ examples: ['/etc/countersign/candidate.yml'] }),
    })
    .prefault({})
    .describe('Policy simulation: what other settings would have changed.'),
  report: z
    .strictObject({
      channel: channelId()
        .optional()
        .describe('Channel that gets the weekly report; none is posted without one.')
        .meta({ examples: ['C02RPRT001'] }),
      every: z
        .enum(['weekly'])
        .prefault('weekly')
        .describe('How often it is posted.')
        .meta({ examples: ['weekly'] }),
      day: z
        .enum(weekdays)
        .prefault('mon')
        .describe('Day on which it is posted; it covers the seven days before.')
        .meta({ examples: ['mon'] }),
      time: timeOfDay('When it is posted on that day.', '08:00').prefault('08:00'),
      zone: z
        .string(expectedZone)
        .refine(isTimeZone, expectedZone)
        .prefault('UTC')
        .describe('Time zone of that time, and of the days and weekdays in every report.')
        .meta({ examples: ['Europe/Berlin'] }),
      people: z
        .boolean()
        .prefault(false)
        .describe('Whether reports name people, with how many votes and decisions each gave.')
        .meta({ examples: [true] }),
    })
    .prefault({})
    .describe('Reports: what was decided, how long it took, and what got in the way.'),
  slack: slackSchema.describe('The Slack workspace.'),
  people: z.array(personSchema).prefault([]).describe('People, and their username in each system.'),
  emailMatching: z
    .enum(['off', 'on'])
    .prefault('off')
    .describe(
      'Whether someone who is not listed under people is known to the systems by their confirmed e-mail address; that address can show that a request is their own, never that it is not; needs the scope users:read.email.',
    )
    .meta({ examples: ['off'] }),
  domains: z
    .array(z.array(z.string().min(1)).min(1))
    .prefault([])
    .describe(
      'Domains of usernames, in groups: the names of one domain form a group. Two people with the same username count as two only if their domains are in different groups; any other domains could be the same.',
    )
    .meta({ examples: [[['CORP', 'corp.example.com'], ['LAB']]] }),
  ...serverLists(),
  approvers: z
    .array(approverSchema)
    .prefault([])
    .describe(
      'Who may decide: the first rule that matches counts. Without a matching rule nobody may decide.',
    ),
  operators: z
    .array(operatorSchema)
    .prefault([])
    .describe(
      'Who may read workflows and change them with the slash command: any rule that matches is enough. Without a matching rule nobody may.',
    ),
  routes: z
    .array(routeSchema)
    .prefault([])
    .describe('Where cards go: the first rule that matches counts, else the fallback channel.'),
  alerts: alertsSchema.prefault({}).describe('Alerts about workflows that fail.'),
  zones: z
    .array(z.string(expectedDomain).regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i, expectedDomain))
    .prefault([])
    .describe('Domains in which you expect names of certificates; other names are pointed out on the card.')
    .meta({ examples: [['example.com', 'corp.example']] }),
  templateIds: z
    .record(z.string(), z.string(expectedIdentifier).regex(/^\d+(\.\d+)+$/, expectedIdentifier))
    .prefault({})
    .describe(
      'OIDs of certificate templates, by the template names in requests: certificates name newer templates by OID. Only approveWith: automatic compares them.',
    )
    .meta({ examples: [{ WebServer2y: '1.3.6.1.4.1.311.21.8.1.2.3' }] }),
  validityLimits: z
    .array(validityLimitSchema)
    .prefault([])
    .describe(
      'How long certificates may be valid: the first limit that matches counts; longer requests are pointed out on the card.',
    ),
  decisions: z
    .strictObject({
      keepTryingFor: duration()
        .prefault('10m')
        .describe('How long a decision is kept and retried while its system cannot be reached.')
        .meta({ examples: ['10m'] }),
      receipts: z
        .enum(['all', 'risky', 'off'])
        .prefault('all')
        .describe(
          'Who gets a receipt by direct message after deciding, with a button to say “That wasn’t me”: everyone (all), those who decide by a rule with a hold, a typed confirmation or more than one approval (risky), or nobody (off).',
        )
        .meta({ examples: ['risky'] }),
    })
    .prefault({})
    .describe('What happens to decisions.'),
  bulk: z
    .strictObject({
      limit: z
        .int()
        .min(2)
        .max(30)
        .prefault(20)
        .describe('How many requests one window shows at most; fewer if they do not fit.')
        .meta({ examples: [20] }),
    })
    .prefault({})
    .describe('Approving several requests together.'),
  observe: observeSchema.prefault({}).describe('How Countersign polls for waiting approvals.'),
  http: httpSchema.prefault({}).describe('The public listener.'),
  operations: operationsSchema.prefault({}).describe('The listener for probes and metrics.'),
  store: z
    .string()
    .min(1)
    .refine((text) => !text.includes('://') || isPostgresUrl(text), expectedStore)
    .prefault('countersign.db')
    .describe(
      'Where data is stored, which must survive a restart: a file, or the address of a PostgreSQL database without its password.',
    )
    .meta({
      examples: ['/var/lib/countersign/countersign.db', 'postgres://countersign@db.example.com/countersign'],
    }),
  ledger: ledgerSchema
    .prefault({})
    .describe('The record of everything that was decided and done, and where its heads are written.'),
  evidence: z
    .strictObject({
      upload: z
        .enum(['off', 'on'])
        .prefault('off')
        .describe(
          'Whether operators with the verb evidence may have the files sent to their own direct messages; needs the scope files:write. What is sent stays in Slack by the rules of the workspace.',
        )
        .meta({ examples: ['on'] }),
    })
    .prefault({})
    .describe('Evidence about one run for an auditor.'),
  otel: z
    .strictObject({
      endpoint: z
        .string(expectedCollector)
        .refine(isPlainHttpUrl, expectedCollector)
        .optional()
        .describe(
          'Address of an OpenTelemetry collector that accepts OTLP over HTTP. Without it no span is made and no package for it is loaded.',
        )
        .meta({ examples: ['https://otel.example.com:4318/v1/traces'] }),
      service: z
        .string()
        .min(1)
        .prefault('countersign')
        .describe('Name of the service there.')
        .meta({ examples: ['countersign-prod'] }),
      ratio: z
        .number()
        .min(0)
        .max(1)
        .prefault(1)
        .describe('Which part of all traces is sent, from 0 to 1.')
        .meta({ examples: [0.1] }),
    })
    .prefault({})
    .describe('Spans for OpenTelemetry, of clicks, commands, polls and deliveries.'),
  retention: retentionSchema
    .prefault({})
    .describe(
      'Retention: how long finished things are kept in the store. Nothing is removed unless it is set.',
    ),
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

/** Makes a list of servers for each kind of workflow system, under the kind's own key. */
function serverLists(): object {
  const [, ...others] = backendKinds.map(({ key }) => key);
  const lists = backendKinds.map(({ key, schema, meaning }, index) => {
    const hint = index === 0 ? `; at least one here or under ${others.join(' or ')}` : '';
    return [key, z.array(schema).prefault([]).describe(`${meaning}${hint}.`)];
  });
  return Object.fromEntries(lists);
}

/** The settings file as read, with defaults filled in. */
export type SettingsEntries = z.infer<typeof settingsSchema>;

/** Lists the servers of every kind, in the order in which the settings file describes them. */
export function serversIn(entries: SettingsEntries) {
  const lists = { ...entries } as Readonly<Record<string, unknown>>;
  return backendKinds.flatMap((kind) =>
    (lists[kind.key] as readonly { readonly name: string }[]).map((server) => ({ kind, server })),
  );
}

/** A JSON schema, or a part of one. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Describes the settings file, as people write it, as a JSON schema. */
export function settingsJsonSchema(): JsonSchema {
  return z.toJSONSchema(settingsSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // Said by hand: zod shows what is left once a word has become a list of one.
      if (zodSchema === findingList) {
        const { type, minItems, items, ...rest } = jsonSchema;
        if (typeof items === 'object' && !Array.isArray(items)) {
          for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
          Object.assign(jsonSchema, rest, { anyOf: [items, { type, minItems, items }] });
        }
      }
      // zod drops examples where a value is transformed; ours show what is written, so they stay true.
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}

/** What the schema can tell about places in the file. */
export interface SchemaGuide {
  /** Gives an example for a place in the file, written as YAML would be. */
  exampleAt(path: Path): string | undefined;
  /** Lists the names that may stand at a place in the file. */
  keysAt(path: Path): readonly string[];
}

/** Makes a guide to the schema; making it takes a moment, asking it does not. */
export function createSchemaGuide(): SchemaGuide {
  const top = choicesOf(settingsJsonSchema());
  // Several where there is a choice.
  const schemasAt = (path: Path) =>
    path.reduce<readonly JsonSchema[]>(
      (schemas, part) => schemas.flatMap((schema) => insideOf(schema, part)).flatMap(choicesOf),
      top,
    );
  return {
    exampleAt: (path) => {
      const named = path.findLastIndex((part) => typeof part === 'string');
      const found = schemasAt(path.slice(0, named + 1)).find(({ examples }) => examples);
      const example: unknown = found?.examples?.[0];
      return example === undefined ? undefined : `${String(path[named])}: ${asYaml(example)}`;
    },
    keysAt: (path) => [
      ...new Set(schemasAt(path).flatMap(({ properties }) => Object.keys(properties ?? {}))),
    ],
  };
}

/** Splits a schema into its alternatives. */
export function choicesOf(schema: JsonSchema): readonly JsonSchema[] {
  const choices = schema.oneOf ?? schema.anyOf;
  return choices ? choices.filter((choice) => typeof choice === 'object').flatMap(choicesOf) : [schema];
}

function insideOf(schema: JsonSchema, part: string | number): readonly JsonSchema[] {
  const inside = typeof part === 'number' ? schema.items : schema.properties?.[part];
  return typeof inside === 'object' && !Array.isArray(inside) ? [inside] : [];
}

function asYaml(value: unknown): string {
  return typeof value === 'string' && /^[\w/][\w ./@-]*$/.test(value) ? value : JSON.stringify(value);
}
