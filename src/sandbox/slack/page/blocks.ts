import { Component, Fragment, render, type VNode } from 'preact';
import {
  blockIdOf,
  chosenValues,
  type ElementState,
  heldIn,
  initialState,
  type Json,
  optionsOf,
  recordOf,
  recordsOf,
  stateHolding,
  stringOf,
  type Typed,
  textOf,
} from './block-kit.js';
import { markdownToMrkdwn } from './mrkdwn.js';
import { appended, type Child, classes, html, icon, openPopover, spinner } from './parts.js';
import type { Member, ShownConversation } from './protocol.js';
import { mrkdwn, type Reader, richText, textObject } from './text.js';

/** What surrounds blocks: the message or modal they stand in. */
export interface BlockScope {
  /** Unique on the page; the start of element ids. */
  readonly key: string;
  readonly reader: Reader;
  readonly members: readonly Member[];
  readonly conversations: readonly ShownConversation[];
  /** Keys of long texts that the person opened; outlives a redraw. */
  readonly opened: Set<string>;
  readonly errors: Readonly<Record<string, string>>;
  readonly typed: Typed;
  isBusy(actionId: string): boolean;
  /** Reports a press; where it happened is added by whoever drew the blocks. */
  click(click: { blockId: string; actionId: string; value?: string }): void;
  remember(entry: { blockId: string; actionId: string; state: ElementState }): void;
}

/** Draws Block Kit blocks; one of an unknown type says so in its place. */
export function blockNodes(blocks: readonly Json[], scope: BlockScope): readonly VNode[] {
  return blocks.map((block, index) => {
    const blockId = blockIdOf(block, index);
    return html`<${Fragment} key=${blockId}>${blockNode({ block, blockId, scope })}<//>`;
  });
}

/** A block with its id, and what surrounds it. */
interface BlockPlace {
  readonly block: Json;
  readonly blockId: string;
  readonly scope: BlockScope;
}

function blockNode(place: BlockPlace): VNode {
  const { block, scope } = place;
  const { reader } = scope;
  switch (block.type) {
    case 'header':
      return html`<h3 class="block block-header">${textObject(block.text, reader)}</h3>`;
    case 'section':
      return section(place);
    case 'context':
      return context(block, reader);
    case 'divider':
      return html`<hr class="block block-divider" />`;
    case 'actions': {
      const elements = recordsOf(block.elements).map((element) => placedElement(place, element));
      return html`<div class="block block-actions">${elements}</div>`;
    }
    case 'input':
      return input(place);
    case 'image': {
      const title = textOf(block.title);
      const caption = title !== '' && html`<figcaption class="caption">${title}</figcaption>`;
      return html`<figure class="block block-image">${imageChip(block)}${caption}</figure>`;
    }
    case 'rich_text':
      return richText(block, reader);
    case 'markdown':
      return html`<div class="block">${mrkdwn(markdownToMrkdwn(stringOf(block.text)), reader)}</div>`;
    case 'table':
      return table(block, reader);
    case 'data_table':
      return dataTable(block, reader);
    case 'data_visualization':
      return chart(block);
    case 'container':
      return html`<${Container} ...${place} />`;
    default:
      return html`<p class="block block-unknown">This page does not draw “${stringOf(block.type)}” blocks.</p>`;
  }
}

/** Draws a section: text, fields in two columns, and its accessory beside them. */
function section(place: BlockPlace): VNode {
  const { block, blockId, scope } = place;
  const fields = recordsOf(block.fields).map(
    (field) => html`<div class="field">${textObject(field, scope.reader)}</div>`,
  );
  const text = textOf(block.text);
  const isLong = text.length > longTextLength || text.split('\n').length > longTextLines;
  const content = textObject(block.text, scope.reader);
  const main =
    isLong && block.expand !== true
      ? html`<${LongText} id="${scope.key}/${blockId}" opened=${scope.opened} content=${content} />`
      : html`<div class="section-text">${content}</div>`;
  return html`<div class="block block-section">
    <div class="section-main">
      ${block.text !== undefined && main}
      ${fields.length > 0 && html`<div class="fields">${fields}</div>`}
    </div>
    ${block.accessory !== undefined && placedElement(place, recordOf(block.accessory))}
  </div>`;
}

const longTextLength = 700;
const longTextLines = 12;

/** A long text is folded until the person opens it, unless the app asked for all of it. */
class LongText extends Component<{ id: string; opened: Set<string>; content: Child }> {
  override render(): VNode {
    const { id, opened, content } = this.props;
    const isOpen = opened.has(id);
    const toggle = (): void => {
      if (!opened.delete(id)) opened.add(id);
      this.forceUpdate();
    };
    return html`<div>
      <div class=${classes('section-text', !isOpen && 'is-folded')}>${content}</div>
      <button class="fold" type="button" aria-expanded=${isOpen} onclick=${toggle}>
        ${isOpen ? 'Show less' : 'Show more'}
      </button>
    </div>`;
  }
}

/** Blocks under a title; where they fold, the title opens and closes them. */
class Container extends Component<BlockPlace> {
  override render(): VNode {
    const { block, blockId, scope } = this.props;
    const key = `${scope.key}/${blockId}/turned`;
    const isFoldable = block.is_collapsible === true;
    const isTurned = scope.opened.has(key);
    const isOpen = !isFoldable || isTurned === (block.default_collapsed === true);
    const toggle = (): void => {
      if (!scope.opened.delete(key)) scope.opened.add(key);
      this.forceUpdate();
    };
    const subtitle = textOf(block.subtitle);
    const head = html`<b>${textOf(block.title)}</b>${subtitle !== '' && html` <span class="hint">${subtitle}</span>`}`;
    const title = isFoldable
      ? html`<button class="container-title" type="button" aria-expanded=${isOpen} onclick=${toggle}>
          <span aria-hidden="true">${isOpen ? '▾' : '▸'}</span> ${head}
        </button>`
      : html`<p class="container-title">${head}</p>`;
    const children = recordsOf(block.child_blocks).map((child) => {
      const id = stringOf(child.block_id) || `${blockId}-${recordsOf(block.child_blocks).indexOf(child)}`;
      return html`<${Fragment} key=${id}>${blockNode({ block: child, blockId: id, scope })}<//>`;
    });
    return html`<div class="block block-container">${title}${isOpen && html`<div>${children}</div>`}</div>`;
  }
}

function context(block: Json, reader: Reader): VNode {
  const items = recordsOf(block.elements).map((element) => {
    const content = element.type === 'image' ? imageChip(element) : textObject(element, reader);
    return html`<span class="context-item">${content}</span>`;
  });
  return html`<div class="block block-context">${items}</div>`;
}

/** Draws a table block; its first row is the heading. */
function table(block: Json, reader: Reader): VNode {
  const [head = [], ...body] = Array.isArray(block.rows) ? block.rows.map(recordsOf) : [];
  const align = recordsOf(block.column_settings).map((column) => stringOf(column.align) || 'left');
  const row = (cells: readonly Json[], tag: 'th' | 'td'): VNode => {
    const drawn = cells.map(
      (cell, i) => html`<${tag} class="align-${align[i] ?? 'left'}">${cellContent(cell, reader)}<//>`,
    );
    return html`<tr>${drawn}</tr>`;
  };
  return html`<div class="block table-frame" tabindex="0" role="region" aria-label="Table">
    <table class="table">
      <thead>${row(head, 'th')}</thead>
      <tbody>${body.map((cells) => row(cells, 'td'))}</tbody>
    </table>
  </div>`;
}

/** Draws a data table under its caption; its numbers stand on the right. */
function dataTable(block: Json, reader: Reader): VNode {
  const rows = Array.isArray(block.rows) ? block.rows.map(recordsOf) : [];
  const settings = (rows[1] ?? []).map(({ type }) => ({ align: type === 'raw_number' ? 'right' : 'left' }));
  return html`<figure class="block block-data">
    <figcaption class="chart-title">${stringOf(block.caption)}</figcaption>
    ${table({ ...block, column_settings: settings }, reader)}
  </figure>`;
}

/** Draws a chart as bars, one group for each category, whatever its type. */
function chart(block: Json): VNode {
  const { series, segments, axis_config: axis } = recordOf(block.chart);
  const all = Array.isArray(segments)
    ? [{ name: '', points: pointsOf(segments) }]
    : recordsOf(series).map(({ name, data }) => ({ name: stringOf(name), points: pointsOf(data) }));
  const most = Math.max(...all.flatMap(({ points }) => points.map(({ value }) => value)), 0) || 1;
  const unit = stringOf(recordOf(axis).y_label);
  const bar = (at: number, value: number, name: string): VNode => html`<span class="bar bar-${at}"
    style="height: ${Math.max(0, Math.round((100 * value) / most))}%" title="${name} ${value}"></span>`;
  const groups = (all[0]?.points ?? []).map(({ label }, place) => {
    const values = all.map(({ name, points }) => ({ name, value: points[place]?.value ?? 0 }));
    return html`<li class="bars" aria-label=${`${label}: ${values.map(({ name, value }) => `${name} ${value}`).join(', ')}`}>
      <span class="bars-values">${values.map(({ value }) => value).join(' · ')}</span>
      <span class="bars-area">${values.map(({ value, name }, at) => bar(at, value, name))}</span>
      <span class="bars-label" title=${label}>${label}</span>
    </li>`;
  });
  const legend = all
    .filter(({ name }) => name !== '')
    .map(({ name }, at) => html`<span class="chart-key"><span class="bar-${at}"></span>${name}</span>`);
  return html`<figure class="block block-data">
    <figcaption class="chart-title">${stringOf(block.title)}${unit !== '' && html` <span class="hint">${unit}</span>`}</figcaption>
    <ol class="chart">${groups}</ol>
    <p class="hint chart-legend">${legend}</p>
  </figure>`;
}

function pointsOf(data: unknown): readonly { readonly label: string; readonly value: number }[] {
  return recordsOf(data).map(({ label, value }) => ({ label: stringOf(label), value: Number(value) }));
}

function cellContent(cell: Json, reader: Reader): Child {
  if (cell.type === 'rich_text') return richText(cell, reader);
  return stringOf(cell.text) || (typeof cell.value === 'number' ? String(cell.value) : stringOf(cell.value));
}

/** Draws an input block: label, element, hint, and the error of its last submission. */
function input(place: BlockPlace): VNode {
  const { block, blockId, scope } = place;
  const element = recordOf(block.element);
  const error = scope.errors[blockId];
  const id = `${scope.key}/${blockId}`;
  const labelling = {
    'aria-labelledby': `${id}/label`,
    'aria-describedby': error === undefined ? `${id}/hint` : `${id}/error ${id}/hint`,
    ...(error === undefined ? {} : { 'aria-invalid': 'true' }),
  };
  const optional = block.optional === true && html`<span class="optional"> (optional)</span>`;
  const problem =
    error !== undefined &&
    html`<p class="input-error" id="${id}/error" role="alert">${icon('alert')}${error}</p>`;
  const hint =
    block.hint !== undefined &&
    html`<p class="hint input-hint" id="${id}/hint">${textObject(block.hint, scope.reader)}</p>`;
  return html`<div class=${classes('block block-input', error !== undefined && 'has-error')}>
    <label class="input-label" id="${id}/label" for="${id}/${stringOf(element.action_id)}">
      ${textObject(block.label, scope.reader)}${optional}
    </label>
    ${placedElement(place, element, labelling)}${problem}${hint}
  </div>`;
}

/** One interactive element in its place. */
interface Slot {
  readonly element: Json;
  readonly scope: BlockScope;
  /** Element id in the document. */
  readonly id: string;
  readonly state: ElementState | undefined;
  readonly isBusy: boolean;
  /** Attributes that tie a control to its label and error. */
  readonly labelling: Readonly<Record<string, string>>;
  /** Keeps what was entered or chosen. */
  hold(held: unknown): void;
  /** Reports a press, after the app's own question when it asks one. */
  act(value?: string): void;
}

/** Draws an element where it stands; an input tells the app only on submission, unless it asked for more. */
function placedElement(
  { block, blockId, scope }: BlockPlace,
  element: Json,
  labelling: Slot['labelling'] = {},
): VNode {
  const actionId = stringOf(element.action_id);
  const id = `${scope.key}/${blockId}/${actionId}`;
  const slot: Slot = {
    element,
    scope,
    id,
    state: scope.typed(blockId, actionId) ?? initialState(element),
    isBusy: scope.isBusy(actionId),
    labelling,
    hold: (held) => scope.remember({ blockId, actionId, state: stateHolding(element, held) }),
    act(value) {
      if (block.type === 'input' && block.dispatch_action !== true) return;
      const click = { blockId, actionId, ...(value === undefined ? {} : { value }) };
      void confirmed(element.confirm, scope.reader).then((isConfirmed) => isConfirmed && scope.click(click));
    },
  };
  return html`<${Fragment} key=${id}>${elementNode(slot)}<//>`;
}

/** Draws one interactive element; one of an unknown type says so in its place. */
function elementNode(slot: Slot): VNode {
  const type = stringOf(slot.element.type);
  switch (type) {
    case 'button':
    case 'workflow_button':
      return button(slot);
    case 'overflow':
      return overflow(slot);
    case 'static_select':
    case 'external_select':
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return select(slot);
    case 'radio_buttons':
      return radioList(slot);
    case 'checkboxes':
    case 'multi_static_select':
      return checkList(slot);
    case 'datepicker':
    case 'timepicker':
      return date(slot, type === 'timepicker' ? 'time' : 'date');
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return html`<${TextField} slot=${slot} />`;
    case 'image':
      return imageChip(slot.element);
    default:
      return html`<span class="block-unknown">This page does not draw “${type}”.</span>`;
  }
}

/**
 * Draws a button, or a link when it has an address; both report the press.
 *
 * A busy button spins but can be pressed again, as in Slack: the app has to stand that.
 */
function button({ element, isBusy, scope, act }: Slot): VNode {
  const style = stringOf(element.style);
  const attributes = {
    class: classes('button', style && `button-${style}`, isBusy && 'is-busy'),
    'aria-label': stringOf(element.accessibility_label) || undefined,
    'aria-busy': isBusy || undefined,
    onclick: () => act(stringOf(element.value) || undefined),
  };
  const label = html`<span class="button-label">${textObject(element.text, scope.reader)}</span>`;
  const url = stringOf(element.url);
  if (!/^https?:/i.test(url)) {
    return html`<button ...${attributes} type="button">${label}${isBusy && spinner()}</button>`;
  }
  return html`<a ...${attributes} href=${url} target="_blank" rel="noopener noreferrer">
    ${label}${icon('external')}${isBusy && spinner()}
  </a>`;
}

/** Draws a picture as its description, because the page loads nothing from elsewhere. */
function imageChip(image: Json): VNode {
  const text = stringOf(image.alt_text) || 'image';
  return html`<span class="image-chip" role="img" aria-label=${text} title="Image">${text}</span>`;
}

/** Draws the three-dot button of an overflow menu, which opens its options. */
function overflow({ element, isBusy, scope, act }: Slot): VNode {
  const item = (option: Json, close: () => void): VNode => {
    const choose = (): void => {
      close();
      act(stringOf(option.value));
    };
    const text = textObject(option.text, scope.reader);
    return html`<button class="menu-item" type="button" role="menuitem" onclick=${choose}>${text}</button>`;
  };
  const open = (event: { readonly currentTarget: HTMLElement }): void =>
    openPopover(event.currentTarget, (close) => {
      const items = optionsOf(element).map((option) => item(option, close));
      return html`<div class="menu" role="menu">${items}</div>`;
    });
  return html`<button class="button button-icon" type="button" aria-label="More actions" aria-haspopup="menu"
    onclick=${open}>${isBusy ? spinner() : icon('more')}</button>`;
}

/** Draws a select as the browser's own list; choosing reports a press where the app listens. */
function select(slot: Slot): VNode {
  const { element, id, labelling } = slot;
  const [chosen = ''] = chosenValues(slot.state);
  const placeholder = textOf(element.placeholder) || 'Select an option';
  const label = labelling['aria-labelledby'] === undefined ? { 'aria-label': placeholder } : labelling;
  const change = ({ currentTarget: { value } }: { readonly currentTarget: HTMLSelectElement }): void => {
    slot.hold(optionsOf(element).find((option) => option.value === value) ?? value);
    slot.act(value);
  };
  return html`<select class="control" id=${id} ...${label} value=${chosen} onchange=${change}>
    <option value="" disabled selected=${chosen === ''}>${placeholder}</option>
    ${choices(slot, chosen)}
  </select>`;
}

function choices({ element, scope }: Slot, chosen: string): Child {
  const choice = (value: string, text: string): VNode =>
    html`<option value=${value} selected=${value === chosen}>${text}</option>`;
  const choiceOf = (option: Json): VNode => choice(stringOf(option.value), textOf(option.text));
  if (element.type === 'users_select') {
    const active = scope.members.filter((member) => !member.isDeactivated);
    return active.map((member) => choice(member.id, member.realName));
  }
  if (element.type === 'channels_select' || element.type === 'conversations_select') {
    const channels = scope.conversations.filter((conversation) => conversation.kind === 'channel');
    return channels.map((channel) => choice(channel.id, `#${channel.name}`));
  }
  const groups = recordsOf(element.option_groups).map((group) => {
    return html`<optgroup label=${textOf(group.label)}>${recordsOf(group.options).map(choiceOf)}</optgroup>`;
  });
  return [...recordsOf(element.options).map(choiceOf), ...groups];
}

/** Draws radio buttons; choosing one reports a press where the app listens. */
function radioList(slot: Slot): VNode {
  const chosen = chosenValues(slot.state);
  const rows = optionsOf(slot.element).map((option) => {
    const value = stringOf(option.value);
    const choose = (): void => {
      slot.hold(option);
      slot.act(value);
    };
    return choiceRow(slot, option, { type: 'radio', checked: chosen.includes(value), onchange: choose });
  });
  return html`<div class="choices" role="radiogroup" ...${slot.labelling}>${rows}</div>`;
}

/** Draws checkboxes, also for a select of several options; every change reports a press where the app listens. */
function checkList(slot: Slot): VNode {
  const chosen = new Set(chosenValues(slot.state));
  const options = optionsOf(slot.element);
  const rows = options.map((option) => {
    const value = stringOf(option.value);
    const choose = (): void => {
      if (!chosen.delete(value)) chosen.add(value);
      slot.hold(options.filter((candidate) => chosen.has(stringOf(candidate.value))));
      slot.act([...chosen].join(','));
    };
    return choiceRow(slot, option, { type: 'checkbox', checked: chosen.has(value), onchange: choose });
  });
  return html`<div class="choices" role="group" ...${slot.labelling}>${rows}</div>`;
}

function choiceRow({ id, scope }: Slot, option: Json, attributes: object): VNode {
  const description =
    option.description !== undefined &&
    html`<small class="caption">${textObject(option.description, scope.reader)}</small>`;
  return html`<label class="choice" key=${stringOf(option.value)}>
    <input name=${id} ...${attributes} />
    <span class="choice-words"><span>${textObject(option.text, scope.reader)}</span>${description}</span>
  </label>`;
}

/** Draws a date or time as the browser's own field; a change reports a press where the app listens. */
function date({ id, labelling, state, hold, act }: Slot, type: 'date' | 'time'): VNode {
  const label = labelling['aria-labelledby'] === undefined ? { 'aria-label': type } : labelling;
  const change = ({ currentTarget: { value } }: { readonly currentTarget: HTMLInputElement }): void => {
    hold(value === '' ? null : value);
    act(value);
  };
  const value = stringOf(heldIn(state));
  return html`<input class="control" type=${type} id=${id} ...${label} value=${value} onchange=${change} />`;
}

type TextTarget = HTMLInputElement | HTMLTextAreaElement;

/**
 * A text field, with a counter when its length is limited.
 *
 * Every key stroke is remembered, so a redraw or an error never costs what was typed. Enter in a single line
 * sends nothing by accident: it only reports a press where the app listens for one.
 */
class TextField extends Component<{ slot: Slot }> {
  #typed: string | undefined;

  override render(): VNode {
    const { slot } = this.props;
    const { element } = slot;
    const value = this.#typed ?? stringOf(heldIn(slot.state));
    const attributes = {
      class: 'control',
      id: slot.id,
      placeholder: textOf(element.placeholder) || undefined,
      autofocus: element.focus_on_load === true || undefined,
      autocomplete: 'off',
      ...slot.labelling,
      value,
      oninput: ({ currentTarget }: { readonly currentTarget: TextTarget }): void => {
        this.#typed = currentTarget.value;
        slot.hold(currentTarget.value === '' ? null : currentTarget.value);
        this.forceUpdate();
      },
      onkeydown: (event: KeyboardEvent & { readonly currentTarget: TextTarget }): void => {
        if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || element.multiline === true) return;
        event.preventDefault();
        slot.act(event.currentTarget.value);
      },
    };
    const most = typeof element.max_length === 'number' ? element.max_length : undefined;
    const counter =
      most !== undefined &&
      html`<span class=${classes('counter', value.length > most && 'is-over')} aria-hidden="true">
        ${value.length} / ${most}
      </span>`;
    const field =
      element.multiline === true
        ? html`<textarea ...${attributes} rows="4" />`
        : html`<input ...${attributes} type=${element.type === 'number_input' ? 'number' : 'text'} />`;
    return html`<div class="text-field">${field}${counter}</div>`;
  }
}

/** Asks the question an element carries; without one the answer is yes. Escape and a click outside mean no. */
function confirmed(question: unknown, reader: Reader): Promise<boolean> {
  if (question === undefined) return Promise.resolve(true);
  const { title, text, confirm, deny, style } = recordOf(question);
  return new Promise((resolve) => {
    const dialog = appended('dialog', document.body, {
      class: 'dialog dialog-small',
      'aria-labelledby': 'confirm-title',
    });
    const answer = (label: string, names: string, result: string): VNode => {
      const close = (): void => dialog.close(result);
      return html`<button class=${names} type="button" onclick=${close}>${label}</button>`;
    };
    const yesClass = `button button-${style === 'danger' ? 'danger' : 'primary'}`;
    render(
      html`<h2 class="dialog-title" id="confirm-title">${textOf(title)}</h2>
        <div class="dialog-text">${textObject(text, reader)}</div>
        <div class="dialog-buttons">
          ${answer(textOf(deny) || 'Cancel', 'button', '')}${answer(textOf(confirm) || 'Yes', yesClass, 'yes')}
        </div>`,
      dialog,
    );
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close(''));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    dialog.showModal();
  });
}
