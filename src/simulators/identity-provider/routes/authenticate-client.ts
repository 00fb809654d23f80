import type { Client } from '../directory.js';
import type { Call } from '../server/call.js';
import { OAuthRefusal } from '../server/reply.js';
import type { World } from '../world.js';

/** Finds out which application calls, by header or form; refuses with 401 when it cannot prove it. */
export function authenticateClient(world: World, call: Call): Client {
  const basic = /^basic (.+)$/i.exec(call.authorization ?? '')?.[1];
  if (basic !== undefined && call.form.has('client_secret')) {
    throw new OAuthRefusal('invalid_request', 'The client authenticates in more than one way.');
  }
  const { id, secret } = basic === undefined ? fromForm(call.form) : fromHeader(basic);
  const client = world.directory.client(id);
  if (client !== undefined && client.clientSecret === secret) return client;
  throw new OAuthRefusal('invalid_client', 'The client or its credentials are not known.', {
    status: 401,
    headers: basic === undefined ? {} : { 'WWW-Authenticate': 'Basic realm="simulated"' },
  });
}

function fromForm(form: URLSearchParams) {
  return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
}

/** Id and secret are form-encoded inside the header (RFC 6749, section 2.3.1). */
function fromHeader(credentials: string) {
  const [id = '', ...rest] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  const decode = (text: string): string => new URLSearchParams(`v=${text}`).get('v') ?? text;
  return { id: decode(id), secret: decode(rest.join(':')) };
}
