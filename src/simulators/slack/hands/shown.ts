import type { OpenView, ShownConversation, ShownMessage, WorkspaceState } from '../page/protocol.js';
import type { Conversation } from '../state/conversations.js';
import type { StoredMessage } from '../state/messages.js';
import type { ShownView } from '../state/views.js';
import type { World } from '../world.js';

/** A message as a test sees it: also whose it is, when only one member sees it. */
export type SeenMessage = ShownMessage & { readonly visibleTo?: string };

/** The messages of a conversation, oldest first; ephemeral ones only of the member given. */
export function shownMessages(world: World, channel: string, as: string | undefined): readonly SeenMessage[] {
  return world.messages
    .in(channel)
    .filter(({ visibleTo }) => visibleTo === undefined || visibleTo === as)
    .map((message) => shownMessage(world, message));
}

/** One message the way the page draws it. */
export function shownMessage(world: World, message: StoredMessage): SeenMessage {
  return {
    ts: message.ts,
    channel: message.channel,
    author: message.author,
    isFromApp: message.isFromApp,
    text: message.text,
    blocks: message.blocks,
    isEdited: message.editedTs !== undefined,
    isEphemeral: message.visibleTo !== undefined,
    replyCount: world.messages.inThread(message).length,
    sentMs: message.sentMs,
    busyActions: message.busyActions,
    ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
    ...(message.warning === undefined ? {} : { warning: message.warning }),
    ...(message.visibleTo === undefined ? {} : { visibleTo: message.visibleTo }),
  };
}

/** A modal the way the page draws it. */
export function openView(shown: ShownView): OpenView {
  const { id, view, errors, isSubmitting, warning } = shown;
  return { id, view, errors, isSubmitting, ...(warning === undefined ? {} : { warning }) };
}

/** Everything besides messages, as one member sees it. */
export function workspaceState(world: World, as: string, appIsConnected: boolean): WorkspaceState {
  const { team, app, now } = world.settings;
  return {
    teamId: team.id,
    teamName: team.name,
    actingAs: as,
    appName: app.appName,
    appIsConnected,
    nowMs: now(),
    members: world.directory.all(),
    groups: world.directory.groups().map(({ id, handle }) => ({ id, handle })),
    conversations: world.conversations
      .all()
      .filter((one) => one.members.has(as) || (one.kind === 'channel' && !one.isPrivate))
      .map((one) => shownConversation(world, one, as)),
    views: world.views.stack(as).map(openView),
  };
}

function shownConversation(world: World, conversation: Conversation, as: string): ShownConversation {
  const readTs = world.readMarks.get(as, conversation.id);
  const unread = world.messages
    .in(conversation.id)
    .filter((one) => one.ts > readTs && one.author !== as && (one.visibleTo ?? as) === as);
  const isIm = conversation.kind === 'im';
  return {
    id: conversation.id,
    kind: conversation.kind,
    name: isIm ? world.settings.app.appName : conversation.name,
    topic: conversation.topic,
    isArchived: conversation.isArchived,
    isMember: conversation.members.has(as),
    unread: unread.length,
    ...(isIm ? { withMember: world.settings.app.botUserId } : {}),
  };
}
