import type { Problem } from '../config/problems.js';
import type { Settings } from '../config.js';

/**
 * Finds tokens that are about to be shown to the wrong host.
 *
 * Tokens of `countersign sandbox` belong to this machine, always; any other belongs elsewhere, unless the operator
 * says that what listens here, a proxy for instance, is meant.
 */
export function addressProblems(settings: Settings, isLoopbackAllowed: boolean): readonly Problem[] {
  const { botToken, appToken, apiUrl = 'https://slack.com/api/' } = settings.slack;
  const places: readonly Place[] = [
    { path: 'SLACK_API_URL', addresses: [apiUrl], secrets: textsIn({ botToken, appToken }, everything) },
    ...settings.servers.map(({ kind, server, secrets }) => ({
      path: `${kind.key} ${server.name}`,
      addresses: textsIn(server, /^(hostname|baseUrl|tokenUrl|issuer)$/),
      secrets: textsIn(secrets, everything),
    })),
  ];
  return places.flatMap((place) => problemsOf(place, isLoopbackAllowed));
}

/** Where secrets are sent, and which. */
interface Place {
  readonly path: string;
  readonly addresses: readonly string[];
  readonly secrets: readonly string[];
}

function problemsOf({ path, addresses, secrets }: Place, isLoopbackAllowed: boolean): readonly Problem[] {
  const far = addresses.find((address) => !isLoopback(address));
  const near = addresses.find(isLoopback);
  if (far !== undefined && secrets.some(isOfSandbox)) {
    const expected = `secrets of its own for ${far}; those of countersign sandbox are for this machine only`;
    return [{ path, expected, found: 'a secret of countersign sandbox' }];
  }
  if (near !== undefined && !isLoopbackAllowed && secrets.some((secret) => !isOfSandbox(secret))) {
    const expected = 'an address on another machine, or the secrets of countersign sandbox';
    const found = `${near}, to which a real secret would be sent`;
    return [{ path, expected, found, example: 'countersign start --allow-loopback, where a proxy is meant' }];
  }
  return [];
}

function isOfSandbox(secret: string): boolean {
  return /^(sandbox|xoxb-sandbox|xapp-sandbox)-/.test(secret);
}

/** Takes an address, or a bare host with or without a port. */
function isLoopback(address: string): boolean {
  const url = /^https?:\/\//i.test(address) ? address : `https://${address}`;
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])\.?$/.test(host);
}

const everything = /^/;

/** Lists the texts under names that fit, at any depth. */
function textsIn(value: unknown, name: RegExp): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? (name.test(key) ? [inner] : []) : textsIn(inner, name),
  );
}
