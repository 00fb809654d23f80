import type { Account } from '../directory.js';

/** Names of the fields with which the page answers; all others are carried through it. */
export const respondFields = { person: 'signed_in_as', cancel: 'cancelled' } as const;

/** Shows who can sign in, a button each; the request travels in the form, so there is no session. */
export function signInPage(request: URLSearchParams, people: readonly Account[], clientId: string): string {
  const carried = [...request].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const buttons = people.map(
    ({ username, name }) =>
      `<button name="${respondFields.person}" value="${escaped(username)}">${escaped(name)} <small>${escaped(username)}</small></button>`,
  );
  return framed(
    'Sign in',
    `<p>${escaped(clientId)} asks who you are.</p>
<form method="post">
${[...carried, ...buttons].join('\n')}
<button name="${respondFields.cancel}" value="yes" class="cancel">Cancel</button>
</form>`,
  );
}

/** Says why nobody is signed in. */
export function errorPage(reason: string): string {
  return framed('Sign-in is not possible', `<p>${escaped(reason)}</p>`);
}

function framed(title: string, content: string): string {
  return `<!DOCTYPE html>
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
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
