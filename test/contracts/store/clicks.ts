import { expect, it } from '@jest/globals';
import { clickLeaseMs } from '../../../src/domain/voting.js';
import type { Store } from '../../../src/ports/store.js';
import { aClick, aDialog, noonMs } from '../../support/an-approval.js';

/** What holds for clicks and modals in every store. */
export function describeClicks(store: () => Store): void {
  it('writes a click down once, whatever its approval', async () => {
    const click = aClick({ comment: 'ok', approvalId: 'never put' });
    expect(await store().addClick(click)).toBe('written');
    expect(await store().addClick({ ...click, verb: 'deny' })).toBe('repeated');
    expect(await store().findClick(click.id)).toEqual(click);
  });

  it('says who has taken a vote or a decision back with a click that is not finished', async () => {
    const bo = { teamId: 'T0', userId: 'U0BO' };
    await store().addClick(aClick({ id: 'approves' }));
    await store().addClick(aClick({ id: 'elsewhere', verb: 'withdraw', approvalId: 'approval-b' }));
    await store().addClick(aClick({ id: 'withdraws', verb: 'withdraw', person: bo }));
    await store().addClick(aClick({ id: 'takes-back', verb: 'take-back' }));
    expect(await store().listCallingOff('approval-a')).toHaveLength(2);
    await store().finishClick('takes-back', { kind: 'nothing-to-withdraw' }, 1);
    expect(await store().listCallingOff('approval-a')).toEqual([bo]);
  });

  it('writes several clicks down as one, and once', async () => {
    const clicks = [aClick({ id: 'v.0' }), aClick({ id: 'v.1', bulk: { id: 'v', size: 2 } })];
    expect(await store().addClicks(clicks)).toBe('written');
    expect(await store().addClicks(clicks)).toBe('repeated');
    expect(await store().findClick('v.1')).toEqual(clicks[1]);
    expect(await store().listUnfinishedClicks()).toHaveLength(2);
  });

  it('writes none of several clicks down where one was written before', async () => {
    await store().addClick(aClick({ id: 'w.0' }));
    const clicks = [aClick({ id: 'w.1' }), aClick({ id: 'w.0' }), aClick({ id: 'w.2' })];
    expect(await store().addClicks(clicks)).toBe('repeated');
    expect((await store().listUnfinishedClicks()).map(({ id }) => id)).toEqual(['w.0']);
  });

  it('knows nothing of a click that was never written', async () => {
    expect(await store().findClick('none')).toBeUndefined();
    expect(await store().findDialog('none')).toBeUndefined();
  });

  it('keeps a click without a response address', async () => {
    const { responseUrl: _none, ...click } = aClick();
    await store().addClick(click);
    expect(await store().findClick(click.id)).toEqual(click);
  });

  it('lists clicks nobody finished, oldest first', async () => {
    await store().addClick(aClick({ id: 'late', atMs: noonMs + 2 }));
    await store().addClick(aClick({ id: 'early', atMs: noonMs }));
    await store().addClick(aClick({ id: 'done', atMs: noonMs + 1 }));
    await store().finishClick('done', { kind: 'unknown-card' }, noonMs + 3);
    expect((await store().listUnfinishedClicks()).map(({ id }) => id)).toEqual(['early', 'late']);
  });

  it('keeps the first answer to a click for good', async () => {
    await store().addClick(aClick());
    await store().finishClick('click-1', { kind: 'vote-counted', have: 1, of: 2 }, noonMs);
    await store().finishClick('click-1', { kind: 'unknown-card' }, noonMs + 1);
    expect(await store().findClick('click-1')).toEqual({
      ...aClick(),
      reply: { kind: 'vote-counted', have: 1, of: 2 },
    });
  });

  it('remembers a modal as it was first opened', async () => {
    await store().addDialog(aDialog());
    await store().addDialog(aDialog({ revision: 2 }));
    expect(await store().findDialog('dialog-1')).toEqual(aDialog());
  });

  it('forgets old response addresses and modals, and nothing else', async () => {
    await store().addClick(aClick({ id: 'old', atMs: noonMs - 1 }));
    await store().addClick(aClick({ id: 'new', atMs: noonMs }));
    await store().addDialog(aDialog({ id: 'old', atMs: noonMs - 1 }));
    await store().addDialog(aDialog({ id: 'new', atMs: noonMs }));
    await store().forgetSecrets(noonMs);
    const { responseUrl: _gone, ...old } = aClick({ id: 'old', atMs: noonMs - 1 });
    expect(await store().findClick('old')).toEqual(old);
    expect((await store().findClick('new'))?.responseUrl).toBe(aClick().responseUrl);
    expect(await store().findDialog('old')).toBeUndefined();
    expect(await store().findDialog('new')).toBeDefined();
  });

  it('tells whether an answer was the first', async () => {
    await store().addClick(aClick());
    expect(await store().finishClick('click-1', { kind: 'unknown-card' }, noonMs)).toBe(true);
    expect(await store().finishClick('click-1', { kind: 'unknown-card' }, noonMs)).toBe(false);
  });

  it('leaves a click to whoever wrote it down for a while, then gives it to one who asks', async () => {
    await store().addClick(aClick({ id: 'done', atMs: noonMs }));
    await store().finishClick('done', { kind: 'unknown-card' }, noonMs);
    await store().addClick(aClick({ id: 'left', atMs: noonMs }));
    await store().addClick(aClick({ id: 'young', atMs: noonMs + 1 }));
    expect(await store().claimClicks(noonMs + clickLeaseMs - 1, 5_000)).toEqual([]);
    const both = () => store().claimClicks(noonMs + clickLeaseMs, 5_000);
    const claimed = (await Promise.all([both(), both()])).flat();
    expect(claimed).toEqual([aClick({ id: 'left', atMs: noonMs })]);
    const again = await store().claimClicks(noonMs + clickLeaseMs + 5_000, 5_000);
    expect(again.map(({ id }) => id)).toEqual(['left', 'young']);
  });

  it('keeps a text until modals of its age are forgotten', async () => {
    await store().keepText('a', 'first', noonMs - 2);
    await store().keepText('a', 'second', noonMs);
    await store().keepText('b', 'old', noonMs - 1);
    expect(await store().keptText('a')).toBe('second');
    await store().forgetSecrets(noonMs);
    expect(await store().keptText('a')).toBe('second');
    expect(await store().keptText('b')).toBeUndefined();
    expect(await store().findDialog('a')).toBeUndefined();
  });
}
