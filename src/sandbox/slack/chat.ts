import { defined } from '../../shared/language.js';
import {
  type ApiMethod,
  type ApiMethods,
  isObject,
  type JsonObject,
  jsonArgument,
  requiredText,
  SlackRefusal,
  textArgument,
} from './api-method.js';
import { visibleChannel, writableChannel } from './conversations.js';
import { fillIds } from './elements.js';
import { slackMessage } from './payloads.js';
import type { StoredMessage } from './state.js';
import { describeProblem, validateBlocks } from './validate.js';
import type { World } from './world.js';

const UPDATE_TEXT_MAX = 4000;

/** The `chat.*` methods. */
export function chatMethods(world: World): ApiMethods {
  const method = (run: ApiMethod['run']): ApiMethod => ({ token: 'bot', scopes: ['chat:write'], run });
  return {
    'chat.postMessage': method((args) => postMessage(world, args)),
    'chat.postEphemeral': method((args) => postEphemeral(world, args)),
    'chat.update': method((args) => update(world, args)),
    'chat.delete': method((args) => remove(world, args)),
  };
}

function postMessage(world: World, args: JsonObject): JsonObject {
  const channel = writableChannel(world, requiredText(args, 'channel'));
  const content = messageContent(world, args);
  const threadTs = existingThread(world, channel.id, textArgument(args, 'thread_ts'));
  const message = postAsApp(world, { channel: channel.id, content, threadTs });
  return { channel: channel.id, ts: message.ts, message: slackMessage(world, message) };
}

function postEphemeral(world: World, args: JsonObject): JsonObject {
  const channel = writableChannel(world, requiredText(args, 'channel'));
  const user = requiredText(args, 'user');
  if (!channel.members.has(user)) throw new SlackRefusal('user_not_in_channel');
  const message = postAsApp(world, {
    channel: channel.id,
    content: messageContent(world, args),
    threadTs: textArgument(args, 'thread_ts'),
    visibleTo: user,
  });
  return { message_ts: message.ts };
}

function update(world: World, args: JsonObject): JsonObject {
  const message = ownMessage(world, args, 'cant_update_message');
  if ((textArgument(args, 'text') ?? '').length > UPDATE_TEXT_MAX) throw new SlackRefusal('msg_too_long');
  const content = messageContent(world, args);
  editAsApp(world, message, content);
  const after = world.messages.find(message.channel, message.ts) ?? message;
  return {
    channel: message.channel,
    ts: message.ts,
    text: content.text,
    message: slackMessage(world, after),
  };
}

function remove(world: World, args: JsonObject): JsonObject {
  const message = ownMessage(world, args, 'cant_delete_message');
  world.messages.remove(message.channel, message.ts);
  return { channel: message.channel, ts: message.ts };
}

/** Only messages everybody sees can be changed afterwards, and only by who wrote them. */
function ownMessage(world: World, args: JsonObject, codeWhenForeign: string): StoredMessage {
  const channel = visibleChannel(world, requiredText(args, 'channel'));
  const ts = requiredText(args, 'ts');
  if (channel.isArchived) throw new SlackRefusal('is_inactive');
  const message = world.messages.find(channel.id, ts);
  if (message === undefined || message.visibleTo !== undefined) throw new SlackRefusal('message_not_found');
  if (!message.isFromApp) throw new SlackRefusal(codeWhenForeign);
  if (!channel.members.has(world.settings.app.botUserId)) throw new SlackRefusal('not_in_channel');
  return message;
}

function existingThread(world: World, channel: string, threadTs: string | undefined): string | undefined {
  if (threadTs === undefined) return undefined;
  const parent = world.messages.find(channel, threadTs);
  if (parent === undefined || parent.visibleTo !== undefined) throw new SlackRefusal('thread_not_found');
  return parent.threadTs ?? parent.ts;
}

/** Puts a message of the app into a conversation. */
export function postAsApp(
  world: World,
  post: {
    readonly channel: string;
    readonly content: MessageContent;
    readonly threadTs?: string | undefined;
    readonly visibleTo?: string | undefined;
  },
): StoredMessage {
  return world.messages.add({
    ts: world.ids.nextTs(),
    channel: post.channel,
    author: world.settings.app.botUserId,
    isFromApp: true,
    sentMs: world.now(),
    busyActions: [],
    ...post.content,
    ...defined({ threadTs: post.threadTs, visibleTo: post.visibleTo }),
  });
}

/** Replaces what a message of the app says; its old blocks do not survive. */
export function editAsApp(world: World, message: StoredMessage, content: MessageContent): void {
  const editedTs = world.ids.nextTs();
  world.messages.change(message.channel, message.ts, ({ warning: _gone, ...kept }) => ({
    ...kept,
    ...content,
    editedTs,
  }));
}

const TEXT_KEPT = 40_000;

const BLOCKS_JSON_MAX = 13_200;

const ATTACHMENTS_MAX = 100;

const MARKDOWN_MAX = 12_000;

/** What a message says. */
interface MessageContent {
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly attachments: readonly JsonObject[];
  readonly metadata?: JsonObject;
}

/**
 * Reads and checks what a message says; longer text than 40 000 characters is cut, as Slack does.
 *
 * Throws `no_text`, `invalid_blocks` with a list of problems, `msg_blocks_too_long` and their kin.
 */
export function messageContent(world: World, args: JsonObject): MessageContent {
  const markdown = textArgument(args, 'markdown_text');
  const text = textArgument(args, 'text');
  const blocks = checkedBlocks(world, jsonArgument(args, 'blocks', 'invalid_blocks_format'));
  const attachments = checkedAttachments(world, jsonArgument(args, 'attachments', 'invalid_attachments'));
  if (markdown !== undefined) {
    if (text !== undefined || blocks.length > 0) throw new SlackRefusal('markdown_text_conflict');
    if (markdown.length > MARKDOWN_MAX) throw new SlackRefusal('msg_too_long');
  }
  const said = text ?? markdown;
  if (said === undefined && blocks.length === 0 && attachments.length === 0) {
    throw new SlackRefusal('no_text');
  }
  const metadata = checkedMetadata(jsonArgument(args, 'metadata', 'invalid_metadata_format'));
  return {
    text: (said ?? '').slice(0, TEXT_KEPT),
    blocks: fillIds(blocks, () => world.ids.short()),
    attachments,
    ...defined({ metadata }),
  };
}

function checkedBlocks(world: World, blocks: unknown): readonly JsonObject[] {
  if (blocks === undefined || blocks === null) return [];
  if (!Array.isArray(blocks)) throw new SlackRefusal('invalid_blocks_format');
  const problems = validateBlocks(blocks, 'message', { missing: world.settings.missingBlocks });
  if (problems.length > 0) {
    const messages = problems.map(describeProblem);
    throw new SlackRefusal('invalid_blocks', { errors: messages, response_metadata: { messages } });
  }
  if (JSON.stringify(blocks).length > BLOCKS_JSON_MAX) throw new SlackRefusal('msg_blocks_too_long');
  return blocks.filter(isObject);
}

function checkedAttachments(world: World, attachments: unknown): readonly JsonObject[] {
  if (attachments === undefined || attachments === null) return [];
  if (!Array.isArray(attachments) || !attachments.every(isObject)) {
    throw new SlackRefusal('invalid_attachments');
  }
  if (attachments.length > ATTACHMENTS_MAX) throw new SlackRefusal('too_many_attachments');
  for (const attachment of attachments) checkedBlocks(world, attachment.blocks);
  return attachments;
}

function checkedMetadata(metadata: unknown): JsonObject | undefined {
  if (metadata === undefined || metadata === null) return undefined;
  if (!isObject(metadata)) throw new SlackRefusal('invalid_metadata_format');
  const type = metadata.event_type;
  if (typeof type !== 'string' || type.length > 50 || !isObject(metadata.event_payload)) {
    throw new SlackRefusal('invalid_metadata_schema');
  }
  return metadata;
}
