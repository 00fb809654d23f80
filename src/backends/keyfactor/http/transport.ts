import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios from 'axios';
import { transportFailureFrom } from '../../../shared/http/transport-failure.js';
import type { HttpResponse } from './answer.js';

/** One request, complete. */
interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request, answered or not. */
  readonly deadline: AbortSignal;
}

/** Sends one request and gives whatever answer comes; throws `TransportFailure` when none does. */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

const responseLimitBytes = 32 * 1024 * 1024;

/**
 * Creates a transport that trusts the given certificate authorities.
 *
 * Redirects are never followed: they would carry credentials to another place. Writes take a fresh connection,
 * because on one that was kept the server may just be hanging up, and then nobody knows whether it arrived.
 */
export function createTransport(options: { readonly ca?: readonly string[] | undefined }): Transport {
  const tls = options.ca === undefined ? {} : { ca: [...options.ca] };
  const reading = {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true, ...tls }),
  };
  const writing = { httpAgent: new HttpAgent(), httpsAgent: new HttpsAgent(tls) };
  return async ({ method, url, headers, body, deadline }) => {
    try {
      const response = await axios.request<string>({
        method,
        url,
        headers: { ...headers },
        ...(body === undefined ? {} : { data: body }),
        ...(method === 'GET' ? reading : writing),
        signal: deadline,
        responseType: 'text',
        transformRequest: [(data: unknown) => data],
        transformResponse: [(data: unknown) => data],
        validateStatus: () => true,
        maxRedirects: 0,
        maxContentLength: responseLimitBytes,
      });
      return {
        status: response.status,
        headers: plainHeaders(response.headers),
        body: textOf(response.data),
      };
    } catch (thrown) {
      throw transportFailureFrom(thrown, deadline.aborted);
    }
  };
}

function plainHeaders(headers: object): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return Object.fromEntries(texts);
}

function textOf(data: unknown): string {
  return typeof data === 'string' ? data : '';
}
