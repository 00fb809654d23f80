import { blockNodes } from '../blocks/block.js';
import type { BlockScope } from '../blocks/scope.js';
import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import type { Member, ShownMessage } from '../protocol.js';
import { clockTime } from '../text/slack-date.js';
import { mrkdwnNodes } from '../text/text-nodes.js';
import { avatarNode } from './avatar.js';

/** What a message is drawn from. */
export interface MessageView {
  readonly message: ShownMessage;
  readonly author: Member | undefined;
  readonly isReply: boolean;
  readonly isContinued: boolean;
  readonly scope: BlockScope;
  /** Shown at its corner while the pointer or the focus is on it. */
  readonly tools: HTMLElement | undefined;
}

/** Draws one message as one person sees it. */
export function messageNode(view: MessageView): HTMLElement {
  const { message, isReply, isContinued, tools } = view;
  const classes = [
    'message',
    isReply && 'is-reply',
    isContinued && 'is-continued',
    message.isEphemeral && 'is-ephemeral',
    message.isFromApp && 'is-app',
  ];
  const time = clockTime(message.sentMs, view.scope.reader);
  return el(
    'article',
    { class: classes.filter(Boolean).join(' '), 'data-ts': message.ts, 'aria-label': labelOf(view, time) },
    message.isEphemeral && el('p', { class: 'only-you' }, icon('eye'), 'Only visible to you'),
    el('div', { class: 'message-side' }, isContinued ? timeNode(message, time) : avatarNode(view.author)),
    el(
      'div',
      { class: 'message-main' },
      !isContinued && headNode(view, time),
      bodyNode(view),
      warningNode(message),
    ),
    tools,
  );
}

function labelOf({ message, author }: MessageView, time: string): string {
  const privately = message.isEphemeral ? ', only visible to you' : '';
  return `${author?.realName ?? message.author}, ${time}${privately}`;
}

function timeNode(message: ShownMessage, time: string): HTMLElement {
  const whole = new Date(message.sentMs);
  return el(
    'time',
    { class: 'time', datetime: whole.toISOString(), title: whole.toLocaleString('en-GB') },
    time,
  );
}

function headNode({ message, author }: MessageView, time: string): HTMLElement {
  return el(
    'header',
    { class: 'message-head' },
    el('strong', { class: 'author' }, author?.realName ?? message.author),
    message.isFromApp && el('span', { class: 'badge' }, 'APP'),
    author?.isGuest === true && el('span', { class: 'badge' }, 'GUEST'),
    timeNode(message, time),
  );
}

function bodyNode({ message, scope }: MessageView): HTMLElement {
  const content =
    message.blocks.length > 0
      ? blockNodes(message.blocks, scope)
      : [el('div', { class: 'message-text' }, ...mrkdwnNodes(message.text, scope.reader))];
  const edited = message.isEdited && el('span', { class: 'edited' }, '(edited)');
  return el('div', { class: 'message-body' }, ...content, edited);
}

function warningNode(message: ShownMessage): HTMLElement | undefined {
  if (message.warning === undefined) return undefined;
  return el('p', { class: 'message-warning', role: 'status' }, icon('alert'), message.warning);
}
