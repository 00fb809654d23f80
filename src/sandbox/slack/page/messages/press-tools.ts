import { el } from '../draw/dom.js';
import type { IconName } from '../draw/icons.js';
import { icon } from '../draw/icons.js';
import type { ClickRequest, Member, ShownMessage } from '../protocol.js';
import { openPopover } from '../shell/popover.js';
import type { ClickTarget } from './press-targets.js';
import { clickTargets } from './press-targets.js';

/** What the tools need to press for one person or several. */
export interface ClickTools {
  readonly message: ShownMessage;
  readonly actingAs: string;
  readonly members: readonly Member[];
  /** Presses at the same moment, and answers when the workspace took every press. */
  clickTogether(clicks: readonly ClickRequest[]): Promise<void>;
}

/** Draws the corner tools of an app's message; undefined when it has nothing to press. */
export function clickToolsNode(tools: ClickTools): HTMLElement | undefined {
  const targets = clickTargets(tools.message.blocks);
  if (targets.length === 0) return undefined;
  return el(
    'div',
    { class: 'tools', role: 'toolbar', 'aria-label': 'Try to break it' },
    toolButton('twice', 'Press twice', (close) => panel({ tools, targets, close, isRace: false })),
    toolButton('people', 'Two people at once', (close) => panel({ tools, targets, close, isRace: true })),
  );
}

function toolButton(name: IconName, text: string, content: (close: () => void) => HTMLElement): HTMLElement {
  const button = el(
    'button',
    { class: 'tool', type: 'button', title: text, 'aria-haspopup': 'dialog' },
    icon(name),
    text,
  );
  button.addEventListener('click', () => openPopover(button, content));
  return button;
}

interface Panel {
  readonly tools: ClickTools;
  readonly targets: readonly ClickTarget[];
  readonly isRace: boolean;
  close(): void;
}

function panel({ tools, targets, isRace, close }: Panel): HTMLElement {
  const others = tools.members.filter(
    (member) => !member.isBot && !member.isDeactivated && member.id !== tools.actingAs,
  );
  const button = choice(
    'Button',
    targets.map(({ label }, index) => ({ value: String(index), label })),
  );
  const second = choice(
    'Second person',
    others.map((member) => ({ value: member.id, label: member.realName })),
  );
  const me = tools.members.find((member) => member.id === tools.actingAs)?.realName ?? 'you';
  const text = isRace
    ? `${me} and a second person press the same button at the same moment. Only one press may count.`
    : `${me} double-clicks: two presses a blink apart. The second one must change nothing.`;
  const submit = (event: Event): void => {
    event.preventDefault();
    const target = targets[Number(button.select.value)];
    close();
    if (target === undefined) return;
    const people = [tools.actingAs, isRace ? second.select.value : tools.actingAs];
    void tools.clickTogether(people.map((as) => clickOf(as, tools.message, target)));
  };
  return el(
    'form',
    { class: 'race', onsubmit: submit },
    el('h3', {}, isRace ? 'Two people at once' : 'Press twice'),
    el('p', {}, text),
    button.node,
    isRace && second.node,
    el(
      'button',
      { class: 'button button-primary', type: 'submit' },
      isRace ? 'Press as both' : 'Press twice',
    ),
  );
}

function choice(
  label: string,
  options: readonly { value: string; label: string }[],
): { node: HTMLElement; select: HTMLSelectElement } {
  const items = options.map((option) => el('option', { value: option.value }, option.label));
  const select = el('select', { class: 'control select' }, ...items);
  return { select, node: el('label', { class: 'race-choice' }, el('span', {}, label), select) };
}

function clickOf(as: string, { channel, ts }: ShownMessage, target: ClickTarget): ClickRequest {
  const { blockId, actionId, value } = target;
  return { as, channel, ts, blockId, actionId, ...(value === '' ? {} : { value }) };
}
