import type { Reply } from '../shared/server.js';
import type { Account } from './world.js';

/** Names of the fields with which the page answers; all others are carried through it. */
export const signInFields = { person: 'signed_in_as', cancel: 'cancelled' } as const;

/** Shows who can sign in, a button each; the request travels in the form, so there is no session. */
export function signInPage(request: URLSearchParams, people: readonly Account[], clientId: string): Reply {
  const carried = [...request].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const buttons = people.map(
    ({ username, name }) =>
      `<button name="${signInFields.person}" value="${escaped(username)}">${escaped(name)} <small>${escaped(username)}</small></button>`,
  );
  return page(
    'Sign in',
    `<p>${escaped(clientId)} asks who you are.</p>
<form method="post">
${[...carried, ...buttons].join('\n')}
<button name="${signInFields.cancel}" value="yes" class="cancel">Cancel</button>
</form>`,
  );
}

/** Says why nobody is signed in. */
export function errorPage(reason: string, status: number): Reply {
  return page('Sign-in is not possible', `<p>${escaped(reason)}</p>`, status);
}

/** Answers with a page that runs no script and is shown in no frame. */
function page(title: string, content: string, status = 200): Reply {
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 4rem auto; padding: 0 1rem; color: #1d1c1d; }
button { display: block; width: 100%; margin: 0.5rem 0; padding: 0.7rem; font: inherit; text-align: left; border: 1px solid #bbb; border-radius: 6px; background: #fff; cursor: pointer; }
small { color: #666; }
.cancel { border: 0; color: #666; }
</style>
</head>
<body>
<h1>${title}</h1>
${content}
</body>
</html>
`;
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
  };
  return { status, headers, body };
}

const entities = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
] as const;

function escaped(text: string): string {
  return entities.reduce((html, [plain, entity]) => html.replaceAll(plain, entity), text);
}

function unescaped(text: string): string {
  return entities.reduceRight((html, [plain, entity]) => html.replaceAll(entity, plain), text);
}

/**
 * Plays a browser: opens the address, presses a button on the sign-in page and gives where it is sent.
 *
 * A request that is sent back at once is followed no further. Throws if the provider shows an error page instead.
 */
export async function pressSignIn(
  authorizeUrl: string,
  button: Readonly<Record<string, string>>,
): Promise<string> {
  const opened = await fetch(authorizeUrl, { redirect: 'manual' });
  const sentAtOnce = opened.headers.get('location');
  if (sentAtOnce !== null) return sentAtOnce;
  const html = await opened.text();
  if (opened.status !== 200) throw new Error(`The browser shows: ${textOf(html)}`);
  const hidden = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  const form = new URLSearchParams(button);
  for (const [, name = '', value = ''] of hidden) form.append(unescaped(name), unescaped(value));
  const { origin, pathname } = new URL(authorizeUrl);
  const answered = await fetch(`${origin}${pathname}`, { method: 'POST', body: form, redirect: 'manual' });
  const location = answered.headers.get('location');
  if (location === null) throw new Error(`The browser shows: ${textOf(await answered.text())}`);
  return location;
}

function textOf(html: string): string {
  return unescaped(/<body>([\s\S]*)<\/body>/.exec(html)?.[1] ?? html).replace(/<[^>]*>|\s+/g, ' ');
}
