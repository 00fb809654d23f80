import { describeProblem } from '../../blocks/validate-blocks.js';
import { validateView } from '../../blocks/validate-view.js';
import { isObject, type JsonObject } from '../../wire/json-object.js';
import { invalidArguments, SlackRefusal } from '../../wire/slack-refusal.js';

const VIEW_BYTES_MAX = 250_000;

/** Checks a view; throws `invalid_arguments` with a list of problems, or `view_too_large`. */
export function checkedView(view: unknown, kind: 'modal' | 'home'): JsonObject {
  if (!isObject(view)) throw invalidArguments('missing required field: view');
  if (Buffer.byteLength(JSON.stringify(view)) > VIEW_BYTES_MAX) throw new SlackRefusal('view_too_large');
  const problems = validateView(view, kind);
  if (problems.length > 0) {
    throw new SlackRefusal('invalid_arguments', {
      response_metadata: { messages: problems.map(describeProblem) },
    });
  }
  return view;
}
