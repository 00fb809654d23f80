import { beforeEach, expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { anApproval, aPersonId, aVote, noonMs } from '../../support/an-approval.js';

/** What holds for votes in every store. */
export function describeVotes(store: () => Store): void {
  const ben = aPersonId('U0BEN');

  beforeEach(async () => {
    await store().addApproval(anApproval());
    await store().addApproval(anApproval({ id: 'approval-b', code: 'B', attempt: 2 }));
  });

  it('counts a person once on one revision', async () => {
    expect(await store().addVote('approval-a', aVote({ comment: 'fine' }))).toBe(true);
    expect(await store().addVote('approval-a', aVote({ comment: 'again' }))).toBe(false);
    expect(await store().listVotes('approval-a')).toEqual([aVote({ comment: 'fine' })]);
  });

  it('lets the same person vote on another revision and on another approval', async () => {
    await store().addVote('approval-a', aVote());
    expect(await store().addVote('approval-a', aVote({ revision: 2 }))).toBe(true);
    expect(await store().addVote('approval-b', aVote())).toBe(true);
  });

  it('tells the same user id of two workspaces apart', async () => {
    await store().addVote('approval-a', aVote());
    const twin = aVote({ person: aPersonId('U0ADA', 'T0OTHER') });
    expect(await store().addVote('approval-a', twin)).toBe(true);
  });

  it('lists votes oldest first', async () => {
    await store().addVote('approval-a', aVote({ person: ben, atMs: noonMs + 2 }));
    await store().addVote('approval-a', aVote({ atMs: noonMs + 1 }));
    const people = (await store().listVotes('approval-a')).map(({ person }) => person.userId);
    expect(people).toEqual(['U0ADA', 'U0BEN']);
  });

  it("takes back one person's votes and no others", async () => {
    await store().addVote('approval-a', aVote());
    await store().addVote('approval-a', aVote({ person: ben }));
    await store().addVote('approval-b', aVote());
    expect(await store().removeVote('approval-a', aPersonId())).toBe(true);
    expect(await store().removeVote('approval-a', aPersonId())).toBe(false);
    expect(await store().listVotes('approval-a')).toHaveLength(1);
    expect(await store().listVotes('approval-b')).toHaveLength(1);
  });

  it('tells where somebody has voted, among what is open', async () => {
    const ended = { kind: 'ended', ending: { kind: 'not-visible' }, atMs: noonMs } as const;
    await store().addApproval(anApproval({ id: 'over', code: 'O', attempt: 3, state: ended }));
    for (const id of ['over', 'approval-b', 'approval-a']) await store().addVote(id, aVote({ revision: 2 }));
    await store().addVote('approval-a', aVote({ person: ben }));
    expect(await store().listVotedOn(aPersonId())).toEqual([
      { approvalId: 'approval-a', revision: 2 },
      { approvalId: 'approval-b', revision: 2 },
    ]);
    expect(await store().listVotedOn(aPersonId('U0NEW'))).toEqual([]);
  });

  it('lets somebody vote again who took the vote back', async () => {
    await store().addVote('approval-a', aVote());
    await store().removeVote('approval-a', aPersonId());
    expect(await store().addVote('approval-a', aVote())).toBe(true);
  });

  it('takes every vote on an approval back', async () => {
    await store().addVote('approval-a', aVote());
    await store().addVote('approval-a', aVote({ person: ben }));
    await store().addVote('approval-b', aVote());
    await store().removeVotes('approval-a');
    expect(await store().listVotes('approval-a')).toEqual([]);
    expect(await store().listVotes('approval-b')).toHaveLength(1);
  });
}
