import {
  type ApiMethods,
  invalidArguments,
  isObject,
  type JsonObject,
  jsonArgument,
  SlackRefusal,
  textArgument,
} from './api-method.js';
import { describeProblem, validateBlocks, validateView } from './validate.js';
import type { World } from './world.js';

/** The methods about the app, its team and its connection. */
export function appMethods(world: World, openSocketUrl: () => string): ApiMethods {
  const { app, team, grid } = world.settings;
  return {
    'api.test': { token: 'none', run: apiTest },
    'auth.test': {
      token: 'bot',
      run: () => ({
        url: `https://${team.domain}.slack.com/`,
        team: team.name,
        user: app.appName.toLowerCase(),
        team_id: grid?.isOrgWide ? grid.id : team.id,
        user_id: app.botUserId,
        bot_id: app.botId,
        ...(grid ? { enterprise_id: grid.id } : {}),
        is_enterprise_install: grid?.isOrgWide === true,
      }),
    },
    'team.info': {
      token: 'bot',
      scopes: ['team:read'],
      run: () => ({ team: { id: team.id, name: team.name, domain: team.domain, email_domain: '' } }),
    },
    'apps.connections.open': {
      token: 'app',
      run: () => ({ url: openSocketUrl() }),
    },
    'oauth.v2.access': { token: 'none', run: (args) => world.tokens.refresh(args) },
    'blocks.validate': { token: 'none', run: validate },
  };
}

function apiTest(args: JsonObject): JsonObject {
  const error = textArgument(args, 'error');
  if (error !== undefined) throw new SlackRefusal(error, { args });
  return { args };
}

function validate(args: JsonObject): JsonObject {
  const message = jsonArgument(args, 'message', 'invalid_arguments');
  const view = jsonArgument(args, 'view', 'invalid_arguments');
  const blocks = isObject(message) ? message.blocks : jsonArgument(args, 'blocks', 'invalid_arguments');
  if (view === undefined && blocks === undefined) throw invalidArguments('missing required field: blocks');
  const problems =
    view === undefined
      ? validateBlocks(blocks, 'message')
      : validateView(view, isObject(view) && view.type === 'home' ? 'home' : 'modal');
  if (problems.length === 0) return {};
  const messages = problems.map(describeProblem);
  throw new SlackRefusal('invalid_blocks', { errors: messages, response_metadata: { messages } });
}
