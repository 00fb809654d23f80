import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmacSigner, createSecretBox } from '../../../src/crypto.js';
import { entryOf } from '../../../src/domain/ledger.js';
import { boundToLink, type Link } from '../../../src/domain/link.js';
import type { PersonSignIn, RefreshResult } from '../../../src/ports/backend.js';
import type { SecretBox } from '../../../src/ports/runtime.js';
import type { Store } from '../../../src/ports/store.js';
import { createHeldTokens, createLinking } from '../../../src/use-cases/links/account-linking.js';
import { aPolicy } from '../../domain/a-policy.js';
import { aPersonId, noonMs } from '../../support/an-approval.js';
import { openFreshStore } from '../../support/fresh-store.js';
import { keepLog } from '../../support/kept-log.js';

const person = aPersonId();
const keyOf = (first: number) => new Uint8Array(32).map((_zero, index) => index + first);
const secretBox = createSecretBox({ key: keyOf(1), previousKeys: [] });
const minuteMs = 60_000;

let store: Store;
let nowMs = noonMs;
let used: string[] = [];
let revoked: string[] = [];
let atProvider: () => Promise<void> = async () => {};
let replies: (used: string) => RefreshResult;

beforeEach(async () => {
  store = await openFreshStore();
  nowMs = noonMs;
  used = [];
  revoked = [];
  atProvider = async () => {};
  replies = (token) => ({
    kind: 'refreshed',
    tokens: {
      accessToken: `access of ${token}`,
      refreshToken: `${token}+`,
      expiresAtMs: nowMs + 5 * minuteMs,
    },
  });
});
afterEach(() => store.close());

const signIn: PersonSignIn = {
  beginSignIn: () => Promise.reject(new Error('Nobody signs in here')),
  finishSignIn: () => Promise.reject(new Error('Nobody signs in here')),
  async refresh(token) {
    used.push(token);
    await atProvider();
    return replies(token);
  },
  async revoke(token) {
    revoked.push(token);
    return { kind: 'revoked' };
  },
};

/** A store that is away for the next so many tokens; `isStored` if each is there all the same. */
function failing(times: number, { isStored = false } = {}): Store {
  let left = times;
  return {
    ...store,
    async saveToken(linkId, token) {
      if (left === 0) return store.saveToken(linkId, token);
      left -= 1;
      if (isStored) await store.saveToken(linkId, token);
      throw new Error('The store is away');
    },
  };
}

function linkingOf(
  replicaId = 'bot-1',
  its: SecretBox = secretBox,
  held = createHeldTokens(),
  on: Store = store,
) {
  const log = keepLog();
  const linking = createLinking(
    {
      store: on,
      pause: async () => {},
      backends: new Map([['corp', { personSignIn: signIn }]]),
      log,
      now: () => nowMs,
      replicaId: replicaId,
      signer: createHmacSigner(undefined),
      policy: aPolicy(),
      secretBox: its,
      publicUrl: 'https://bot.example.com',
    },
    held,
  );
  return { linking, log };
}

async function link(token = 'r1', overrides: Partial<Link> = {}): Promise<void> {
  const owner = { system: 'corp', person };
  const locked = secretBox.lock(token, boundToLink(owner));
  const made = { id: 'link-1', ...owner, username: 'KEYEXAMPLE\\ada', subject: 's', token: locked };
  await store.addLink({ ...made, linkedAtMs: noonMs, ...overrides });
}

/** A provider that takes each refresh token once, and ends the link of whoever brings it again. */
function onceEach(): typeof replies {
  const before = replies;
  const seen = new Set<string>();
  return (token) => {
    if (seen.has(token)) return { kind: 'revoked' };
    seen.add(token);
    return before(token);
  };
}

async function storedToken(): Promise<string | undefined> {
  const found = await store.findLink('corp', person);
  return found && secretBox.unlock(found.token, boundToLink(found));
}

describe('speaking for a person', () => {
  it('speaks for nobody who has linked no account', async () => {
    expect(await linkingOf().linking.accessOf('corp', person)).toEqual({ kind: 'not-linked' });
  });

  it('uses a refresh token once where the settings were loaded anew while it was in use', async () => {
    await link();
    const held = createHeldTokens();
    const [before, after] = [linkingOf('bot-1', secretBox, held), linkingOf('bot-1', secretBox, held)];
    const both = [before, after].map(({ linking }) => linking.accessOf('corp', person));
    expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['access', 'access']);
    await after.linking.accessOf('corp', person);
    expect(used).toEqual(['r1']);
  });

  it('asks once for two who want it at the same moment, and again only when asked to or in time', async () => {
    await link();
    const { linking } = linkingOf();
    const both = await Promise.all([linking.accessOf('corp', person), linking.accessOf('corp', person)]);
    const access = { kind: 'access', access: { accessToken: 'access of r1' }, username: 'KEYEXAMPLE\\ada' };
    expect(both).toEqual([access, access]);
    await linking.accessOf('corp', person);
    expect(used).toEqual(['r1']);
    await linking.accessOf('corp', person, { isFresh: true });
    nowMs += 5 * minuteMs;
    await linking.accessOf('corp', person);
    linking.forgetAccess('corp', person);
    await linking.accessOf('corp', person);
    expect(used).toEqual(['r1', 'r1+', 'r1++', 'r1+++']);
  });

  it('lets no other process use the same refresh token meanwhile', async () => {
    await link();
    let free = (): void => {};
    atProvider = () => new Promise((resolve) => (free = resolve));
    const first = linkingOf('bot-1').linking.accessOf('corp', person);
    while (used.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await expect(linkingOf('bot-2').linking.accessOf('corp', person)).rejects.toMatchObject({
      retryable: true,
      applied: 'no',
    });
    free();
    await first;
    atProvider = async () => {};
    await linkingOf('bot-2').linking.accessOf('corp', person);
    expect(used).toEqual(['r1', 'r1+']);
  });

  it('keeps the link of a person whose new refresh token the store took at the second attempt', async () => {
    await link();
    const { linking } = linkingOf('bot-1', secretBox, createHeldTokens(), failing(1));
    expect(await linking.accessOf('corp', person)).toMatchObject({ kind: 'access' });
    expect(await storedToken()).toBe('r1+');
  });

  it('never uses a refresh token again whose successor the store did not take', async () => {
    await link();
    replies = onceEach();
    const held = createHeldTokens();
    const { linking } = linkingOf('bot-1', secretBox, held, failing(4));
    await expect(linking.accessOf('corp', person)).rejects.toThrow('The store is away');
    await expect(linkingOf('bot-2').linking.accessOf('corp', person)).rejects.toMatchObject({
      code: 'throttled',
    });
    expect(await linking.accessOf('corp', person)).toMatchObject({ kind: 'access' });
    expect(used).toEqual(['r1', 'r1+']);
    expect(await storedToken()).toBe('r1++');
    expect(await linkingOf('bot-2').linking.accessOf('corp', person)).toMatchObject({ kind: 'access' });
  });

  it('goes on from a token that was stored although the store seemed away', async () => {
    await link();
    replies = onceEach();
    const { linking } = linkingOf('bot-1', secretBox, createHeldTokens(), failing(3, { isStored: true }));
    await expect(linking.accessOf('corp', person)).rejects.toThrow('The store is away');
    expect(await linking.accessOf('corp', person)).toMatchObject({ kind: 'access' });
    expect(used).toEqual(['r1', 'r1+']);
  });

  it('stores what the store did not take by itself, as soon as it is back', async () => {
    await link();
    replies = onceEach();
    const { linking, log } = linkingOf('bot-1', secretBox, createHeldTokens(), failing(6));
    await expect(linking.accessOf('corp', person)).rejects.toThrow('The store is away');
    await linking.saveHeld();
    expect(log.sentences('error')).toHaveLength(1);
    await linking.saveHeld();
    expect(await linkingOf('bot-2').linking.accessOf('corp', person)).toMatchObject({ kind: 'access' });
    await linking.saveHeld();
    expect(used).toEqual(['r1', 'r1+', 'r1++']);
    expect(await storedToken()).toBe('r1+++');
  });

  it('takes the new right back when the person unlinked while the store did not take it', async () => {
    await link();
    const { linking } = linkingOf('bot-1', secretBox, createHeldTokens(), failing(3));
    await expect(linking.accessOf('corp', person)).rejects.toThrow('The store is away');
    await store.removeLink('link-1');
    await linking.saveHeld();
    expect(revoked).toEqual(['r1+']);
    await linking.saveHeld();
    expect(revoked).toEqual(['r1+']);
  });

  it('ends a link the provider does not honour, on record', async () => {
    await link();
    replies = () => ({ kind: 'revoked' });
    expect(await linkingOf().linking.accessOf('corp', person)).toEqual({ kind: 'ended' });
    expect(await store.findLink('corp', person)).toBeUndefined();
    const records = await store.listLedger({ system: 'corp', after: 0, limit: 9 });
    expect(records.map(entryOf)).toMatchObject([{ kind: 'link', note: { did: 'ended' } }]);
  });

  it('takes the new right back when the person unlinked while it was fetched', async () => {
    await link();
    atProvider = async () => void (await store.removeLink('link-1'));
    expect(await linkingOf().linking.accessOf('corp', person)).toEqual({ kind: 'not-linked' });
    expect(revoked).toEqual(['r1+']);
  });

  it('locks anew what an earlier key locked, when it is used', async () => {
    await link();
    const before = await store.findLink('corp', person);
    const rotated = createSecretBox({ key: keyOf(99), previousKeys: [keyOf(1)] });
    await linkingOf('bot-1', rotated).linking.accessOf('corp', person);
    const after = await store.findLink('corp', person);
    expect(after?.token.keyId).not.toBe(before?.token.keyId);
    expect(after && rotated.unlock(after.token, boundToLink(after))).toBe('r1+');
  });

  it('asks to link again when the key is lost, and says so to the operator', async () => {
    await link();
    const { linking, log } = linkingOf('bot-1', createSecretBox({ key: keyOf(99), previousKeys: [] }));
    expect(await linking.accessOf('corp', person)).toEqual({ kind: 'ended' });
    expect(log.sentences('error')).toEqual([
      'A linked account cannot be decrypted with the keys that are set',
    ]);
    expect(used).toEqual([]);
    expect(await store.findLink('corp', person)).toBeDefined();
  });

  it('opens no row that was copied to another person', async () => {
    await link();
    const stolen = await store.findLink('corp', person);
    const bo = aPersonId('U0BO');
    if (!stolen) throw new Error('The link is gone');
    await store.addLink({ ...stolen, id: 'link-2', person: bo, username: 'KEYEXAMPLE\\bo', subject: 't' });
    expect(await linkingOf().linking.accessOf('corp', bo)).toEqual({ kind: 'ended' });
    expect(used).toEqual([]);
  });
});
