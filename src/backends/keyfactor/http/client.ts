import type { PersonAccess } from '../../../ports/backend.js';
import type { Log } from '../../../ports/log.js';
import type { Credentials } from '../../../shared/http/credentials.js';
import { fixedToken } from '../auth/create-credentials.js';
import type { KeyfactorServer } from '../settings.js';
import { correlationIdOf, type HttpResponse } from './answer.js';
import { errorFromFailure, errorFromResponse, type RequestInfo } from './errors.js';
import type { Policies } from './policies.js';
import { sendSignedIn } from './send-signed-in.js';
import { baseUrlOf } from './server-address.js';
import type { Transport } from './transport.js';

/** Query of a request; undefined values are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** In whose name a request is sent; the bot's own without. A person's token is never renewed here. */
export interface Caller {
  readonly as?: PersonAccess | undefined;
}

/** Speaks HTTP to one Command server, signed in. */
export interface Client {
  /**
   * Reads, and repeats that where it helps.
   *
   * Gives answers up to 4xx, save 401 and 429; throws `BackendError` for everything else.
   */
  get(
    path: string,
    options: Caller & { readonly version: string; readonly query?: Query },
  ): Promise<HttpResponse>;
  /**
   * Writes once; twice only when the first was answered 401, which changes nothing, and signing in anew worked.
   *
   * Gives answers up to 4xx, save 429; throws `BackendError` for everything else.
   */
  post(
    path: string,
    options: Caller & {
      readonly version: string;
      readonly query?: Query;
      readonly body?: unknown;
      readonly deadline: AbortSignal;
    },
  ): Promise<HttpResponse>;
  /** Makes the error for an answer that the caller has no use for. */
  unexpected(response: HttpResponse, method: 'GET' | 'POST', path: string): Error;
}

/** Creates the client of one server. */
export function createClient(deps: {
  readonly server: KeyfactorServer;
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly policies: Policies;
  readonly log: Log;
}): Client {
  const { server, policies, log } = deps;
  const system = server.name;
  const base = baseUrlOf(server);

  function signedInAs(as: PersonAccess | undefined) {
    const { transport, credentials } = deps;
    return { transport, credentials: as === undefined ? credentials : fixedToken(as.accessToken) };
  }

  async function finish(request: RequestInfo, sending: Promise<HttpResponse>): Promise<HttpResponse> {
    try {
      const response = await sending;
      const correlationId = correlationIdOf(response);
      log.debug({ ...request, status: response.status, correlationId }, 'Keyfactor answered');
      return response;
    } catch (thrown) {
      throw errorFromFailure(thrown, request);
    }
  }

  return {
    async get(path, { version, query = {}, as }) {
      const request: RequestInfo = { system, method: 'GET', path };
      const send = () =>
        sendSignedIn(signedInAs(as), {
          method: 'GET',
          url: `${base}${path}${queryText(query)}`,
          headers: headersFor(version),
          deadline: AbortSignal.timeout(server.timeout),
        });
      const response = await finish(request, policies.read(send));
      if (response.status === 401 || response.status === 429 || response.status >= 500) {
        throw errorFromResponse(response, request);
      }
      return response;
    },
    async post(path, { version, query = {}, body, deadline, as }) {
      const request: RequestInfo = { system, method: 'POST', path };
      const send = () =>
        sendSignedIn(signedInAs(as), {
          method: 'POST',
          url: `${base}${path}${queryText(query)}`,
          // Without a type of its own an empty body would be sent off as a form.
          headers: { ...headersFor(version), 'Content-Type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          deadline,
        });
      const response = await finish(request, policies.write(send));
      if (response.status === 429 || response.status >= 500) throw errorFromResponse(response, request);
      return response;
    },
    unexpected: (response, method, path) => errorFromResponse(response, { system, method, path }),
  };
}

function headersFor(version: string): Readonly<Record<string, string>> {
  return {
    Accept: 'application/json',
    'x-keyfactor-requested-with': 'APIClient',
    'x-keyfactor-api-version': version,
  };
}

/** Writes a query; a space becomes `%20`, because not every front end reads `+` as one. */
function queryText(query: Query): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
