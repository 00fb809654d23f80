import type { KeyfactorSecrets } from '../../backends/keyfactor/settings.js';
import type { Problem } from '../config-error.js';
import { looksSecret } from '../problems/describe-found.js';
import { entriesOf, type RawGroup, valueAt } from '../raw.js';
import type { Environment } from './environment.js';
import { readPersonSecret } from './person-secret.js';
import { type Checked, nothing, readNeeded } from './read-needed.js';
import { serverPrefix, serverSecrets, slackVariables } from './variables.js';

/** What Slack gives out, as far as the mode needs it. */
export interface SlackSecrets {
  readonly botToken: string;
  readonly appToken?: string;
  readonly signingSecret?: string;
  readonly apiUrl?: string;
}

/** Reads Slack's secrets; what the mode does not need is not read. */
export function readSlackSecrets(raw: RawGroup, environment: Environment): Checked<SlackSecrets> {
  const mode = valueAt(raw, ['slack', 'mode']) ?? 'socket';
  const { botToken, appToken, signingSecret, apiUrl } = slackVariables;
  const bot = readNeeded(botToken, environment, 'xoxb-');
  const app = mode === 'socket' ? readNeeded(appToken, environment, 'xapp-') : nothing;
  const signing = mode === 'http' ? readNeeded(signingSecret, environment) : nothing;
  const api = environment.read(apiUrl.name);
  return {
    value: {
      botToken: bot.value ?? '',
      ...(app.value === undefined ? {} : { appToken: app.value }),
      ...(signing.value === undefined ? {} : { signingSecret: signing.value }),
      ...(api === undefined ? {} : { apiUrl: api }),
    },
    problems: [...bot.problems, ...app.problems, ...signing.problems, ...checkApiUrl(api)],
  };
}

/** Reads, for each configured server, exactly the secrets its ways of signing in need. */
export function readServerSecrets(
  raw: RawGroup,
  environment: Environment,
): Checked<readonly KeyfactorSecrets[]> {
  const servers = entriesOf(raw.keyfactor);
  const readings = servers.map((server) => {
    const own = readOwnSecret(server, servers.length, environment);
    const { value, problems } = readPersonSecret(server, environment);
    const person = value === undefined ? {} : { personClientSecret: value };
    return { value: { ...own.value, ...person }, problems: [...own.problems, ...problems] };
  });
  return {
    value: readings.map(({ value }) => value),
    problems: readings.flatMap(({ problems }) => problems),
  };
}

/** Reads what the bot's own account proves itself with. */
function readOwnSecret(
  server: unknown,
  serverCount: number,
  environment: Environment,
): Checked<KeyfactorSecrets> {
  const kind = valueAt(server, ['auth', 'kind']);
  const needed = serverSecrets.find((secret) => secret.kind === kind);
  if (!needed) return { value: {}, problems: [] };
  const prefix = serverPrefix(String(valueAt(server, ['name']) ?? ''), serverCount);
  const { value, problems } = readNeeded({ ...needed, name: prefix + needed.name }, environment);
  return { value: value === undefined ? {} : { [needed.secret]: value }, problems };
}

function checkApiUrl(url: string | undefined): readonly Problem[] {
  if (url === undefined || isSafeAddress(url)) return [];
  const { name, example } = slackVariables.apiUrl;
  const found = looksSecret(url) ? 'an address with a password in it' : JSON.stringify(url);
  return [
    {
      path: name,
      expected: 'an https address (http only for this very machine)',
      found,
      example: `${name}=${example}`,
    },
  ];
}

function isSafeAddress(url: string): boolean {
  if (!URL.canParse(url) || looksSecret(url)) return false;
  const { protocol, hostname } = new URL(url);
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}
