import { expect, it } from '@jest/globals';
import { createHmacSigner, createSecretBox } from '../../src/crypto.js';
import { createLinkRoutes } from '../../src/http/link-pages.js';
import type { LiveBackend } from '../../src/ports/backend.js';
import { createLinking, linkUrl } from '../../src/use-cases/links/account-linking.js';
import { aPolicy } from '../domain/a-policy.js';
import { aPersonId } from '../support/an-approval.js';
import { createWorlds } from '../use-cases/world/worlds.js';

const worlds = createWorlds();

it('a page over https sets a cookie that no neighboring host can plant, and takes no other', async () => {
  const { context, store } = await worlds.open();
  const secretBox = createSecretBox({ key: new Uint8Array(32), previousKeys: [] });
  const publicUrl = 'https://countersign.example.com';
  const [backend] = context.backends.values() as Iterable<LiveBackend>;
  const system = backend?.system ?? '';
  const personSignIn = {
    beginSignIn: () => Promise.resolve({ url: 'https://idp.example.com', verifier: 'v' }),
    finishSignIn: () => Promise.resolve({ kind: 'cancelled' as const }),
    refresh: () => Promise.resolve({ kind: 'revoked' as const }),
    revoke: () => Promise.resolve({ kind: 'revoked' as const }),
  };
  const backends = new Map(backend ? [[system, { ...backend, personSignIn }]] : []);
  const linking = createLinking({
    ...context,
    backends,
    secretBox,
    publicUrl,
    policy: aPolicy(),
    signer: createHmacSigner(undefined),
  });
  await store.addLinkRequest({ id: 'one', system, person: aPersonId(), expiresAtMs: context.now() + 60_000 });
  const routes = createLinkRoutes({ context: { ...context, backends, linking }, linking });
  const call = (method: 'GET' | 'POST', cookie: string | undefined, state: string) =>
    routes
      .find((route) => route.method === method && route.path === '/link')
      ?.handle({
        headers: cookie === undefined ? {} : { cookie },
        query: new Map([['state', state]]),
        body: new URLSearchParams({ state }).toString(),
      });
  const state = new URL(linkUrl(linking, 'one')).searchParams.get('state') ?? '';
  const asked = await call('GET', undefined, state);
  const set = asked?.headers?.['set-cookie'] ?? '';
  expect(set).toMatch(
    /^__Host-countersign-link=[\w-]{43}; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax; Secure$/,
  );
  const own = set.split(';')[0] ?? '';
  expect((await call('POST', own.replace('__Host-', ''), state))?.status).toBe(403);
  expect((await call('POST', own, state))?.status).toBe(303);
});
