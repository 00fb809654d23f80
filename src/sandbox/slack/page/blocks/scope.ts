import type { Json } from '../draw/json.js';
import { stringOf } from '../draw/json.js';
import { confirmed } from '../elements/confirm.js';
import type { ElementState } from '../modal/element-state.js';
import { initialState } from '../modal/element-state.js';
import type { Member, ShownConversation } from '../protocol.js';
import type { Reader } from '../text/text-nodes.js';

/** A press as the page reports it; where it happened is added by whoever drew the blocks. */
interface ButtonClick {
  readonly blockId: string;
  readonly actionId: string;
  readonly value?: string;
}

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
  isBusy(actionId: string): boolean;
  click(click: ButtonClick): void;
  typed(blockId: string, actionId: string): ElementState | undefined;
  remember(entry: { blockId: string; actionId: string; state: ElementState }): void;
}

/** A block with its id, and what surrounds it. */
export interface BlockPlace {
  readonly block: Json;
  readonly blockId: string;
  readonly scope: BlockScope;
}

/** One interactive element in its place. */
export interface Slot {
  readonly element: Json;
  readonly scope: BlockScope;
  /** Element id in the document, also the key by which focus is kept. */
  readonly id: string;
  readonly state: ElementState | undefined;
  readonly isBusy: boolean;
  /** Attributes that tie a control to its label and error. */
  readonly labelling: Readonly<Record<string, string>>;
  remember(state: ElementState): void;
  /** Reports a press, after the app's own question when it asks one. */
  act(value?: string): void;
}

interface Place {
  readonly scope: BlockScope;
  readonly blockId: string;
  readonly element: Json;
  readonly labelling?: Readonly<Record<string, string>>;
  /** False for an input that the app reads only on submission. */
  readonly isDispatching: boolean;
}

/** Describes an element in its place, for the function that draws it. */
export function slotAt({ scope, blockId, element, labelling, isDispatching }: Place): Slot {
  const actionId = stringOf(element.action_id);
  const click = (value?: string): void => {
    scope.click({ blockId, actionId, ...(value === undefined ? {} : { value }) });
  };
  return {
    element,
    scope,
    id: `${scope.key}/${blockId}/${actionId}`,
    state: scope.typed(blockId, actionId) ?? initialState(element),
    isBusy: scope.isBusy(actionId),
    labelling: labelling ?? {},
    remember: (state) => scope.remember({ blockId, actionId, state }),
    act(value) {
      if (!isDispatching) return;
      void confirmed(element.confirm, scope.reader).then((isConfirmed) => isConfirmed && click(value));
    },
  };
}
