import { el } from '../draw/dom.js';
import type { Member, ShownConversation, ShownMessage } from '../protocol.js';
import type { Api } from '../session/api.js';
import type { Clicks } from '../session/presses.js';
import { createClicks } from '../session/presses.js';
import { createRefresher } from '../session/refresher.js';
import type { Session } from '../session/session.js';
import { plainText } from '../text/inline.js';
import { messageNode } from './message.js';
import type { MessageList } from './message-list.js';
import { clickToolsNode } from './press-tools.js';
import { repliesNode } from './replies.js';
import type { Row } from './rows.js';
import { layRows } from './rows.js';

/** The messages of the conversation that is open. */
export interface Conversation {
  /** Reads the messages again. */
  refresh(): Promise<void>;
  redraw(): void;
  /** Tells the workspace that the messages are read, if there is news and somebody looks at the page. */
  markRead(): Promise<void>;
}

interface ConversationParts {
  readonly api: Api;
  readonly list: MessageList;
  readonly session: Session;
}

/** Creates the part of the page that reads and draws messages, and presses what is in them. */
export function createConversation({ api, list, session }: ConversationParts): Conversation {
  let messages: readonly ShownMessage[] = [];
  let readPlace = '';
  const toggled = new Set<string>();
  const placeNow = (): string => `${session.actingAs()} ${session.channel()?.id}`;
  const toggle = (ts: string): void => {
    if (!toggled.delete(ts)) toggled.add(ts);
    redraw();
  };
  const redraw = (): void => {
    if (readPlace !== placeNow()) return;
    if (messages.length === 0) {
      list.showNothing(readPlace, ...emptyText(session.channel()));
      return;
    }
    const rows = layRows(messages, { toggled, reading: session.blockContext().reader });
    list.show(
      readPlace,
      rows.map((row) => ({
        key: row.key,
        signature: signatureOf(row, session, clicks),
        isOwn: row.kind === 'message' && row.message.author === session.actingAs(),
        draw: () => rowNode(row, { session, clicks, toggle }),
      })),
    );
  };
  const clicks = createClicks(session, redraw);
  const refresher = createRefresher(async () => {
    const [place, channel] = [placeNow(), session.channel()];
    if (channel === undefined) return;
    const read = await api.messages(session.actingAs(), channel.id);
    if (place !== placeNow()) return;
    [messages, readPlace] = [read, place];
    redraw();
  });
  const markRead = async (): Promise<void> => {
    const channel = session.channel();
    if (channel === undefined || !channel.isMember || channel.unread === 0 || document.hidden) return;
    await api.post('read', { as: session.actingAs(), channel: channel.id });
  };
  return { refresh: refresher.run, redraw, markRead };
}

/** Changes with everything a row is drawn from; names are part of it, because messages mention people. */
function signatureOf(row: Row, session: Session, clicks: Clicks): string {
  const underWay = row.kind === 'message' ? clicks.signatureOf(row.message) : '';
  return JSON.stringify([row, underWay, session.blockContext().members]);
}

/** Slack's own voice, which is no member of the workspace. */
const slackbot: Member = {
  id: 'USLACKBOT',
  name: 'slackbot',
  realName: 'Slackbot',
  title: '',
  email: '',
  isBot: false,
  isGuest: false,
  isStranger: false,
  isDeactivated: false,
};

interface RowParts {
  readonly session: Session;
  readonly clicks: Clicks;
  toggle(ts: string): void;
}

function rowNode(row: Row, { session, clicks, toggle }: RowParts): HTMLElement {
  if (row.kind === 'day') return el('div', { class: 'day' }, el('span', {}, row.label));
  if (row.kind === 'replies') return repliesNode(row, () => toggle(row.ts));
  const { message } = row;
  const blockContext = session.blockContext();
  const { members } = blockContext;
  const actingAs = session.actingAs();
  const { clickTogether } = clicks;
  return messageNode({
    ...row,
    author: [...members, slackbot].find((member) => member.id === message.author),
    tools: message.isFromApp ? clickToolsNode({ message, actingAs, members, clickTogether }) : undefined,
    scope: {
      ...blockContext,
      key: `message-${message.ts}`,
      errors: {},
      isBusy: (actionId) => clicks.isBusy(message, actionId),
      click: (click) =>
        void clicks.click({ as: actingAs, channel: message.channel, ts: message.ts, ...click }),
      typed: () => undefined,
      remember: () => undefined,
    },
  });
}

function emptyText(open: ShownConversation | undefined): readonly HTMLElement[] {
  const name = open?.kind === 'im' ? open.name : `#${open?.name ?? ''}`;
  if (open?.isMember === false)
    return [el('h2', {}, name), el('p', {}, 'Only members see what is written here.')];
  const text =
    open?.kind === 'im'
      ? `The beginning of your conversation with ${name}.`
      : `The very beginning of ${name}.`;
  return [el('h2', {}, name), el('p', {}, text), el('p', {}, plainText(open?.topic ?? ''))];
}
