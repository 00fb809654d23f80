import type { Log } from '../../../ports/log.js';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import type { WorkTasksServer } from '../settings.js';
import { errorFromFailure, errorFromResponse, type RequestInfo } from './errors.js';
import type { Policies } from './policies.js';
import { type Signing, sendSignedIn } from './send-signed-in.js';
import type { Transport } from './transport.js';

/** The calls of the API. */
export type CallName = keyof WorkTasksServer['paths'];

/** Query or body of a call, with keys spelt as AVEVA prints them. */
export type Sent = Readonly<Record<string, unknown>>;

/**
 * Speaks HTTP to one Work Tasks server, signed in.
 *
 * Answers are given whatever their status, because the API refuses with 500 as well as with 200; only those of
 * a server that is away (408, 429, 502 to 504), and of a read that is not signed in, are thrown as `BackendError`.
 */
export interface Client {
  /** Reads, and repeats that where it helps. */
  get(call: CallName, query: Readonly<Record<string, string>>): Promise<HttpResponse>;
  /** Writes once; twice only when the first was answered 401 and signing in anew worked. */
  post(call: CallName, body: Sent): Promise<HttpResponse>;
  /** Makes the error for an answer that the caller has no use for; `said` stands in for what the server said. */
  unexpected(response: HttpResponse, call: CallName, said?: string): Error;
}

/** Creates the client of one server, as one of its repositories. */
export function createClient(deps: {
  readonly system: string;
  readonly server: WorkTasksServer;
  readonly transport: Transport;
  readonly signing: Signing;
  readonly policies: Policies;
  readonly log: Log;
}): Client {
  const { system, server, transport, signing, policies, log } = deps;
  const requestOf = (call: CallName): RequestInfo => ({
    system,
    method: reads.has(call) ? 'GET' : 'POST',
    path: server.paths[call],
  });

  async function finish(request: RequestInfo, sending: Promise<HttpResponse>): Promise<HttpResponse> {
    try {
      const response = await sending;
      log.debug({ ...request, status: response.status }, 'Work Tasks answered');
      if (!awayStatuses.has(response.status)) return response;
      throw errorFromResponse(response, request, '');
    } catch (thrown) {
      throw errorFromFailure(thrown, request);
    }
  }

  const send = (request: RequestInfo, rest: { readonly query?: string; readonly body?: string }) =>
    sendSignedIn(
      { transport, ...signing },
      {
        method: request.method,
        url: `${server.baseUrl}/${request.path}${rest.query ?? ''}`,
        headers: { Accept: 'application/json', ...(rest.body === undefined ? {} : jsonType) },
        ...(rest.body === undefined ? {} : { body: rest.body }),
        deadline: AbortSignal.timeout(server.timeout),
      },
    );

  return {
    async get(call, query) {
      const request = requestOf(call);
      const response = await finish(
        request,
        policies.read(() => send(request, { query: queryText(query) })),
      );
      if (response.status === 401) throw errorFromResponse(response, request);
      return response;
    },
    async post(call, body) {
      const request = requestOf(call);
      return finish(
        request,
        policies.write(() => send(request, { body: JSON.stringify(body) })),
      );
    },
    unexpected: (response, call, said) => errorFromResponse(response, requestOf(call), said),
  };
}

const reads: ReadonlySet<CallName> = new Set(['status', 'lastInstance', 'activityOutput', 'variableValue']);

const awayStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

const jsonType = { 'Content-Type': 'application/json; charset=utf-8' };

/** Writes a query; names of activities and variables hold blanks, `^` and `#`. */
function queryText(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `?${pairs.join('&')}`;
}
