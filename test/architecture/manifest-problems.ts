type Check = (value: unknown) => string | undefined;

/** Lists what Slack would refuse about an app's manifest, by the limits its documentation gives. */
export function manifestProblems(manifest: unknown): readonly string[] {
  return problemsIn(manifest, '');
}

/** Names that may stand in each group. */
const groups: Readonly<Record<string, readonly string[]>> = {
  '': ['_metadata', 'display_information', 'features', 'oauth_config', 'settings'],
  _metadata: ['major_version', 'minor_version'],
  display_information: ['name', 'description', 'long_description', 'background_color'],
  features: ['app_home', 'bot_user', 'shortcuts', 'slash_commands'],
  'features.app_home': ['home_tab_enabled', 'messages_tab_enabled', 'messages_tab_read_only_enabled'],
  'features.bot_user': ['display_name', 'always_online'],
  'features.slash_commands[]': ['command', 'description', 'usage_hint', 'url', 'should_escape'],
  oauth_config: ['redirect_urls', 'scopes'],
  'oauth_config.scopes': ['bot', 'bot_optional', 'user'],
  settings: [
    'event_subscriptions',
    'interactivity',
    'org_deploy_enabled',
    'socket_mode_enabled',
    'token_rotation_enabled',
  ],
  'settings.event_subscriptions': ['request_url', 'bot_events'],
  'settings.interactivity': ['is_enabled', 'request_url'],
};

const checks: Readonly<Record<string, Check>> = {
  '_metadata.major_version': (value) => (value === 2 ? undefined : 'not version 2'),
  'display_information.name': text(1, 35),
  'display_information.description': text(1, 140),
  'display_information.long_description': text(175, 4000),
  'display_information.background_color': (value) =>
    /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(String(value)) ? undefined : 'not a colour',
  'features.app_home.home_tab_enabled': flag,
  'features.app_home.messages_tab_enabled': flag,
  'features.app_home.messages_tab_read_only_enabled': flag,
  'features.bot_user.display_name': text(1, 80),
  'features.bot_user.always_online': flag,
  'features.slash_commands[].command': (value) =>
    /^\/\S{1,31}$/.test(String(value)) ? undefined : 'not a command',
  'features.slash_commands[].description': text(1, 2000),
  'features.slash_commands[].usage_hint': text(1, 1000),
  'features.slash_commands[].should_escape': flag,
  'features.slash_commands[].url': address,
  'oauth_config.scopes.bot': (value) =>
    Array.isArray(value) && value.length <= 255 && value.every((scope) => /^[a-z._:]+$/.test(scope))
      ? undefined
      : 'not a list of scopes',
  'settings.interactivity.is_enabled': flag,
  'settings.interactivity.request_url': address,
  'settings.org_deploy_enabled': flag,
  'settings.socket_mode_enabled': flag,
  'settings.token_rotation_enabled': flag,
};

function problemsIn(value: unknown, path: string): readonly string[] {
  const problem = checks[path]?.(value);
  const own = problem === undefined ? [] : [`${path}: ${problem}`];
  if (Array.isArray(value)) {
    return [...own, ...value.flatMap((entry) => problemsIn(entry, `${path}[]`))];
  }
  if (typeof value !== 'object' || value === null) return own;
  const names = groups[path] ?? [];
  const unknown = Object.keys(value).filter((name) => !names.includes(name));
  return [
    ...own,
    ...unknown.map((name) => `${path}: unknown ${name}`),
    ...Object.entries(value)
      .filter(([name]) => names.includes(name))
      .flatMap(([name, inside]) => problemsIn(inside, path === '' ? name : `${path}.${name}`)),
  ];
}

function text(shortest: number, longest: number): Check {
  return (value) => {
    if (typeof value !== 'string') return 'not a text';
    if (value.length < shortest) return `shorter than ${shortest}`;
    return value.length > longest ? `longer than ${longest}` : undefined;
  };
}

function flag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'neither true nor false';
}

function address(value: unknown): string | undefined {
  return typeof value === 'string' && /^https:\/\/\S+$/.test(value) ? undefined : 'not an https address';
}
