import { randomBytes } from 'node:crypto';
import type { LinkService } from '../../ports/link-desk.js';
import type { WebRequest, WebResponse, WebRoute } from '../../ports/web.js';
import { linkPage } from './link-page.js';
import { endingText, invitationText, refusalText, wrongBrowserText } from './link-words.js';

const cookieName = 'countersign-link';
const cookieSeconds = 15 * 60;

/** What the pages stand on. */
interface Linked {
  readonly service: LinkService;
  /** Address under which browsers reach the bot, without a slash at its end. */
  readonly publicUrl: string;
}

/** Lists the addresses at which people link their accounts with a browser. */
export function createLinkRoutes(linked: Linked): readonly WebRoute[] {
  const route = { path: '/link', maxBodyBytes: 4_096 };
  return [
    { ...route, method: 'GET', handle: (request) => ask(linked, request) },
    { ...route, method: 'POST', handle: (request) => send(linked, request) },
    { ...route, method: 'GET', path: '/link/callback', handle: (request) => finish(linked, request) },
  ];
}

/** Asks; the browser gets a secret by which it is known again, and nothing is used up. */
async function ask({ service, publicUrl }: Linked, request: WebRequest): Promise<WebResponse> {
  const state = request.query.get('state') ?? '';
  const preview = await service.preview(state);
  if (preview.kind !== 'invited') return linkPage(refusalText(preview), { status: 410 });
  const browser = browserOf(request) ?? randomBytes(32).toString('base64url');
  return linkPage(invitationText(preview), {
    status: 200,
    headers: { 'set-cookie': cookieOf(publicUrl, browser) },
    form: { action: `${publicUrl}/link`, state },
  });
}

/** Sends the browser off to sign in, if it was asked here; a form on another site has no cookie of ours. */
async function send({ service, publicUrl }: Linked, request: WebRequest): Promise<WebResponse> {
  const browser = browserOf(request);
  const { origin = new URL(publicUrl).origin } = request.headers;
  if (browser === undefined || origin !== new URL(publicUrl).origin) {
    return {
      ...linkPage(wrongBrowserText, { status: 403 }),
      refusal: 'The form was not sent from our page.',
    };
  }
  const beginning = await service.begin(new URLSearchParams(request.body).get('state') ?? '', browser);
  return beginning.kind === 'sign-in'
    ? { status: 303, headers: { location: beginning.url, 'referrer-policy': 'no-referrer' }, body: '' }
    : linkPage(refusalText(beginning), { status: beginning.kind === 'away' ? 502 : 410 });
}

async function finish({ service }: Linked, request: WebRequest): Promise<WebResponse> {
  const { query } = request;
  const ending = await service.finish({
    state: query.get('state') ?? '',
    browser: browserOf(request),
    query,
  });
  return linkPage(endingText(ending), { status: statusOf(ending.kind) });
}

function statusOf(kind: Awaited<ReturnType<LinkService['finish']>>['kind']): number {
  switch (kind) {
    case 'linked':
    case 'cancelled':
      return 200;
    case 'no-invitation':
    case 'expired':
      return 410;
    case 'away':
      return 502;
    case 'other-browser':
      return 403;
    case 'person-linked':
    case 'account-linked':
    case 'other-account':
    case 'other-person':
    case 'maybe-other-person':
      return 409;
  }
}

function browserOf({ headers }: WebRequest): string | undefined {
  const pairs = (headers.cookie ?? '').split(/[;,]\s*/).map((pair) => pair.split('='));
  const value = pairs.find(([name]) => name === cookieName)?.[1];
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

/** Lax, since the browser comes back from the identity provider, which is another site. */
function cookieOf(publicUrl: string, browser: string): string {
  const { protocol, pathname } = new URL(publicUrl);
  const path = `${pathname.replace(/\/$/, '')}/link`;
  const secure = protocol === 'https:' ? '; Secure' : '';
  return `${cookieName}=${browser}; Path=${path}; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${secure}`;
}
