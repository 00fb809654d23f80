import type { ElementState } from './element-state.js';

/** What people entered in open modals and did not send yet. */
export interface Drafts {
  read(viewId: string, blockId: string, actionId: string): ElementState | undefined;
  write(viewId: string, entry: { blockId: string; actionId: string; state: ElementState }): void;
  /** Forgets every view but these. */
  keepOnly(viewIds: readonly string[]): void;
}

/**
 * Creates an empty memory of modal inputs.
 *
 * Entries are found by block and action id, as in Slack: a view that the app replaces keeps the typed text
 * of every input whose two ids stayed the same.
 */
export function createDrafts(): Drafts {
  const views = new Map<string, Map<string, ElementState>>();
  return {
    read: (viewId, blockId, actionId) => views.get(viewId)?.get(JSON.stringify([blockId, actionId])),
    write(viewId, { blockId, actionId, state }) {
      const entries = views.get(viewId) ?? new Map<string, ElementState>();
      views.set(viewId, entries.set(JSON.stringify([blockId, actionId]), state));
    },
    keepOnly(viewIds) {
      for (const id of [...views.keys()]) if (!viewIds.includes(id)) views.delete(id);
    },
  };
}
