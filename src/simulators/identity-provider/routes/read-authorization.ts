import type { Client } from '../directory.js';
import type { World } from '../world.js';
import { knownScopes } from './discovery.js';

/** A request to sign somebody in that is in order. */
export interface Authorization {
  readonly client: Client;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly scope: readonly string[];
  readonly challenge: string;
  readonly nonce: string | undefined;
}

/** What the provider makes of a request to sign somebody in. */
export type ReadAuthorization =
  | { readonly kind: 'fine'; readonly authorization: Authorization }
  /** It may lead anywhere, so the browser is not sent back. */
  | { readonly kind: 'not-trusted'; readonly reason: string }
  | {
      readonly kind: 'wrong';
      readonly redirectUri: string;
      readonly state: string | undefined;
      readonly error: string;
      readonly description: string;
    };

/** Reads the parameters of an authorization request, in the order of trust: where back to, then what for. */
export function readAuthorization(world: World, parameters: URLSearchParams): ReadAuthorization {
  const client = world.directory.client(parameters.get('client_id') ?? '');
  if (client === undefined) return { kind: 'not-trusted', reason: 'This application is not known here.' };
  const redirectUri = parameters.get('redirect_uri') ?? '';
  if (!client.redirectUris?.includes(redirectUri)) {
    return { kind: 'not-trusted', reason: 'This application may not send people back to that address.' };
  }
  const state = parameters.get('state') ?? undefined;
  const fault = faultIn(parameters);
  if (fault !== undefined) return { kind: 'wrong', redirectUri, state, ...fault };
  const authorization: Authorization = {
    client,
    redirectUri,
    state,
    scope: scopesIn(parameters),
    challenge: parameters.get('code_challenge') ?? '',
    nonce: parameters.get('nonce') ?? undefined,
  };
  return { kind: 'fine', authorization };
}

function faultIn(parameters: URLSearchParams): { error: string; description: string } | undefined {
  const invalid = (description: string) => ({ error: 'invalid_request', description });
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length) return invalid('A parameter is given twice.');
  const responseType = parameters.get('response_type');
  if (responseType === null) return invalid('Missing parameter: response_type');
  if (responseType !== 'code') {
    return { error: 'unsupported_response_type', description: 'Only the response type code is supported.' };
  }
  if (!parameters.has('code_challenge')) return invalid('Missing parameter: code_challenge_method');
  // Without a method the challenge would be the verifier itself.
  if (parameters.get('code_challenge_method') !== 'S256') {
    return invalid('Invalid parameter: code challenge method is not S256');
  }
  if (!/^[\w-]{43}$/.test(parameters.get('code_challenge') ?? '')) {
    return invalid('Invalid parameter: code_challenge');
  }
  const unknown = scopesIn(parameters).find((scope) => !knownScopes.includes(scope));
  if (unknown === undefined) return undefined;
  return { error: 'invalid_scope', description: `Invalid scopes: ${unknown}` };
}

function scopesIn(parameters: URLSearchParams): readonly string[] {
  return (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
}
