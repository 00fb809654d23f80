import type { IncomingMessage } from 'node:http';
import { refused, type WebResponse, type WebRoute } from '../ports/web.js';
import { readBody } from './read-body.js';

/**
 * Finds who answers a request and asks; undefined when whoever sent it has gone meanwhile.
 *
 * Rejects with whatever the route throws.
 */
export async function respondToRequest(
  request: IncomingMessage,
  routes: readonly WebRoute[],
): Promise<WebResponse | undefined> {
  const { path, search } = targetOf(request);
  const here = routes.filter((route) => route.path === path);
  if (here.length === 0) return refused(404, 'There is nothing at this address.');
  const route = here.find(({ method }) => method === request.method);
  if (!route) return wrongMethod(here);
  const query = readQuery(search);
  if (!query) return refused(400, 'A name stands twice in the query.');
  const reading = await readBody(request, route.maxBodyBytes);
  switch (reading.kind) {
    case 'too-large':
      return refused(413, 'The body is too large.');
    case 'not-text':
      return refused(400, 'The body is not UTF-8 text.');
    case 'cut-off':
      return undefined;
    case 'read':
      return route.handle({ headers: headersOf(request), query, body: reading.body });
  }
}

function targetOf({ url = '' }: IncomingMessage): { readonly path: string; readonly search: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, search: '' } : { path: url.slice(0, mark), search: url.slice(mark + 1) };
}

function wrongMethod(here: readonly WebRoute[]): WebResponse {
  const allow = here.map(({ method }) => method).join(', ');
  return { ...refused(405, `Only ${allow} is answered here.`), headers: { allow } };
}

function readQuery(search: string): ReadonlyMap<string, string> | undefined {
  const pairs = [...new URLSearchParams(search)];
  const query = new Map(pairs);
  return query.size === pairs.length ? query : undefined;
}

function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [
      name,
      typeof value === 'string' ? value : value.join(', '),
    ]),
  );
}
