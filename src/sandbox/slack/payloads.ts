import { defined } from '../../shared/language.js';
import { isObject, type JsonObject, textAt } from './api-method.js';
import { emptyStateOf, initialState, optionOf, type PlacedElement, stateFieldOf } from './elements.js';
import type { Conversation, ShownView, StoredMessage, WorkspaceMember } from './state.js';
import type { Grid, World } from './world.js';

/**
 * Describes one use of an element as an entry of `actions`.
 *
 * `value` is the option, person, date or text chosen; for a button it replaces the button's own value. Throws
 * when a menu has no such option.
 */
function elementAction(placed: PlacedElement, value: string | undefined, ts: string): JsonObject {
  const { element, blockId, actionId } = placed;
  return {
    action_id: actionId,
    block_id: blockId,
    type: element.type,
    ...shown(element),
    ...chosen(element, value),
    action_ts: ts,
  };
}

/** What the element holds after this use, as it stands in `state.values`; nothing for a button. */
export function elementStateAfter(element: JsonObject, value: string | undefined): JsonObject | undefined {
  return stateFieldOf(element.type) === undefined
    ? undefined
    : { type: element.type, ...chosen(element, value) };
}

function shown(element: JsonObject): JsonObject {
  const keys = ['text', 'url', 'style', 'icon', 'placeholder', 'confirm'];
  return Object.fromEntries(keys.flatMap((key) => (element[key] === undefined ? [] : [[key, element[key]]])));
}

function chosen(element: JsonObject, value: string | undefined): JsonObject {
  const type = textAt(element, 'type') ?? '';
  if (type === 'feedback_buttons') return feedback(element, value);
  const field = type === 'overflow' ? 'selected_option' : stateFieldOf(type);
  if (field === undefined) {
    const sent = value ?? textAt(element, 'value');
    return sent === undefined ? {} : { value: sent };
  }
  if (value === undefined) return { [field]: emptyStateOf(field) };
  if (field === 'selected_options') return { [field]: value.split(',').map((one) => option(element, one)) };
  if (field === 'selected_option') return { [field]: option(element, value) };
  if (field === 'selected_date_time') return { [field]: Number(value) };
  return { [field]: field.endsWith('s') ? value.split(',') : value };
}

function option(element: JsonObject, value: string): JsonObject {
  const found = optionOf(element, value);
  if (found !== undefined) return found;
  if (textAt(element, 'type')?.includes('external') === true) {
    return { text: { type: 'plain_text', text: value, emoji: true }, value };
  }
  throw new Error(`The element ${String(element.action_id)} has no option ${value}`);
}

function feedback(element: JsonObject, value: string | undefined): JsonObject {
  const buttons = [element.positive_button, element.negative_button].filter(isObject);
  const clicked = buttons.find((button) => button.value === value) ?? buttons[0];
  return { value: clicked?.value, text: clicked?.text };
}

/** The fields every interactive payload shares. */
function envelopeFields(world: World, member: WorkspaceMember): JsonObject {
  const { app, team, grid } = world.settings;
  const { omitted } = world;
  const name = omitted.names ? '' : member.name;
  const isTeamless = omitted.team || (grid !== undefined && grid.teamIdIs !== 'home');
  return {
    user: { id: member.id, username: name, name, ...(omitted.team ? {} : teamIdOf(member, grid)) },
    api_app_id: app.appId,
    token: app.verificationToken,
    team: isTeamless ? null : { id: team.id, domain: team.domain },
    enterprise: grid ? { id: grid.id, name: 'Simulated Grid' } : null,
    is_enterprise_install: grid?.teamIdIs === 'absent' || grid?.isOrgWide === true,
  };
}

function teamIdOf(member: WorkspaceMember, grid: Grid | undefined): JsonObject {
  switch (grid?.teamIdIs) {
    case 'absent':
      return {};
    case 'organization':
      return { team_id: grid.id };
    default:
      return { team_id: member.teamId };
  }
}

/** Writes a message the way Slack's API and its payloads do. */
export function slackMessage(world: World, message: StoredMessage): JsonObject {
  const { app, team } = world.settings;
  return {
    type: 'message',
    user: message.author,
    ts: message.ts,
    ...(message.isFromApp
      ? {
          bot_id: app.botId,
          app_id: app.appId,
          bot_profile: {
            id: app.botId,
            app_id: app.appId,
            name: app.appName,
            deleted: false,
            team_id: team.id,
          },
        }
      : {}),
    text: message.text,
    team: team.id,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
    ...defined({ metadata: message.metadata }),
    ...threadFields(world, message),
    ...(message.editedTs === undefined ? {} : { edited: { user: message.author, ts: message.editedTs } }),
  };
}

/** A message that has replies is the first one of its own thread. */
function threadFields(world: World, message: StoredMessage): JsonObject {
  if (message.threadTs !== undefined) return { thread_ts: message.threadTs };
  const replies = world.messages.inThread(message);
  const latest = replies.at(-1);
  if (!latest) return {};
  const authors = [...new Set(replies.map(({ author }) => author))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users: authors,
    reply_users_count: authors.length,
    latest_reply: latest.ts,
  };
}

/** Writes a view the way Slack's API and its payloads do. */
export function slackView(world: World, shown: ShownView): JsonObject {
  const { app, team } = world.settings;
  const { view } = shown;
  return {
    id: shown.id,
    team_id: team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    state: { values: shown.state },
    hash: shown.hash,
    title: view.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: view.clear_on_close ?? false,
    notify_on_close: view.notify_on_close ?? false,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: shown.previousId,
    root_view_id: shown.rootId,
    app_id: app.appId,
    external_id: view.external_id ?? '',
    app_installed_team_id: team.id,
    bot_id: app.botId,
  };
}

/** One use of an element by one member. */
interface ElementUse {
  readonly member: WorkspaceMember;
  readonly placed: PlacedElement;
  readonly value: string | undefined;
  readonly triggerId: string;
}

/** The `block_actions` payload of a press in a message. */
export function blockActionsInMessage(
  world: World,
  use: ElementUse & {
    readonly message: StoredMessage;
    readonly channel: Conversation;
    readonly responseUrl: string;
  },
): JsonObject {
  const { message, channel } = use;
  const isEphemeral = message.visibleTo !== undefined;
  const isBare = world.omitted.envelope === true;
  const { action_ts, ...action } = elementAction(use.placed, use.value, world.ids.nextTs());
  return {
    type: 'block_actions',
    ...envelopeFields(world, use.member),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...defined({ thread_ts: message.threadTs }),
    },
    ...(isBare
      ? {}
      : { trigger_id: use.triggerId, channel: { id: channel.id, name: channelNameOf(world, channel) } }),
    // Of an ephemeral message Slack tells only where it was.
    ...(isEphemeral ? {} : { message: slackMessage(world, message) }),
    state: { values: stateInMessage(message, use) },
    response_url: use.responseUrl,
    actions: [isBare ? action : { ...action, action_ts }],
  };
}

function channelNameOf({ omitted }: World, { kind, name }: Conversation): string {
  if (omitted.names) return '';
  return kind === 'im' ? 'directmessage' : name;
}

/** The `block_actions` payload of a press in a modal or Home tab. */
export function blockActionsInView(
  world: World,
  use: ElementUse & { readonly shown: ShownView },
): JsonObject {
  return {
    type: 'block_actions',
    ...envelopeFields(world, use.member),
    container: { type: 'view', view_id: use.shown.id },
    trigger_id: use.triggerId,
    view: slackView(world, use.shown),
    actions: [elementAction(use.placed, use.value, world.ids.nextTs())],
  };
}

function stateInMessage(message: StoredMessage, { placed, value }: ElementUse): JsonObject {
  const before = initialState(message.blocks);
  const after = elementStateAfter(placed.element, value);
  if (after === undefined) return before;
  return { ...before, [placed.blockId]: { ...before[placed.blockId], [placed.actionId]: after } };
}

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
  const { app, team, grid } = world.settings;
  return {
    token: app.verificationToken,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: options.channel.id,
    channel_name: channelNameOf(world, options.channel),
    user_id: options.member.id,
    user_name: world.omitted.names ? '' : options.member.name,
    command: options.command,
    text: options.text,
    api_app_id: app.appId,
    ...(grid ? { enterprise_id: grid.id, enterprise_name: 'Simulated Grid' } : {}),
    is_enterprise_install: String(grid?.teamIdIs === 'absent' || grid?.isOrgWide === true),
    response_url: options.responseUrl,
    trigger_id: options.triggerId,
  };
}

/** Turns `@name` and `#name` into the ids Slack sends for commands that ask for escaping. */
export function escapeMentions(world: World, text: string): string {
  return text.replaceAll(/(^|\s)([@#])([\w.-]+)/g, (whole, before: string, sign: string, name: string) => {
    if (sign === '#') {
      const channel = world.conversations.all().find((one) => one.kind === 'channel' && one.name === name);
      return channel === undefined ? whole : `${before}<#${channel.id}|${channel.name}>`;
    }
    const member = world.directory.all().find((one) => one.name === name);
    return member === undefined ? whole : `${before}<@${member.id}|${member.name}>`;
  });
}

/** Wraps an event the way the Events API does. */
export function eventPayload(world: World, event: JsonObject): JsonObject {
  const { app, team, grid, now } = world.settings;
  const ts = textAt(event, 'event_ts') ?? world.ids.nextTs();
  return {
    token: app.verificationToken,
    team_id: team.id,
    api_app_id: app.appId,
    event: { ...event, event_ts: ts },
    type: 'event_callback',
    event_id: world.ids.next('Ev'),
    event_time: Math.floor(now() / 1000),
    authorizations: [
      {
        enterprise_id: grid?.id ?? null,
        team_id: team.id,
        user_id: app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
}

/** Writes a conversation the way `conversations.info` does. */
export function slackConversation(world: World, conversation: Conversation): JsonObject {
  const created = Math.floor(conversation.createdMs / 1000);
  if (conversation.kind === 'im') {
    return { id: conversation.id, created, is_im: true, is_archived: false, user: conversation.withMember };
  }
  return {
    id: conversation.id,
    name: conversation.name,
    name_normalized: conversation.name,
    created,
    is_channel: !conversation.isPrivate,
    is_group: conversation.isPrivate,
    is_im: false,
    is_mpim: false,
    is_private: conversation.isPrivate,
    is_archived: conversation.isArchived,
    is_general: false,
    is_shared: false,
    is_ext_shared: false,
    is_member: conversation.members.has(world.settings.app.botUserId),
    topic: { value: conversation.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: conversation.members.size,
  };
}

/** Writes a member the way `users.info` does; the address only for apps that may read it. */
export function slackUser(world: World, member: WorkspaceMember): JsonObject {
  const { app, grid } = world.settings;
  const mayReadEmail = app.scopes.includes('users:read.email');
  return {
    id: member.id,
    ...teamIdOf(member, grid),
    name: member.name,
    deleted: member.isDeactivated,
    real_name: member.realName,
    profile: {
      title: member.title,
      real_name: member.realName,
      display_name: member.name,
      team: member.teamId,
      ...(mayReadEmail && !member.isBot ? { email: member.email } : {}),
      ...(member.isBot ? { bot_id: app.botId } : {}),
    },
    // Slack leaves everything else out for an account that was switched off.
    ...(member.isDeactivated
      ? {}
      : {
          tz: member.timeZone,
          is_admin: false,
          is_owner: false,
          is_primary_owner: false,
          is_restricted: member.isGuest,
          is_ultra_restricted: member.isSingleChannelGuest,
          is_email_confirmed: member.isEmailConfirmed,
        }),
    is_bot: member.isBot,
    is_app_user: false,
    ...(grid && !member.isBot
      ? { enterprise_user: { id: member.id, enterprise_id: grid.id, teams: member.gridTeams } }
      : {}),
    ...(member.isStranger ? { is_stranger: true } : {}),
    updated: Math.floor(world.now() / 1000),
  };
}

/** The payload of a submitted modal. */
export function viewSubmission(
  world: World,
  options: { readonly member: WorkspaceMember; readonly shown: ShownView; readonly triggerId: string },
): JsonObject {
  return {
    type: 'view_submission',
    ...envelopeFields(world, options.member),
    trigger_id: options.triggerId,
    view: slackView(world, options.shown),
    response_urls: [],
  };
}

/** The payload of a modal its owner closed; `isCleared` when the whole stack went. */
export function viewClosed(
  world: World,
  options: { readonly member: WorkspaceMember; readonly shown: ShownView; readonly isCleared: boolean },
): JsonObject {
  return {
    type: 'view_closed',
    ...envelopeFields(world, options.member),
    view: slackView(world, options.shown),
    is_cleared: options.isCleared,
  };
}
