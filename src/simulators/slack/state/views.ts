import { initialState, keepState, type StateValues } from '../blocks/element-state.js';
import { fillIds } from '../blocks/fill-ids.js';
import { type JsonObject, objectsAt, textAt } from '../wire/json-object.js';
import { SlackRefusal } from '../wire/slack-refusal.js';
import type { Changes } from './changes.js';
import type { Ids } from './ids.js';

const STACK_LIMIT = 3;

/** A modal or a Home tab on one member's screen. */
export interface ShownView {
  readonly id: string;
  readonly owner: string;
  /** The view as the app sent it, with block and action ids filled in. */
  readonly view: JsonObject;
  readonly hash: string;
  readonly rootId: string;
  readonly previousId: string | null;
  readonly state: StateValues;
  readonly errors: Readonly<Record<string, string>>;
  readonly isSubmitting: boolean;
  readonly warning: string | undefined;
}

/** The views of every member: a stack of modals and a Home tab each. */
export interface Views {
  /** Starts a new stack with this modal. */
  open(owner: string, view: JsonObject): ShownView;
  /** Puts a modal on top of the stack; throws `push_limit_reached` when it would be the fourth. */
  push(owner: string, view: JsonObject): ShownView;
  /** Replaces the content of a view; throws `not_found` or, when the hash is an old one, `hash_conflict`. */
  update(id: string, view: JsonObject, hash: string | undefined): ShownView;
  publish(owner: string, view: JsonObject, hash: string | undefined): ShownView;
  stack(owner: string): readonly ShownView[];
  home(owner: string): ShownView | undefined;
  find(id: string): ShownView | undefined;
  findByExternalId(externalId: string): ShownView | undefined;
  /** Changes what is on the screen without the app's doing. */
  change(id: string, fields: Partial<Pick<ShownView, 'state' | 'errors' | 'isSubmitting' | 'warning'>>): void;
  /** Takes the view and all above it off the screen. */
  close(id: string): void;
  clear(owner: string): void;
}

/** Creates screens without any view. */
export function createViews(options: { readonly ids: Ids; readonly changes: Changes }): Views {
  const { ids, changes } = options;
  const shown = new Map<string, ShownView>();
  const stackOf = (owner: string) =>
    [...shown.values()].filter((one) => one.owner === owner && one.view.type !== 'home');
  const homeOf = (owner: string) =>
    [...shown.values()].find((one) => one.owner === owner && one.view.type === 'home');
  const keep = (view: ShownView) => {
    shown.set(view.id, view);
    changes.emit({ kind: 'views', member: view.owner });
    return view;
  };
  const add = (owner: string, view: JsonObject, below: ShownView | undefined) => {
    refuseDoubleExternalId([...shown.values()], view, undefined);
    const id = ids.next('V');
    const links = { rootId: below?.rootId ?? id, previousId: below?.id ?? null };
    return keep({ id, owner, ...links, ...freshContent(view, ids) });
  };
  const close = (id: string) => {
    const view = shown.get(id);
    if (view === undefined) return;
    const stack = stackOf(view.owner);
    for (const one of stack.slice(stack.findIndex(({ id: other }) => other === id))) shown.delete(one.id);
    changes.emit({ kind: 'views', member: view.owner });
  };
  const clear = (owner: string) => {
    const [root] = stackOf(owner);
    if (root !== undefined) close(root.id);
  };
  const update = (id: string, view: JsonObject, hash: string | undefined) => {
    const before = shown.get(id);
    if (before === undefined) throw new SlackRefusal('not_found');
    if (hash !== undefined && hash !== before.hash) throw new SlackRefusal('hash_conflict');
    refuseDoubleExternalId([...shown.values()], view, id);
    const content = freshContent(view, ids);
    return keep({ ...before, ...content, state: keepState(content.state, before.state) });
  };
  return {
    open(owner, view) {
      clear(owner);
      return add(owner, view, undefined);
    },
    push(owner, view) {
      const stack = stackOf(owner);
      if (stack.length >= STACK_LIMIT) throw new SlackRefusal('push_limit_reached');
      return add(owner, view, stack.at(-1));
    },
    update,
    publish(owner, view, hash) {
      const home = homeOf(owner);
      return home === undefined ? add(owner, view, undefined) : update(home.id, view, hash);
    },
    stack: stackOf,
    home: homeOf,
    find: (id) => shown.get(id),
    findByExternalId: (externalId) => [...shown.values()].find((one) => one.view.external_id === externalId),
    change(id, fields) {
      const before = shown.get(id);
      if (before !== undefined) keep({ ...before, ...fields });
    },
    close,
    clear,
  };
}

function freshContent(view: JsonObject, ids: Ids) {
  const blocks = fillIds(objectsAt(view, 'blocks'), () => ids.secret().slice(0, 5));
  return {
    view: { ...view, blocks },
    hash: `${ids.nextTs().slice(0, 10)}.${ids.secret().slice(0, 8)}`,
    state: initialState(blocks),
    errors: {},
    isSubmitting: false,
    warning: undefined,
  };
}

function refuseDoubleExternalId(
  shown: readonly ShownView[],
  view: JsonObject,
  self: string | undefined,
): void {
  const externalId = textAt(view, 'external_id') ?? '';
  if (externalId === '') return;
  if (shown.some((one) => one.id !== self && one.view.external_id === externalId)) {
    throw new SlackRefusal('duplicate_external_id');
  }
}
