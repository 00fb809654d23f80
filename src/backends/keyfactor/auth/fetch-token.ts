import { z } from 'zod';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { IssuedToken } from '../../../shared/http/token-source.js';
import { type HttpResponse, isSuccess, parsedObject } from '../http/answer.js';
import { errorFromFailure } from '../http/errors.js';
import type { Policies } from '../http/policies.js';
import type { Transport } from '../http/transport.js';
import { basicHeader } from './basic-header.js';
import type { OAuthSettings } from './settings.js';

/** Assumed when the provider does not say how long a token lives. */
const assumedLifetimeS = 300;

const tokenResponse = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(assumedLifetimeS),
});

/** Creates the function that gets a token from the identity provider by client credentials. */
export function createFetchToken(deps: {
  readonly system: string;
  readonly transport: Transport;
  readonly policies: Policies;
  readonly timeoutMs: number;
}): (auth: OAuthSettings, clientSecret: string) => Promise<IssuedToken> {
  const { system, transport, policies, timeoutMs } = deps;
  return async (auth, clientSecret) => {
    const request = tokenRequest(auth, clientSecret);
    const send = () => transport({ ...request, deadline: AbortSignal.timeout(timeoutMs) });
    return issuedToken(await askProvider(() => policies.read(send), system), system);
  };
}

/** Asks; a failure is told as one of a read, since a lost token changes nothing. */
async function askProvider(ask: () => Promise<HttpResponse>, system: string): Promise<HttpResponse> {
  try {
    return await ask();
  } catch (thrown) {
    throw errorFromFailure(thrown, { system, method: 'GET', path: 'token endpoint' });
  }
}

function tokenRequest(auth: OAuthSettings, clientSecret: string) {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (auth.scopes.length > 0) form.set('scope', auth.scopes.join(' '));
  if (auth.audience !== undefined) form.set('audience', auth.audience);
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Content-Type': 'application/x-www-form-urlencoded',
  };
  if (auth.clientAuth === 'basic') {
    headers.Authorization = basicHeader(encodeURIComponent(auth.clientId), encodeURIComponent(clientSecret));
  } else {
    form.set('client_id', auth.clientId);
    form.set('client_secret', clientSecret);
  }
  return { method: 'POST' as const, url: auth.tokenUrl, headers, body: form.toString() };
}

function issuedToken(response: HttpResponse, system: string): IssuedToken {
  if (!isSuccess(response)) throw refusal(response, system);
  const parsed = tokenResponse.safeParse(parsedObject(response));
  if (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new ContractError('The token endpoint did not answer with a token', { system, paths });
  }
  return { token: parsed.data.access_token, lifetimeMs: parsed.data.expires_in * 1000 };
}

/** Makes the error of a provider that gives no token; only its short error word is repeated. */
function refusal(response: HttpResponse, system: string): BackendError {
  const word = parsedObject(response)?.error;
  const said = typeof word === 'string' && /^[a-z_]{1,40}$/.test(word) ? ` (${word})` : '';
  const isPassing = response.status === 429 || response.status >= 500;
  return new BackendError(`The token endpoint answered ${response.status}${said}`, {
    code: response.status === 429 ? 'throttled' : isPassing ? 'server-error' : 'sign-in',
    system,
    retryable: isPassing,
    applied: 'no',
  });
}
