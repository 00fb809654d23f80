import type { CheckUp } from '../ports/check-up.js';
import { checkUpSlack, type SlackCheckUpOptions } from './slack/check-up.js';
import { createSlackChat, type SlackChat, type SlackChatOptions } from './slack/index.js';

/** Checks, without posting anything, that the chat lets the bot do what the settings ask of it. */
export function checkUpChat(options: SlackCheckUpOptions): Promise<readonly CheckUp[]> {
  return checkUpSlack(options);
}

/** Creates the chat the bot lives in; another chat is one more line here. */
export function createChat(options: SlackChatOptions): SlackChat {
  return createSlackChat(options);
}
