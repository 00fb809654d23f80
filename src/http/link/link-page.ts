import { createHash } from 'node:crypto';
import type { WebResponse } from '../../ports/web.js';
import type { PageText } from './link-words.js';

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
export function linkPage(
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
      ? `<form method="post" action="${escapeHtml(form.action)}"><input type="hidden" name="state" value="${escapeHtml(form.state)}"><button>${escapeHtml(text.button)}</button></form>`
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
