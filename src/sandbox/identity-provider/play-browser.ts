/** How somebody answers the sign-in page: as whom, or by cancelling. */
export type SignInResult = Readonly<Record<string, string>>;

/**
 * Plays a browser: opens the address, presses a button on the sign-in page and gives where it is sent.
 *
 * A request that is sent back at once is followed no further. Throws if the provider shows an error page instead.
 */
export async function playBrowser(authorizeUrl: string, respond: SignInResult): Promise<string> {
  const opened = await fetch(authorizeUrl, { redirect: 'manual' });
  const sentAtOnce = opened.headers.get('location');
  if (sentAtOnce !== null) return sentAtOnce;
  const html = await opened.text();
  if (opened.status !== 200) throw new Error(`The browser shows: ${textOf(html)}`);
  const form = new URLSearchParams([...hiddenFields(html), ...Object.entries(respond)]);
  const { origin, pathname } = new URL(authorizeUrl);
  const answered = await fetch(`${origin}${pathname}`, { method: 'POST', body: form, redirect: 'manual' });
  const location = answered.headers.get('location');
  if (location === null) throw new Error(`The browser shows: ${textOf(await answered.text())}`);
  return location;
}

function hiddenFields(html: string): [string, string][] {
  const fields = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return [...fields].map(([, name = '', value = '']) => [plain(name), plain(value)]);
}

function textOf(html: string): string {
  return plain(/<body>([\s\S]*)<\/body>/.exec(html)?.[1] ?? html).replace(/<[^>]*>|\s+/g, ' ');
}

function plain(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
}
