import { z } from 'zod';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import type { IssuedToken } from '../../../shared/http/token-source.js';
import { errorFromFailure } from '../http/errors.js';
import type { Policies } from '../http/policies.js';
import type { Transport } from '../http/transport.js';
import { fieldsOf } from '../wire/fields.js';
import { readBody } from '../wire/read-body.js';

/** What is asked of a token endpoint. */
export interface TokenForm {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Empty asks for none. */
  readonly scope: string;
}

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
}): (form: TokenForm) => Promise<IssuedToken> {
  const { system, transport, policies, timeoutMs } = deps;
  return async (form) => {
    const request = {
      method: 'POST' as const,
      url: form.tokenUrl,
      headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: formText(form),
    };
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

function formText({ clientId, clientSecret, scope }: TokenForm): string {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  if (scope !== '') form.set('scope', scope);
  return form.toString();
}

function issuedToken(response: HttpResponse, system: string): IssuedToken {
  const body = readBody(response);
  const value = body.kind === 'value' ? body.value : undefined;
  if (response.status < 200 || response.status >= 300) throw refusal(response.status, value, system);
  const parsed = tokenResponse.safeParse(value);
  if (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new ContractError('The token endpoint did not answer with a token', { system, paths });
  }
  return { token: parsed.data.access_token, lifetimeMs: parsed.data.expires_in * 1000 };
}

/** Makes the error of a provider that gives no token; only its short error word is repeated. */
function refusal(status: number, value: unknown, system: string): BackendError {
  const word = fieldsOf(value).get('error');
  const said = typeof word === 'string' && /^[a-z_]{1,40}$/.test(word) ? ` (${word})` : '';
  const isPassing = status === 429 || status >= 500;
  return new BackendError(`The token endpoint answered ${status}${said}`, {
    code: status === 429 ? 'throttled' : isPassing ? 'server-error' : 'sign-in',
    system,
    retryable: isPassing,
    applied: 'no',
  });
}
