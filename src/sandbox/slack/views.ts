import {
  type ApiMethod,
  type ApiMethods,
  invalidArguments,
  isObject,
  type JsonObject,
  jsonArgument,
  requiredText,
  SlackRefusal,
  textArgument,
} from './api-method.js';
import { slackView } from './payloads.js';
import type { ShownView } from './state.js';
import { describeProblem, validateView } from './validate.js';
import type { World } from './world.js';

/** The `views.*` methods. */
export function viewMethods(world: World): ApiMethods {
  const method = (run: (args: JsonObject) => ShownView): ApiMethod => ({
    token: 'bot',
    run: (args) => ({ view: slackView(world, run(args)) }),
  });
  return {
    'views.open': method((args) => open(world, args)),
    'views.push': method((args) => push(world, args)),
    'views.update': method((args) => update(world, args)),
    'views.publish': method((args) => publish(world, args)),
  };
}

function open(world: World, args: JsonObject): ShownView {
  const triggerId = requiredText(args, 'trigger_id');
  const view = modalOf(args);
  const { member } = world.triggers.exchange(triggerId);
  return world.views.open(member, view);
}

function push(world: World, args: JsonObject): ShownView {
  const triggerId = requiredText(args, 'trigger_id');
  const view = modalOf(args);
  const { member, viewId } = world.triggers.exchange(triggerId);
  // Only a press or a submission inside an open modal gives a trigger to push with.
  if (viewId === undefined || world.views.find(viewId) === undefined) {
    throw new SlackRefusal('invalid_trigger_id');
  }
  return world.views.push(member, view);
}

function update(world: World, args: JsonObject): ShownView {
  const externalId = textArgument(args, 'external_id');
  const shown =
    externalId === undefined
      ? world.views.find(requiredText(args, 'view_id'))
      : world.views.findByExternalId(externalId);
  const kind = shown?.view.type === 'home' ? 'home' : 'modal';
  const view = checkedView(jsonArgument(args, 'view', 'invalid_arguments'), kind);
  if (shown === undefined) throw new SlackRefusal('not_found');
  return world.views.update(shown.id, view, textArgument(args, 'hash'));
}

function publish(world: World, args: JsonObject): ShownView {
  const userId = requiredText(args, 'user_id');
  const view = checkedView(jsonArgument(args, 'view', 'invalid_arguments'), 'home');
  if (world.directory.find(userId) === undefined) throw new SlackRefusal('user_not_found');
  return world.views.publish(userId, view, textArgument(args, 'hash'));
}

function modalOf(args: JsonObject): JsonObject {
  return checkedView(jsonArgument(args, 'view', 'invalid_arguments'), 'modal');
}

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
