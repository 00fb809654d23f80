import type { BlockScope } from '../blocks/scope.js';
import type { OpenView } from '../protocol.js';
import type { Session } from '../session/session.js';
import { createDrafts } from './drafts.js';
import type { Values } from './view-values.js';
import { findProblems, readValues } from './view-values.js';

/** What people entered in their open modals, and what is wrong with it. */
export interface ViewForms {
  scopeOf(view: OpenView): BlockScope;
  /** Answers what to submit; undefined when something is missing, which is then shown beside its field. */
  valuesToSubmit(view: OpenView): Values | undefined;
  /** Forgets every view but these. */
  keepOnly(views: readonly OpenView[]): void;
}

/** Creates the forms of one session, all of them untouched. */
export function createViewForms(session: Session): ViewForms {
  const drafts = createDrafts();
  const problems = new Map<string, Readonly<Record<string, string>>>();
  const valuesOf = ({ id, view }: OpenView): Values =>
    readValues(view, (blockId, actionId) => drafts.read(id, blockId, actionId));
  return {
    scopeOf: (view) => ({
      ...session.blockContext(),
      key: view.id,
      errors: { ...view.errors, ...problems.get(view.id) },
      isBusy: () => false,
      typed: (blockId, actionId) => drafts.read(view.id, blockId, actionId),
      remember: (entry) => drafts.write(view.id, entry),
      click: (click) =>
        void session.post('press-in-view', { viewId: view.id, ...click, values: valuesOf(view) }),
    }),
    valuesToSubmit(view) {
      const values = valuesOf(view);
      const found = findProblems(view.view, values);
      problems.set(view.id, found);
      return Object.keys(found).length === 0 ? values : undefined;
    },
    keepOnly(views) {
      const ids = views.map(({ id }) => id);
      drafts.keepOnly(ids);
      for (const id of [...problems.keys()]) if (!ids.includes(id)) problems.delete(id);
    },
  };
}
