import { Component, createRef, type VNode } from 'preact';
import { type ClickTarget, clickTargets } from './block-kit.js';
import { blockNodes } from './blocks.js';
import { clockTime } from './dates.js';
import { plainText } from './mrkdwn.js';
import { avatar, badge, type Child, classes, html, type IconName, icon, openPopover } from './parts.js';
import type { ClickRequest, Member, ShownMessage } from './protocol.js';
import { layRows, type Row } from './rows.js';
import type { Session } from './session.js';
import { mrkdwn } from './text.js';

const bottomTolerancePx = 48;

/**
 * The scrolling part of a conversation.
 *
 * A newly opened place starts at its newest row. At the bottom the list stays at the bottom, elsewhere a button
 * offers the way down; what the person at the screen wrote is scrolled to as soon as it appears.
 */
export class MessageList extends Component<{ session: Session }, { hasNews: boolean }> {
  override state = { hasNews: false };
  readonly #scroller = createRef<HTMLElement>();
  #place = '';
  #rows: readonly Row[] = [];
  /** Rows that came while somebody looked, so that they draw attention. */
  #arrived = new Set<string>();
  #wasAtBottom = true;
  #came: 'nothing' | 'place' | 'row' | 'own row' = 'nothing';

  override componentDidMount(): void {
    // A composer that grows or a drawer that opens must not hide the newest row.
    const observer = new ResizeObserver(() => this.#wasAtBottom && this.#toBottom());
    if (this.#scroller.current !== null) observer.observe(this.#scroller.current);
  }

  /** What was read for another place than the one that is open is not drawn. */
  override shouldComponentUpdate(): boolean {
    return this.props.session.messagesOf === this.props.session.place;
  }

  override getSnapshotBeforeUpdate(): boolean {
    return this.#isAtBottom();
  }

  override componentDidUpdate(_props: unknown, _state: unknown, wasAtBottom: boolean): void {
    const came = this.#came;
    this.#came = 'nothing';
    if (came === 'place' || came === 'own row' || wasAtBottom) this.#toBottom();
    else if (came === 'row') this.setState({ hasNews: true });
  }

  override render(): VNode {
    const { session } = this.props;
    this.#layRows();
    const rows = this.#rows.map((row) => {
      const isNew = this.#arrived.has(row.key);
      return html`<${KeptRow} key=${row.key} signature=${signatureOf(row, session)} row=${row} isNew=${isNew}
        session=${session} />`;
    });
    const scrolled = (): void => {
      this.#wasAtBottom = this.#isAtBottom();
      if (this.#wasAtBottom && this.state.hasNews) this.setState({ hasNews: false });
    };
    return html`<div class="message-list">
      <div class="scroller" tabindex="-1" ref=${this.#scroller} onscroll=${scrolled}>
        <div class="rows" role="log" aria-live="polite" aria-label="Messages" key=${this.#place}>
          ${rows.length === 0 && this.#place !== '' ? emptyNode(session) : rows}
        </div>
      </div>
      <button class="jump" type="button" hidden=${!this.state.hasNews} onclick=${() => this.#toBottom()}>
        ${icon('down')}New messages
      </button>
    </div>`;
  }

  /** Lays the rows anew and notes what came since they were laid the last time. */
  #layRows(): void {
    const { session } = this.props;
    const isNewPlace = session.messagesOf !== this.#place;
    const before = new Set(isNewPlace ? [] : this.#rows.map(({ key }) => key));
    const { reader } = session.blockContext;
    this.#rows = layRows(session.messages, { toggled: session.toggledThreads, reading: reader });
    if (isNewPlace) {
      this.#place = session.messagesOf;
      this.#arrived = new Set();
      this.#came = 'place';
      this.state.hasNews = false;
      return;
    }
    const last = this.#rows.at(-1);
    const isLastNew = last !== undefined && !before.has(last.key);
    const isOwn = last?.kind === 'message' && last.message.author === session.actingAs;
    if (isLastNew) this.#came = isOwn ? 'own row' : 'row';
    if (before.size === 0) return;
    for (const { key } of this.#rows) if (!before.has(key)) this.#arrived.add(key);
  }

  #isAtBottom(): boolean {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = this.#scroller.current ?? {};
    return scrollHeight - scrollTop - clientHeight < bottomTolerancePx;
  }

  #toBottom(): void {
    const scroller = this.#scroller.current;
    scroller?.scrollTo({ top: scroller.scrollHeight });
  }
}

/** Changes with everything a row is drawn from; names are part of it, because messages mention people. */
function signatureOf(row: Row, session: Session): string {
  const underWay = row.kind === 'message' ? session.clicksIn(row.message) : '';
  return JSON.stringify([row, underWay, session.blockContext.members]);
}

/** A row that is drawn anew only when its signature changes. */
class KeptRow extends Component<{ signature: string; row: Row; isNew: boolean; session: Session }> {
  override shouldComponentUpdate(next: { signature: string }): boolean {
    return next.signature !== this.props.signature;
  }

  override render(): VNode {
    const { row, session, isNew } = this.props;
    if (row.kind === 'day') return html`<div class="day"><span>${row.label}</span></div>`;
    if (row.kind === 'message') return messageNode(row, session, isNew);
    const toggle = (): void => session.toggleThread(row.ts);
    return html`<div class=${classes('replies', row.isOpen && 'is-open')}>
      <button type="button" aria-expanded=${row.isOpen} onclick=${toggle}>
        ${row.count} ${row.count === 1 ? 'reply' : 'replies'}${icon('chevron')}
      </button>
    </div>`;
  }
}

function emptyNode({ channel }: Session): VNode {
  const name = channel?.kind === 'im' ? channel.name : `#${channel?.name ?? ''}`;
  const beginning = channel?.kind === 'im' ? 'beginning of your conversation with' : 'very beginning of';
  return channel?.isMember === false
    ? html`<div class="empty"><h2>${name}</h2><p>Only members see what is written here.</p></div>`
    : html`<div class="empty">
        <h2>${name}</h2><p>The ${beginning} ${name}.</p><p>${plainText(channel?.topic ?? '')}</p>
      </div>`;
}

/** Draws one message as one person sees it. */
function messageNode(row: Extract<Row, { kind: 'message' }>, session: Session, isNew: boolean): VNode {
  const { message, isReply, isContinued } = row;
  const { blockContext, actingAs } = session;
  const author = authorOf(message, blockContext.members);
  const name = author?.realName ?? message.author;
  const time = clockTime(message.sentMs, blockContext.reader);
  const scope = {
    ...blockContext,
    key: `message-${message.ts}`,
    errors: {},
    isBusy: (actionId: string) => session.isBusy(message, actionId),
    click: (click: Pick<ClickRequest, 'blockId' | 'actionId' | 'value'>) =>
      void session.click({ as: actingAs, channel: message.channel, ts: message.ts, ...click }),
    typed: () => undefined,
    remember: () => undefined,
  };
  const content =
    message.blocks.length > 0
      ? blockNodes(message.blocks, scope)
      : html`<div class="message-text">${mrkdwn(message.text, blockContext.reader)}</div>`;
  const names = classes(
    'message',
    isReply && 'is-reply',
    isContinued && 'is-continued',
    message.isEphemeral && 'is-ephemeral',
    message.isFromApp && 'is-app',
    isNew && 'is-new',
  );
  const label = `${name}, ${time}${message.isEphemeral ? ', only visible to you' : ''}`;
  const warning =
    message.warning !== undefined &&
    html`<p class="message-warning" role="status">${icon('alert')}${message.warning}</p>`;
  return html`<article class=${names} data-ts=${message.ts} aria-label=${label}>
    ${message.isEphemeral && html`<p class="only-you">${icon('eye')}Only visible to you</p>`}
    <div class="message-side">${isContinued ? timeNode(message, time) : avatar(author)}</div>
    <div class="message-main">
      ${!isContinued && headNode(message, { name, author, time })}
      <div class="message-body">
        ${content}${message.isEdited && html`<span class="edited">(edited)</span>`}
      </div>
      ${warning}
    </div>
    ${message.isFromApp && toolsNode(message, session)}
  </article>`;
}

/** Slack's own voice is no member of the workspace. */
function authorOf({ author }: ShownMessage, members: readonly Member[]): Member | undefined {
  const member = members.find(({ id }) => id === author);
  if (member !== undefined || author !== 'USLACKBOT') return member;
  const nothing = { isGuest: false, isStranger: false, isDeactivated: false, title: '', email: '' };
  return { id: author, name: 'slackbot', realName: 'Slackbot', isBot: true, ...nothing };
}

interface Head {
  readonly name: string;
  readonly author: Member | undefined;
  readonly time: string;
}

function headNode(message: ShownMessage, { name, author, time }: Head): VNode {
  return html`<header class="message-head">
    <strong class="author">${name}</strong>
    ${message.isFromApp && badge('APP')}${author?.isGuest === true && badge('GUEST')}${timeNode(message, time)}
  </header>`;
}

function timeNode({ sentMs }: ShownMessage, time: string): VNode {
  const whole = new Date(sentMs);
  const title = whole.toLocaleString('en-GB');
  return html`<time class="time" datetime=${whole.toISOString()} title=${title}>${time}</time>`;
}

/** Draws the corner tools of an app's message, when it has something to press. */
function toolsNode(message: ShownMessage, session: Session): Child {
  const targets = clickTargets(message.blocks);
  const tool = (name: IconName, text: string): VNode => {
    const open = ({ currentTarget }: { readonly currentTarget: HTMLElement }): void =>
      openPopover(currentTarget, (close) => racePanel({ message, session, targets, text, close }));
    return html`<button class="tool" type="button" title=${text} aria-haspopup="dialog" onclick=${open}>
      ${icon(name)}${text}
    </button>`;
  };
  return (
    targets.length > 0 &&
    html`<div class="tools" role="toolbar" aria-label="Try to break it">
      ${tool('twice', 'Click twice')}${tool('people', raceText)}
    </div>`
  );
}

const raceText = 'Two people at once';

interface RaceParts {
  readonly message: ShownMessage;
  readonly session: Session;
  readonly targets: readonly ClickTarget[];
  readonly text: string;
  close(): void;
}

/** Draws the panel that presses twice, as one person or as two. */
function racePanel({ message, session, targets, text, close }: RaceParts): VNode {
  const isRace = text === raceText;
  const { actingAs } = session;
  const { members, reader } = session.blockContext;
  const others = members.filter(
    ({ id, isBot, isDeactivated }) => !isBot && !isDeactivated && id !== actingAs,
  );
  const me = reader.memberName(actingAs) ?? 'you';
  const explanation = isRace
    ? `${me} and a second person click the same button at the same moment. Only one click may count.`
    : `${me} double-clicks: two clicks a blink apart. The second one must change nothing.`;
  const submit = (event: Event & { readonly currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    const target = targets[Number(entered.get('target'))];
    const second = isRace ? String(entered.get('second')) : actingAs;
    close();
    if (target === undefined) return;
    void session.clickTogether([actingAs, second].map((as) => clickOf(as, message, target)));
  };
  const second = choice(
    'Second person',
    'second',
    others.map(({ id, realName }) => [id, realName]),
  );
  return html`<form class="race" onsubmit=${submit}>
    <h3>${text}</h3>
    <p>${explanation}</p>
    ${choice(
      'Button',
      'target',
      targets.map(({ label }, index) => [String(index), label]),
    )}
    ${isRace && second}
    <button class="button button-primary" type="submit">${isRace ? 'Click as both' : 'Click twice'}</button>
  </form>`;
}

function choice(label: string, name: string, options: readonly (readonly [string, string])[]): VNode {
  const items = options.map(([value, text]) => html`<option value=${value}>${text}</option>`);
  return html`<label class="race-choice">
    <span>${label}</span><select class="control" name=${name}>${items}</select>
  </label>`;
}

function clickOf(as: string, { channel, ts }: ShownMessage, target: ClickTarget): ClickRequest {
  const { blockId, actionId, value } = target;
  return { as, channel, ts, blockId, actionId, ...(value === '' ? {} : { value }) };
}
