import { afterEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown } from '../../src/ports/store.js';
import { defined } from '../../src/shared/language.js';
import type { ButtonClick, ClickPreview } from '../../src/use-cases/approvals/decide.js';
import { aDecision, anApproval, anInstance, aPerson, aPersonId } from '../support/an-approval.js';
import { aCard, aRule } from './a-card.js';
import { type FakeServiceResults, fakeService } from './a-service.js';
import { aSlack, type Slack } from './a-slack.js';

const stages: Slack[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

const teamId = 'T0SIMULATED';
const commentCard = () => aCard({ approval: anApproval() });
const oneClick = () => aCard({ rule: aRule({ approveWith: 'one-click' }) });

function previews(card = commentCard(), extra: Partial<Extract<ClickPreview, { kind: 'card' }>> = {}) {
  return (_click: ButtonClick): ClickPreview => ({ kind: 'card', card, approval: card.approval, ...extra });
}

describe.each(['socket', 'http'] as const)('a person in Slack, heard over %s', (mode) => {
  async function set(results: FakeServiceResults = {}, card = commentCard()) {
    const stage = await aSlack({ mode, service: fakeService({ preview: previews(card), ...results }) });
    stages.push(stage);
    const message = await stage.post(card);
    const click = (actionId: string, value?: string) =>
      stage.workspace.click({
        as: stage.ada.id,
        channel: stage.channel,
        ts: message.ts,
        actionId,
        ...defined({ value }),
      });
    const view = () => stage.workspace.views(stage.ada.id).at(-1);
    const opened = () => stage.workspace.waitFor(view);
    const submit = async (comment: string) => {
      const { id } = await opened();
      return stage.workspace.submitView({
        as: stage.ada.id,
        viewId: id,
        values: { comment: { comment: { type: 'plain_text_input', value: comment } } },
      });
    };
    const notified = (text: string) =>
      stage.workspace.waitForMessage((one) => one.isEphemeral && one.text.includes(text));
    return { ...stage, message, click, opened, view, submit, notified };
  }

  it('approves with a comment: the modal opens, the submission is written down and worked on', async () => {
    const { click, submit, view, service, message } = await set();
    expect((await click('approval.approve')).acked).toBe(true);
    expect(service.clicks).toEqual([]);
    expect(await submit('  as agreed  ')).toMatchObject({ acked: true, result: 'closed' });
    expect(view()).toBeUndefined();
    expect(service.clicks).toMatchObject([
      {
        approvalId: 'approval-a',
        revision: 1,
        verb: 'approve',
        comment: 'as agreed',
        message,
        person: { teamId, userId: 'U0ADA' },
      },
    ]);
    expect(service.clicks[0]?.id).toMatch(/^view\.V/);
    expect(service.clicks[0]).toMatchObject({ via: 'modal' });
    expect(service.clicks[0]).not.toHaveProperty('responseUrl');
    expect(service.steps).toEqual(['look', 'open-dialog', 'write-down', 'work']);
  });

  it('approves without a comment', async () => {
    const { click, submit, service } = await set();
    await click('approval.approve');
    await submit('');
    expect(service.clicks[0]).not.toHaveProperty('comment');
  });

  it('denies with a reason, which must not be blank', async () => {
    const { click, submit, service } = await set();
    await click('approval.deny');
    expect(await submit('   ')).toMatchObject({
      result: 'errors',
      errors: { comment: expect.stringContaining('reason') },
    });
    expect(service.clicks).toEqual([]);
    expect(await submit('not ours')).toMatchObject({ result: 'closed' });
    expect(service.clicks).toMatchObject([{ verb: 'deny', comment: 'not ours' }]);
  });

  it('is told inside the modal that a comment is too long', async () => {
    const { click, submit, service } = await set({
      checkComment: (comment) =>
        comment.length > 5 ? { kind: 'too-long', byCharacters: comment.length - 5 } : { kind: 'fits' },
    });
    await click('approval.approve');
    expect(await submit('far too long')).toMatchObject({
      result: 'errors',
      errors: { comment: expect.stringContaining('Too long by 7 characters') },
    });
    expect(service.clicks).toEqual([]);
  });

  it('approves with one click, written down before it is acknowledged', async () => {
    const { click, service, workspace } = await set({}, oneClick());
    expect((await click('approval.approve')).acked).toBe(true);
    expect(service.clicks).toMatchObject([{ verb: 'approve', revision: 1 }]);
    await workspace.waitFor(() => service.worked.length === 1 || undefined);
    expect(service.steps.slice(0, 2)).toEqual(['at-once', 'write-down']);
  });

  it('gets the window where names are left to Details, though the rule is content with one click', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `${at}.`.padEnd(240, 'x'));
    const { facts } = anInstance();
    const approval = anApproval({ instance: anInstance({ facts: { ...facts, names } }) });
    const { click, opened, service } = await set({}, { ...oneClick(), approval });
    expect((await click('approval.approve')).acked).toBe(true);
    await opened();
    expect(service.clicks).toEqual([]);
  });

  it('is acknowledged before the work on a click is done', async () => {
    let finish = (): void => {};
    const work = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { click } = await set({ work: () => work }, oneClick());
    expect((await click('approval.approve')).acked).toBe(true);
    finish();
  });

  it.each([
    ['withdraw', aCard({ actions: ['approve', 'deny', 'details', 'withdraw'] })],
    ['take-back', aCard({ actions: ['take-back', 'details'] })],
  ] as const)('presses %s, which needs no modal', async (verb, card) => {
    const { click, service } = await set({}, card);
    expect((await click(`approval.${verb}`)).acked).toBe(true);
    expect(service.clicks).toMatchObject([{ verb }]);
    expect(service.steps).not.toContain('open-dialog');
  });

  it('reads the details, which decides nothing', async () => {
    const { click, opened, service } = await set();
    await click('approval.details');
    expect(JSON.stringify((await opened()).view)).toContain('app.example.com');
    expect(service.clicks).toEqual([]);
  });

  it('is refused on the record when it is known already that they may not decide', async () => {
    const { click, service, view } = await set({
      preview: previews(commentCard(), { mayDecide: { kind: 'own-request' } }),
    });
    await click('approval.approve');
    expect(service.clicks).toMatchObject([{ verb: 'approve' }]);
    expect(view()).toBeUndefined();
  });

  it('leaves a record when a decision comes too late', async () => {
    const over = anApproval({
      state: { kind: 'ended', ending: { kind: 'not-visible' }, decision: aDecision(), atMs: 0 },
    });
    const { click, service, notified } = await set({
      preview: () => ({ kind: 'answer', answer: { kind: 'over', approval: over } }),
    });
    await click('approval.deny');
    expect(service.clicks).toMatchObject([{ verb: 'deny' }]);
    await click('approval.details');
    await notified('This is already over. Ada Okafor approved');
  });

  it('is told that nothing was decided when a press cannot be written down', async () => {
    const failing = {
      writeDown: () => {
        throw new Error('disk full');
      },
    };
    const { click, notified, service } = await set(failing, oneClick());
    expect((await click('approval.approve')).acked).toBe(true);
    await notified('Nothing was decided');
    expect(service.worked).toEqual([]);
  });

  it('keeps the modal open when a submission cannot be written down', async () => {
    const failing = {
      writeDown: () => {
        throw new Error('disk full');
      },
    };
    const { click, submit, service } = await set(failing);
    await click('approval.approve');
    expect(await submit('fine')).toMatchObject({
      result: 'errors',
      errors: { comment: expect.stringContaining('Nothing was decided') },
    });
    expect(service.worked).toEqual([]);
  });

  it('is not told that nothing was decided when nobody knows whether a click was stored', async () => {
    const failing = {
      writeDown: () => {
        throw new OutcomeUnknown('lost');
      },
    };
    const { click, notified, service } = await set(failing, oneClick());
    expect((await click('approval.approve')).acked).toBe(true);
    const { text } = await notified('could not confirm that your decision was stored');
    expect(text).not.toContain('Nothing was decided');
    expect(service.worked).toEqual([]);
  });

  it('keeps the modal open, and claims nothing, when nobody knows whether a submission was stored', async () => {
    const failing = {
      writeDown: () => {
        throw new OutcomeUnknown('lost');
      },
    };
    const { click, submit, service } = await set(failing);
    await click('approval.approve');
    expect(await submit('fine')).toMatchObject({
      result: 'errors',
      errors: { comment: expect.stringContaining('could not confirm that your decision was stored') },
    });
    expect(service.worked).toEqual([]);
  });

  it('is told that an edited reason was not taken, where the window stayed open since Slack heard too late', async () => {
    let store = (): void => {};
    const stored = new Promise<void>((resolve) => {
      store = resolve;
    });
    const { click, submit, service, view } = await set({ writeDown: () => stored });
    await click('approval.deny');
    expect(await submit('wrong owner')).toMatchObject({ acked: false });
    store();
    expect(await submit('wrong owner, ask PKI')).toMatchObject({
      result: 'errors',
      errors: { comment: expect.stringContaining('What you changed after that was not') },
    });
    expect(await submit('wrong owner')).toMatchObject({ result: 'closed' });
    expect(view()).toBeUndefined();
    expect(service.clicks).toMatchObject([{ comment: 'wrong owner' }]);
    expect(service.worked).toHaveLength(1);
  });

  it('is told to click again when Slack would not open the window in time', async () => {
    const { click, notified, workspace } = await set();
    workspace.fail({ method: 'views.open', fault: 'expired_trigger_id' });
    await click('approval.approve');
    await notified('click again');
  });

  it('gets a reference when the work breaks', async () => {
    const { click, notified, log } = await set(
      { work: () => Promise.reject(new Error('a bug')) },
      oneClick(),
    );
    await click('approval.approve');
    const { text } = await notified('Something went wrong in Countersign (ref ');
    const ref = /ref ([A-Z2-9]{10})\b/.exec(text)?.[1];
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { ref } }]);
  });

  it('finds that a button with a foreign value does nothing', async () => {
    const { click, notified, service } = await set();
    await click('approval.approve', 'nonsense');
    await notified('does not belong to a message');
    expect(service.steps).toEqual([]);
  });

  it('cannot submit a window that the bot does not know any more', async () => {
    const { click, submit, service, opened } = await set();
    await click('approval.approve');
    await opened();
    service.dialogs.splice(0);
    expect(await submit('fine')).toMatchObject({
      result: 'errors',
      errors: { comment: expect.stringContaining('too old') },
    });
  });

  it('is a person of their own workspace', async () => {
    const { click, service } = await set();
    await click('approval.approve');
    expect(service.buttonClicks).toMatchObject([{ verb: 'approve', person: { teamId, userId: 'U0ADA' } }]);
    expect(aPerson().id).toEqual(aPersonId());
  });
});
