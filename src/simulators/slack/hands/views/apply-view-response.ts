import { checkedView } from '../../api/content/view-content.js';
import type { ShownView } from '../../state/views.js';
import { isObject, type JsonObject, objectsAt } from '../../wire/json-object.js';
import { SlackRefusal } from '../../wire/slack-refusal.js';
import type { World } from '../../world.js';
import type { Submission } from './submission.js';

type Applied = Pick<Submission, 'result' | 'errors'>;

/**
 * Does to the screen what the app answered to a submitted modal: nothing closes it, `errors` keeps it open,
 * `update`, `push` and `clear` change the stack. An answer Slack cannot use keeps it open with a warning.
 */
export function applyViewResponse(world: World, shown: ShownView, body: unknown): Applied {
  if (!isObject(body) || body.response_action === undefined) {
    world.views.close(shown.id);
    return { result: 'closed', errors: {} };
  }
  try {
    return applyAction(world, shown, body);
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    return fail(world, shown, error.code);
  }
}

function applyAction(world: World, shown: ShownView, body: JsonObject): Applied {
  switch (body.response_action) {
    case 'errors':
      return showErrors(world, shown, body.errors);
    case 'update':
      world.views.update(shown.id, checkedView(body.view, 'modal'), undefined);
      return { result: 'updated', errors: {} };
    case 'push':
      world.views.push(shown.owner, checkedView(body.view, 'modal'));
      return { result: 'pushed', errors: {} };
    case 'clear':
      world.views.clear(shown.owner);
      return { result: 'cleared', errors: {} };
    default:
      return fail(world, shown, 'unknown response_action');
  }
}

/** Slack shows errors only at input blocks of this very view; anything else it rejects. */
function showErrors(world: World, shown: ShownView, errors: unknown): Applied {
  const inputs = objectsAt(shown.view, 'blocks')
    .filter((block) => block.type === 'input')
    .map((block) => block.block_id);
  const entries = isObject(errors) ? Object.entries(errors) : [];
  const isUsable = entries.length > 0 && entries.every(([id, text]) => inputs.includes(id) && isSaid(text));
  if (!isUsable) return fail(world, shown, 'errors for blocks that are not inputs of this view');
  const texts = Object.fromEntries(entries.map(([id, text]) => [id, String(text)]));
  world.views.change(shown.id, { errors: texts });
  return { result: 'errors', errors: texts };
}

function isSaid(text: unknown): boolean {
  return typeof text === 'string' && text !== '';
}

function fail(world: World, shown: ShownView, why: string): Applied {
  world.views.change(shown.id, { warning: `We had some trouble connecting. Try again? (${why})` });
  return { result: 'failed', errors: {} };
}
