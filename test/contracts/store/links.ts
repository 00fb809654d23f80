import { expect, it } from '@jest/globals';
import type { Link, LinkRequest } from '../../../src/domain/link.js';
import type { Store } from '../../../src/ports/store.js';
import { aPersonId, noonMs } from '../../support/an-approval.js';

const bo = aPersonId('U0BO');

function aLink(overrides: Partial<Link> = {}): Link {
  return {
    id: 'link-1',
    system: 'corp',
    person: aPersonId(),
    username: 'KEYEXAMPLE\\ada',
    subject: 'subject-1',
    token: { keyId: 'key-1', text: 'locked' },
    linkedAtMs: noonMs,
    ...overrides,
  };
}

function aLinkRequest(overrides: Partial<LinkRequest> = {}): LinkRequest {
  return { id: 'request-1', system: 'corp', person: aPersonId(), expiresAtMs: noonMs, ...overrides };
}

/** What holds for linked accounts, and for invitations to link one, in every store. */
export function describeLinks(store: () => Store): void {
  it('finds a link by its system and person, whole', async () => {
    expect(await store().addLink(aLink())).toEqual({ kind: 'linked' });
    expect(await store().findLink('corp', aPersonId())).toEqual(aLink());
    expect(await store().findLink('lab', aPersonId())).toBeUndefined();
    expect(await store().findLink('corp', bo)).toBeUndefined();
    expect(await store().listLinks(aPersonId())).toEqual([aLink()]);
  });

  it.each([
    ['its name in any case', { username: 'keyexample\\ADA', subject: 'subject-2' }],
    ['its subject under another name', { username: 'KEYEXAMPLE\\bo', subject: 'subject-1' }],
  ])('gives an account to one person only, known by %s', async (_how, account) => {
    await store().addLink(aLink());
    const second = aLink({ id: 'link-2', person: bo, ...account });
    expect(await store().addLink(second)).toEqual({ kind: 'account-linked', link: aLink() });
    expect(await store().findLink('corp', bo)).toBeUndefined();
  });

  it('moves no link of a person to another account', async () => {
    await store().addLink(aLink());
    const second = aLink({ id: 'link-2', username: 'KEYEXAMPLE\\other', subject: 'subject-2' });
    expect(await store().addLink(second)).toEqual({ kind: 'person-linked', link: aLink() });
    expect(await store().findLink('corp', aPersonId())).toEqual(aLink());
  });

  it('links the same account of the same person anew', async () => {
    await store().addLink(aLink());
    const again = aLink({ id: 'link-2', token: { keyId: 'key-2', text: 'fresh' } });
    expect(await store().addLink(again)).toEqual({ kind: 'linked', replaced: aLink() });
    expect(await store().findLink('corp', aPersonId())).toEqual(again);
  });

  it('has a link of its own for each system', async () => {
    await store().addLink(aLink());
    expect(await store().addLink(aLink({ id: 'link-2', system: 'lab' }))).toEqual({ kind: 'linked' });
    expect(await store().listLinks(aPersonId())).toHaveLength(2);
  });

  it('gives one of two who link the same account at the same moment', async () => {
    const replies = await Promise.allSettled([
      store().addLink(aLink()),
      store().addLink(aLink({ id: 'link-2', person: bo })),
    ]);
    const linked = replies.filter((one) => one.status === 'fulfilled' && one.value.kind === 'linked');
    expect(linked).toHaveLength(1);
  });

  it('replaces the secret of a link that is there, and of no other', async () => {
    await store().addLink(aLink());
    const token = { keyId: 'key-2', text: 'fresh' };
    expect(await store().saveToken('link-1', token)).toBe(true);
    expect(await store().saveToken('link-2', token)).toBe(false);
    expect(await store().findLink('corp', aPersonId())).toEqual(aLink({ token }));
  });

  it('ends a link once', async () => {
    await store().addLink(aLink());
    expect(await store().removeLink('link-1')).toBe(true);
    expect(await store().removeLink('link-1')).toBe(false);
    expect(await store().findLink('corp', aPersonId())).toBeUndefined();
  });

  it('remembers an invitation, and which browser took it up', async () => {
    const click = { approvalId: 'approval-1', revision: 2, verb: 'deny', comment: 'why' } as const;
    const request = aLinkRequest({ pendingClick: click });
    await store().addLinkRequest(request);
    expect(await store().findLinkRequest('request-1')).toEqual(request);
    const begun = { browser: 'hash', verifier: { keyId: 'key-1', text: 'locked' } };
    expect(await store().beginLinkRequest('request-1', begun)).toBe(true);
    expect(await store().beginLinkRequest('request-2', begun)).toBe(false);
    expect(await store().findLinkRequest('request-1')).toEqual({ ...request, begun });
  });

  it('uses an invitation up once', async () => {
    await store().addLinkRequest(aLinkRequest());
    const taken = await Promise.all([
      store().takeLinkRequest('request-1'),
      store().takeLinkRequest('request-1'),
    ]);
    expect(taken.filter((one) => one)).toHaveLength(1);
    expect(await store().findLinkRequest('request-1')).toBeUndefined();
  });

  it('forgets invitations that are over, and those only', async () => {
    await store().addLinkRequest(aLinkRequest());
    await store().addLinkRequest(aLinkRequest({ id: 'request-2', expiresAtMs: noonMs + 1 }));
    await store().forgetLinkRequests(noonMs + 1);
    expect(await store().findLinkRequest('request-1')).toBeUndefined();
    expect(await store().findLinkRequest('request-2')).toBeDefined();
  });
}
