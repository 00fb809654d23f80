import { type ApiMethods, type JsonObject, pageThrough, requiredText, SlackRefusal } from './api-method.js';
import { slackUser } from './payloads.js';
import type { World } from './world.js';

/** The `users.*` and `usergroups.*` methods. */
export function userMethods(world: World): ApiMethods {
  return {
    'users.info': { token: 'bot', scopes: ['users:read'], run: (args) => info(world, args) },
    'users.list': { token: 'bot', scopes: ['users:read'], run: (args) => list(world, args) },
    'users.lookupByEmail': {
      token: 'bot',
      scopes: ['users:read.email'],
      run: (args) => lookupByEmail(world, args),
    },
    'usergroups.list': { token: 'bot', scopes: ['usergroups:read'], run: () => groups(world) },
    'usergroups.users.list': {
      token: 'bot',
      scopes: ['usergroups:read'],
      run: (args) => groupMembers(world, args),
    },
  };
}

function info(world: World, args: JsonObject): JsonObject {
  const member = world.directory.find(requiredText(args, 'user'));
  if (member === undefined) throw new SlackRefusal('user_not_found');
  return { user: slackUser(world, member) };
}

function list(world: World, args: JsonObject): JsonObject {
  const page = pageThrough(world.directory.all(), args);
  return {
    members: page.items.map((member) => slackUser(world, member)),
    cache_ts: Math.floor(world.now() / 1000),
    ...page.metadata,
  };
}

/** Finds only active members of this workspace who confirmed the address. */
function lookupByEmail(world: World, args: JsonObject): JsonObject {
  const email = requiredText(args, 'email').toLowerCase();
  const member = world.directory
    .all()
    .find(
      (one) =>
        one.email.toLowerCase() === email &&
        one.isEmailConfirmed &&
        !one.isDeactivated &&
        !one.isBot &&
        !one.isStranger,
    );
  if (member === undefined) throw new SlackRefusal('users_not_found');
  return { user: slackUser(world, member) };
}

function groups(world: World): JsonObject {
  return {
    usergroups: world.directory.groups().map((group) => ({
      id: group.id,
      team_id: world.settings.team.id,
      is_usergroup: true,
      name: group.name,
      handle: group.handle,
      date_delete: 0,
      user_count: group.members.length,
    })),
  };
}

function groupMembers(world: World, args: JsonObject): JsonObject {
  const id = requiredText(args, 'usergroup');
  const group = world.directory.groups().find((one) => one.id === id);
  if (group === undefined) throw new SlackRefusal('no_such_subteam');
  const active = group.members.filter((member) => world.directory.find(member)?.isDeactivated === false);
  return { users: active };
}
