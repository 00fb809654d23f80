import { createHash, randomBytes } from 'node:crypto';
import type { WebRequest, WebResponse, WebRoute } from '../ports/chat.js';
import { assertNever } from '../shared/language.js';
import {
  beginLink,
  denyLink,
  finishLink,
  type LinkBeginning,
  type LinkEnding,
  type LinkParties,
  type LinkPreview,
  type LinkWork,
  previewLink,
} from '../use-cases/links/account-linking.js';

/**
 * Names the cookie. Over https browsers let nobody but this very host set one of that name, so a page of a neighboring
 * host cannot plant the secret of another browser.
 */
function cookieNameOf(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Host-countersign-link' : 'countersign-link';
}

function isSecure(publicUrl: string): boolean {
  return new URL(publicUrl).protocol === 'https:';
}

const cookieSeconds = 15 * 60;

/** Lists the addresses at which people link their accounts with a browser. */
export function createLinkRoutes(linked: LinkWork): readonly WebRoute[] {
  const route = { path: '/link', maxBodyBytes: 4_096 };
  return [
    { ...route, method: 'GET', handle: (request) => ask(linked, request) },
    { ...route, method: 'POST', handle: (request) => send(linked, request) },
    { ...route, method: 'GET', path: '/link/callback', handle: (request) => finish(linked, request) },
  ];
}

/** Asks; the browser gets a secret by which it is known again, and nothing is used up. */
async function ask(linked: LinkWork, request: WebRequest): Promise<WebResponse> {
  const state = request.query.get('state') ?? '';
  const preview = await previewLink(linked, state);
  if (preview.kind !== 'invited') return linkPage(refusalText(preview), { status: 410 });
  const browser = browserOf(linked, request) ?? randomBytes(32).toString('base64url');
  return linkPage(invitationText(preview), {
    status: 200,
    headers: { 'set-cookie': cookieOf(linked.linking.publicUrl, browser) },
    form: { action: `${linked.linking.publicUrl}/link`, state },
  });
}

/** Sends the browser off to sign in, if it was asked here; a form on another site has no cookie of ours. */
async function send(linked: LinkWork, request: WebRequest): Promise<WebResponse> {
  const browser = browserOf(linked, request);
  const { origin: own } = new URL(linked.linking.publicUrl);
  const { origin = own } = request.headers;
  if (browser === undefined || origin !== own) {
    return {
      ...linkPage(wrongBrowserText, { status: 403 }),
      refusal: 'The form was not sent from our page.',
    };
  }
  const form = new URLSearchParams(request.body);
  const state = form.get('state') ?? '';
  if (form.get('answer') === 'no') {
    await denyLink(linked, state);
    return linkPage(deniedText, { status: 200 });
  }
  const beginning = await beginLink(linked, state, browser);
  return beginning.kind === 'sign-in'
    ? { status: 303, headers: { location: beginning.url, 'referrer-policy': 'no-referrer' }, body: '' }
    : linkPage(refusalText(beginning), { status: beginning.kind === 'away' ? 502 : 410 });
}

async function finish(linked: LinkWork, request: WebRequest): Promise<WebResponse> {
  const { query } = request;
  const ending = await finishLink(linked, {
    state: query.get('state') ?? '',
    browser: browserOf(linked, request),
    query,
  });
  return linkPage(endingText(ending), { status: statusOf(ending.kind) });
}

function statusOf(kind: LinkEnding['kind']): number {
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

function browserOf({ linking }: LinkWork, { headers }: WebRequest): string | undefined {
  const cookieName = cookieNameOf(linking.publicUrl);
  const pairs = (headers.cookie ?? '').split(/[;,]\s*/).map((pair) => pair.split('='));
  const value = pairs.find(([name]) => name === cookieName)?.[1];
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

/** Lax, since the browser comes back from the identity provider, which is another site. */
function cookieOf(publicUrl: string, browser: string): string {
  const isOverTls = isSecure(publicUrl);
  const path = isOverTls ? '/' : `${new URL(publicUrl).pathname.replace(/\/$/, '')}/link`;
  const secure = isOverTls ? '; Secure' : '';
  return `${cookieNameOf(publicUrl)}=${browser}; Path=${path}; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

const style =
  ':root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}h1{line-height:1.2}button{font:inherit;padding:.7rem 1.2rem}';

/** The sign-in that a form leads to is on another host, which browsers count as the form's target. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Shows a page without any script; with a form where the reader is asked something. */
function linkPage(
  text: PageText,
  options: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** Where the button leads, and what goes along. */
    readonly form?: { readonly action: string; readonly state: string };
  },
): WebResponse {
  const { status, headers = {}, form } = options;
  const heading = escapeHtml(text.heading);
  const lines = text.lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n');
  const button =
    form && text.button !== undefined
      ? `<form method="post" action="${escapeHtml(form.action)}"><input type="hidden" name="state" value="${escapeHtml(form.state)}"><button name="answer" value="yes">${escapeHtml(text.button)}</button> <button name="answer" value="no">No, this is not me</button></form>`
      : '';
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `${policy}; form-action ${form ? targetsOf(form.action) : "'none'"}`,
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      ...headers,
    },
    body: `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${heading}</title><style>${style}</style></head>\n<body><h1>${heading}</h1>\n${lines}\n${button}</body></html>\n`,
  };
}

/** Plain http is for trying things out on one machine. */
function targetsOf(action: string): string {
  return action.startsWith('https:') ? "'self' https:" : "'self' https: http:";
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What a page says: a heading, then paragraphs. */
export interface PageText {
  readonly heading: string;
  readonly lines: readonly string[];
  /** Set where the reader is asked something. */
  readonly button?: string;
}

const again =
  'Nothing was linked. Go back to Slack and click “Link my account” again, or type /workflow link there.';

/** Asks whether it is really this person who wants to link. */
export function invitationText(preview: Extract<LinkPreview, { kind: 'invited' }>): PageText {
  const { person, label, system } = preview;
  return {
    heading: `Link your ${label} account`,
    lines: [
      `In Slack you are ${person.name} (member ${person.id.userId} of workspace ${person.id.teamId}).`,
      `Next you sign in to ${label} (${system}). From then on, what this person approves or denies in Slack is sent to ${label} in the name of the account you sign in with.`,
      'If this is not you in Slack, click “No, this is not me”: whoever sent you here could decide in your name.',
    ],
    button: `Yes, I am ${person.name}: sign in`,
  };
}

/** Says why a browser was not sent off to sign in. */
export function refusalText(
  refused: Exclude<LinkBeginning | LinkPreview, { kind: 'sign-in' | 'invited' }>,
): PageText {
  return refused.kind === 'away' ? awayText(refused.label) : noInvitation;
}

/** Says that a browser keeps no cookies, or that another page sent it. */
export const wrongBrowserText: PageText = {
  heading: 'This did not come from the previous page',
  lines: ['Your browser has to accept a cookie from this site for a few minutes.', again],
};

/** Tells what came of linking. */
export function endingText(ending: LinkEnding): PageText {
  switch (ending.kind) {
    case 'linked':
      return linkedText(ending);
    case 'no-invitation':
      return noInvitation;
    case 'away':
      return awayText(ending.label);
    case 'other-browser':
      return {
        heading: 'This was started in another browser',
        lines: ['Only that browser can finish it.', again],
      };
    case 'cancelled':
      return { heading: 'Nobody signed in', lines: [again] };
    case 'expired':
      return { heading: 'This sign-in has expired or was used', lines: [again] };
    case 'person-linked':
      return notLinked(ending, [
        `${ending.person.name} has linked another account in ${ending.label}: ${ending.linked}.`,
        `To change it, type /workflow unlink ${ending.system} in Slack first.`,
      ]);
    case 'account-linked':
      return notLinked(ending, [
        `${ending.username} is linked to someone else in Slack, who has to unlink it first.`,
      ]);
    case 'other-account':
      return notLinked(ending, [
        `The settings of Countersign say that ${ending.person.name} has another account in ${ending.label}.`,
        'Sign in with that one, or ask an operator of Countersign.',
      ]);
    case 'other-person':
      return notLinked(ending, [
        `The settings of Countersign say that ${ending.username} is someone else's account.`,
        'If that is wrong, ask an operator of Countersign.',
      ]);
    case 'maybe-other-person':
      return notLinked(ending, [
        `According to Countersign's settings, ${ending.username} could be someone else's account.`,
        'If it is yours, ask an operator of Countersign to add it for you.',
      ]);
    default:
      return assertNever(ending);
  }
}

/** Says that an invitation somebody else had sent is void. */
export const deniedText: PageText = {
  heading: 'Nothing was linked',
  lines: [
    'This link is void now. Whoever sent it to you could have decided with your account: tell an operator of Countersign.',
  ],
};

const noInvitation: PageText = {
  heading: 'This link has expired or was used',
  lines: ['It works once, for ten minutes.', again],
};

function awayText(label: string): PageText {
  return { heading: `The sign-in for ${label} did not answer`, lines: [again] };
}

function linkedText({
  person,
  label,
  username,
  hasPendingClick,
  endsAtMs,
}: Extract<LinkEnding, { kind: 'linked' }>): PageText {
  return {
    heading: 'Linked',
    lines: [
      `${person.name} in Slack is linked to ${username} in ${label}.`,
      ...(endsAtMs === undefined
        ? []
        : [
            `The identity provider issued no refresh token, so this link ends at ${new Date(endsAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC. After that you link again.`,
          ]),
      hasPendingClick
        ? 'Nothing was decided yet: Countersign has sent you a message in Slack where you can continue.'
        : 'You can close this page and continue in Slack.',
    ],
  };
}

function notLinked(
  { person, username, label }: LinkParties & { readonly username: string },
  why: readonly string[],
): PageText {
  return {
    heading: 'Not linked',
    lines: [
      `You signed in to ${label} as ${username}, for ${person.name} in Slack.`,
      ...why,
      'Nothing was linked.',
    ],
  };
}
