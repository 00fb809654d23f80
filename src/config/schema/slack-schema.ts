import { z } from 'zod';
import { channelId, teamId } from './ids.js';

/** What the settings file says about Slack; the secrets come from the environment. */
export const slackSchema = z.strictObject({
  mode: z
    .enum(['socket', 'http'])
    .prefault('socket')
    .describe('How Slack reaches the bot: socket needs no public address; http needs one behind TLS.')
    .meta({ examples: ['socket'] }),
  team: teamId()
    .optional()
    .describe('Workspace to which member ids in this file belong, where they are written without one.')
    .meta({ examples: ['T01AB2CD3'] }),
  operatorsChannel: channelId()
    .describe('Channel told about the bot’s own troubles: a system that cannot be reached, missing access.')
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
});
