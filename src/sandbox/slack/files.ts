import {
  type ApiMethods,
  isObject,
  type JsonObject,
  jsonArgument,
  SlackRefusal,
  textArgument,
  textAt,
} from './api-method.js';
import { postAsApp } from './chat.js';
import { visibleChannel } from './conversations.js';
import type { World } from './world.js';

/** The `files.*` methods with which a file is sent; `addressOf` makes a path of this server an address. */
export function fileMethods(world: World, addressOf: (path: string) => string): ApiMethods {
  const scopes = ['files:write'];
  return {
    'files.getUploadURLExternal': {
      token: 'bot',
      scopes,
      run: (args) => getUploadUrl(world, args, addressOf),
    },
    'files.completeUploadExternal': { token: 'bot', scopes, run: (args) => completeUpload(world, args) },
  };
}

function getUploadUrl(world: World, args: JsonObject, addressOf: (path: string) => string): JsonObject {
  const name = textArgument(args, 'filename');
  const length = Number(textArgument(args, 'length') ?? 0);
  // A length of 0 counts as none.
  if (name === undefined || !Number.isInteger(length) || length <= 0)
    throw new SlackRefusal('missing_argument');
  const path = `/upload/v1/${world.ids.secret()}`;
  const id = `F${world.ids.secret().slice(0, 10).toUpperCase()}`;
  world.files.open(path, { id, name, length });
  return { upload_url: addressOf(path), file_id: id };
}

/** Shares all files that were uploaded, or none; in a direct conversation only by the id of that, not of a person. */
function completeUpload(world: World, args: JsonObject): JsonObject {
  const given = jsonArgument(args, 'files', 'invalid_arguments');
  if (!Array.isArray(given) || given.length === 0) throw new SlackRefusal('invalid_arguments');
  const files = given.map((one) => world.files.find(isObject(one) ? (textAt(one, 'id') ?? '') : ''));
  const ready = files.flatMap((file) =>
    file?.text === undefined || file.channel !== undefined ? [] : [file],
  );
  if (ready.length < files.length) throw new SlackRefusal('file_not_found');
  const channelId = textArgument(args, 'channel_id');
  if (channelId !== undefined) {
    if (!/^[CDG]/.test(channelId)) throw new SlackRefusal('invalid_channel');
    const channel = visibleChannel(world, channelId);
    if (channel.isArchived || !channel.members.has(world.settings.app.botUserId))
      throw new SlackRefusal('not_in_channel');
    for (const { id } of ready) world.files.share(id, channel.id);
    const names = ready.map(({ name }) => name).join(', ');
    const text = [textArgument(args, 'initial_comment') ?? '', `[${names}]`].join(' ').trim();
    postAsApp(world, { channel: channel.id, content: { text, blocks: [], attachments: [] } });
  }
  return { files: ready.map(({ id, name }) => ({ id, title: name })) };
}
