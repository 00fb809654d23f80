import { createSlackChat, type SlackChat, type SlackChatOptions } from './slack/index.js';

/** Creates the chat the bot lives in; another chat is one more line here. */
export function createChat(options: SlackChatOptions): SlackChat {
  return createSlackChat(options);
}
