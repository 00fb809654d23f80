import type { Conversation } from '../state/conversations.js';
import type { WorkspaceMember } from '../state/directory.js';
import type { JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';

/** The payload of a slash command; unlike the others it is flat, because Slack sends it as a form. */
export function commandPayload(
  world: World,
  options: {
    readonly member: WorkspaceMember;
    readonly channel: Conversation;
    readonly command: string;
    readonly text: string;
    readonly triggerId: string;
    readonly responseUrl: string;
  },
): JsonObject {
  const { app, team } = world.settings;
  return {
    token: app.verificationToken,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: options.channel.id,
    channel_name: options.channel.kind === 'im' ? 'directmessage' : options.channel.name,
    user_id: options.member.id,
    user_name: options.member.name,
    command: options.command,
    text: options.text,
    api_app_id: app.appId,
    is_enterprise_install: 'false',
    response_url: options.responseUrl,
    trigger_id: options.triggerId,
  };
}

/** Turns `@name` and `#name` into the ids Slack sends for commands that ask for escaping. */
export function escapeMentions(world: World, text: string): string {
  return text.replaceAll(/(^|\s)([@#])([\w.-]+)/g, (whole, before: string, sign: string, name: string) => {
    if (sign === '#') {
      const channel = world.conversations.findByName(name);
      return channel === undefined ? whole : `${before}<#${channel.id}|${channel.name}>`;
    }
    const member = world.directory.all().find((one) => one.name === name);
    return member === undefined ? whole : `${before}<@${member.id}|${member.name}>`;
  });
}
