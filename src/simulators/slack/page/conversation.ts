import type { Answer, Api } from './api.js';
import type { BlockScope } from './blocks/scope.js';
import { el } from './dom.js';
import { messageNode } from './messages/message.js';
import type { MessageList } from './messages/message-list.js';
import { pressToolsNode } from './messages/press-tools.js';
import { repliesNode } from './messages/replies.js';
import type { Row } from './messages/rows.js';
import { layRows } from './messages/rows.js';
import type { PressRequest, ShownConversation, ShownMessage, WorkspaceState } from './protocol.js';
import { createRefresher } from './refresher.js';
import { toast } from './shell/toast.js';
import { plainWords } from './text/inline.js';
import type { Reader } from './text/text-nodes.js';

/** What the open conversation needs from the page around it. */
interface Surroundings {
  readonly api: Api;
  readonly list: MessageList;
  post(verb: string, body: object): Promise<Answer>;
  workspace(): WorkspaceState | undefined;
  channel(): ShownConversation | undefined;
  surroundings(): Pick<BlockScope, 'reader' | 'members' | 'conversations' | 'opened'>;
}

/** The messages of the conversation that is open. */
export interface Conversation {
  refresh(): Promise<void>;
  redraw(): void;
}

/** Creates the part of the page that reads and draws messages, and presses what is in them. */
export function createConversation(page: Surroundings): Conversation {
  let messages: readonly ShownMessage[] = [];
  let readPlace = '';
  const pressing = new Set<string>();
  const toggledThreads = new Set<string>();
  const placeNow = (): string => `${page.workspace()?.actingAs} ${page.channel()?.id}`;

  const press = async (request: PressRequest): Promise<Answer> => {
    const key = `${request.ts} ${request.actionId}`;
    pressing.add(key);
    redraw();
    const answer = await page.post('press', request);
    pressing.delete(key);
    redraw();
    return answer;
  };
  const pressTogether = async (presses: readonly PressRequest[]): Promise<void> => {
    const answers = await Promise.all(presses.map(press));
    if (answers.every((answer) => answer.kind === 'done'))
      toast(afterBoth(presses, page.surroundings().reader));
  };
  const drawRow = (row: Row): HTMLElement => {
    if (row.kind === 'day') return el('div', { class: 'day' }, el('span', {}, row.label));
    if (row.kind === 'replies') return repliesNode(row, () => toggle(row.ts));
    const { message } = row;
    const { members, ...around } = page.surroundings();
    const actingAs = page.workspace()?.actingAs ?? '';
    const scope: BlockScope = {
      ...around,
      members,
      key: `message-${message.ts}`,
      errors: {},
      isBusy: (actionId) => isBusy(message, actionId),
      press: (pressed) => void press({ as: actingAs, channel: message.channel, ts: message.ts, ...pressed }),
      typed: () => undefined,
      remember: () => undefined,
    };
    const author = members.find((member) => member.id === message.author);
    const tools = message.isFromApp
      ? pressToolsNode({ message, actingAs, members, pressTogether })
      : undefined;
    return messageNode({ ...row, author, scope, tools });
  };
  const isBusy = (message: ShownMessage, actionId: string): boolean =>
    message.busyActions.includes(actionId) || pressing.has(`${message.ts} ${actionId}`);
  const toggle = (ts: string): void => {
    if (!toggledThreads.delete(ts)) toggledThreads.add(ts);
    redraw();
  };
  const redraw = (): void => {
    if (readPlace !== placeNow()) return;
    if (messages.length === 0) {
      page.list.showNothing(readPlace, ...emptyWords(page.channel()));
      return;
    }
    const { reader, members } = page.surroundings();
    const names = JSON.stringify(members);
    const rows = layRows(messages, { toggled: toggledThreads, reading: reader });
    page.list.show(
      readPlace,
      rows.map((row) => {
        const busy =
          row.kind === 'message' ? [...pressing].filter((key) => key.startsWith(row.message.ts)) : [];
        const isOwn = row.kind === 'message' && row.message.author === reader.actingAs;
        return {
          key: row.key,
          signature: JSON.stringify([row, busy, names]),
          isOwn,
          draw: () => drawRow(row),
        };
      }),
    );
  };
  const refresher = createRefresher(async () => {
    const [as, channel] = [page.workspace()?.actingAs, page.channel()];
    if (as === undefined || channel === undefined) return;
    const place = placeNow();
    const read = await page.api.messages(as, channel.id);
    if (place !== placeNow()) return;
    [messages, readPlace] = [read, place];
    redraw();
    const isUnread = (page.channel()?.unread ?? 0) > 0;
    if (isUnread && !document.hidden) await page.api.post('read', { as, channel: channel.id });
  });
  return { refresh: refresher.run, redraw };
}

/** A private answer to somebody else is easily missed, so the person is told where it is. */
function afterBoth(presses: readonly PressRequest[], reader: Reader): string {
  const other = presses.find((press) => press.as !== reader.actingAs)?.as;
  if (other === undefined) return 'Both presses were delivered.';
  return `Both presses were delivered. Act as ${reader.memberName(other) ?? other} to see the private answer to that person.`;
}

function emptyWords(open: ShownConversation | undefined): readonly HTMLElement[] {
  const name = open?.kind === 'im' ? open.name : `#${open?.name ?? ''}`;
  if (open?.isMember === false)
    return [el('h2', {}, name), el('p', {}, 'Only members see what is written here.')];
  const words =
    open?.kind === 'im'
      ? `The beginning of your conversation with ${name}.`
      : `The very beginning of ${name}.`;
  return [el('h2', {}, name), el('p', {}, words), el('p', {}, plainWords(open?.topic ?? ''))];
}
