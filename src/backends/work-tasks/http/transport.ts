import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios from 'axios';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import { transportFailureFrom } from '../../../shared/http/transport-failure.js';

/** One request, complete. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request, answered or not. */
  readonly deadline: AbortSignal;
}

/** Sends one request and gives whatever answer comes; throws `TransportFailure` when none does. */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

const responseLimitBytes = 8 * 1024 * 1024;

/**
 * Creates a transport that trusts the given certificate authorities.
 *
 * Redirects are never followed: they lead to a sign-in page, and would carry the token along. Connections are
 * not kept, so that a write never meets one that the server is just closing.
 */
export function createTransport(options: { readonly ca?: readonly string[] | undefined }): Transport {
  const agents = {
    httpAgent: new HttpAgent(),
    httpsAgent: new HttpsAgent(options.ca === undefined ? {} : { ca: [...options.ca] }),
  };
  return async ({ method, url, headers, body, deadline }) => {
    try {
      const response = await axios.request<unknown>({
        method,
        url,
        headers: { ...headers },
        ...(body === undefined ? {} : { data: body }),
        ...agents,
        signal: deadline,
        responseType: 'text',
        transformRequest: [(data: unknown) => data],
        transformResponse: [(data: unknown) => data],
        validateStatus: () => true,
        maxRedirects: 0,
        maxContentLength: responseLimitBytes,
      });
      const { status, data } = response;
      return { status, headers: plainHeaders(response.headers), body: typeof data === 'string' ? data : '' };
    } catch (thrown) {
      throw transportFailureFrom(thrown, deadline.aborted);
    }
  };
}

function plainHeaders(headers: object): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return Object.fromEntries(texts);
}
