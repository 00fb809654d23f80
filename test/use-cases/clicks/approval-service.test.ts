import { describe, expect, it } from '@jest/globals';
import { maxCommentLength } from '../../../src/domain/approval.js';
import type { ClickVerb } from '../../../src/domain/voting.js';
import { defined } from '../../../src/shared/language.js';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import type { ClickPreview } from '../../../src/use-cases/approvals/decide.js';
import { basisOf } from '../../../src/use-cases/show-card.js';
import { aDialog } from '../../support/an-approval.js';
import { request, say, send } from '../inbound/asks.js';
import type { World } from '../world/open-world.js';
import { type Actor, people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

function preview(world: World, actor: Actor, verb: ClickVerb | 'details' = 'approve'): Promise<ClickPreview> {
  const { approvalId, revision, message, person } = world.clickOf(actor, 'approve');
  return useCasesOn(world.context).approvals.preview({ verb, approvalId, revision, message, person });
}

/** What somebody submits a window with, having typed nothing to confirm. */
function written(name: string, comment = '') {
  return { name, comment, typed: '' };
}

describe('looking at a press', () => {
  it('shows the card, and of an approver nobody was ever asked about says nothing yet', async () => {
    const world = await worlds.open();
    for (let lookUp = 0; lookUp < 10; lookUp += 1)
      world.slack.failNext({ call: 'lookUpPerson', code: 'unavailable' });
    world.command.start('run-1');
    await world.passTime(0);
    const seen = await preview(world, 'una');
    expect(seen).toMatchObject({ kind: 'card', card: { actions: ['approve', 'deny', 'details', 'ask'] } });
    expect(seen).not.toHaveProperty('mayDecide');
  });

  it('says of somebody whom no rule names that they may not, without asking the chat about them', async () => {
    const world = await worlds.openWithCard();
    expect(await preview(world, 'zoe')).toMatchObject({ mayDecide: { kind: 'not-an-approver' } });
    const asked = world.slack.calls.filter((call) => call === 'lookUpPerson').length;
    expect(await world.click('zoe', 'approve')).toMatchObject({ why: { kind: 'not-an-approver' } });
    expect(world.slack.calls.filter((call) => call === 'lookUpPerson')).toHaveLength(asked);
  });

  it('says from memory whether somebody may decide', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    await world.click('zoe', 'approve');
    expect(await preview(world, 'ada', 'deny')).toMatchObject({ mayDecide: { kind: 'yes' } });
    expect(await preview(world, 'ada')).toMatchObject({ answer: { kind: 'already-voted', have: 1, of: 2 } });
    expect(await preview(world, 'zoe')).toMatchObject({ mayDecide: { kind: 'not-an-approver' } });
  });

  it('reads nothing over the network', async () => {
    const request: string[] = [];
    const world = await worlds.openWithCard({
      runtime: (name, work) => {
        request.push(name);
        return work();
      },
    });
    const { length } = request;
    await preview(world, 'ada');
    expect(request).toHaveLength(length);
  });

  it('answers at once where a press can lead nowhere any more, but still shows details', async () => {
    const world = await worlds.openWithCard();
    await world.click('ada', 'approve');
    expect(await preview(world, 'bo')).toMatchObject({ kind: 'answer', answer: { kind: 'over' } });
    expect(await preview(world, 'bo', 'details')).toMatchObject({ kind: 'card' });
  });

  it.each([
    ['one-click', 'approve', true],
    ['one-click', 'deny', false],
    ['one-click', 'details', false],
    ['comment', 'approve', false],
  ] as const)('tells that where the rule says %s, %s decides at once: %s', async (approveWith, verb, is) => {
    const world = await worlds.openWithCard();
    const [rule] = world.context.policy.approvers;
    const approvers = rule ? [{ ...rule, approveWith }] : [];
    const context = { ...world.context, policy: { ...world.context.policy, approvers } };
    const { approvalId, revision, message, person } = world.clickOf('ada', 'approve');
    const basis = basisOf(world.card().card.approval, context.policy);
    const click = { verb, approvalId, revision, message, person, basis } as const;
    expect(await useCasesOn(context).approvals.decidesAtOnce(click)).toBe(is);
    expect(await useCasesOn(context).approvals.decidesAtOnce({ ...click, approvalId: 'guessed' })).toBe(
      false,
    );
  });

  it('opens the window for a single click where the card does not show every name', async () => {
    const world = await worlds.openWithCard();
    const approvers = world.context.policy.approvers.map((rule) => ({
      ...rule,
      approveWith: 'one-click' as const,
    }));
    const context = { ...world.context, policy: { ...world.context.policy, approvers } };
    const { approvalId, revision, message, person } = world.clickOf('ada', 'approve');
    const basis = basisOf(world.card().card.approval, context.policy);
    const click = { verb: 'approve', approvalId, revision, message, person, basis } as const;
    expect(await useCasesOn(context).approvals.decidesAtOnce(click)).toBe(true);
    await context.store.inTransaction(async (transaction) => {
      const approval = await transaction.findApproval(approvalId);
      if (!approval) throw new Error('There is no approval.');
      const names = Array.from({ length: 21 }, (_, index) => `host-${index}.keyexample.com`);
      const { instance } = approval;
      const longer = { ...approval, instance: { ...instance, facts: { ...instance.facts, names } } };
      await transaction.saveApproval(longer, 1, context.now());
    });
    expect(await useCasesOn(context).approvals.decidesAtOnce(click)).toBe(false);
  });

  it('opens the window for a single click on a form of the card that does not show all that is signed', async () => {
    const { approvers } = (await worlds.openWithCard()).context.policy;
    const oneClick = approvers.map((rule) => ({ ...rule, approveWith: 'one-click' as const }));
    const world = await worlds.openWithCard({ policy: { approvers: oneClick } });
    const { approvalId, revision, message, person } = world.clickOf('ada', 'approve');
    const click = { verb: 'approve', approvalId, revision, message, person } as const;
    expect(await useCasesOn(world.context).approvals.decidesAtOnce(click)).toBe(false);
    expect(await world.click('ada', 'approve', { via: 'press' })).toEqual({ kind: 'press-again' });
    expect(
      await world.click('bo', 'approve', { via: 'press', basis: world.card().card.basis }),
    ).toMatchObject({
      kind: 'decided',
    });
  });

  it('knows no card that is not there', async () => {
    const world = await worlds.openWithCard();
    const { approvalId, message, person } = world.clickOf('ada', 'approve');
    const service = useCasesOn(world.context).approvals;
    const click = { verb: 'details', approvalId, revision: 1, message, person } as const;
    expect(await service.preview({ ...click, approvalId: 'guessed' })).toMatchObject({
      answer: { kind: 'unknown-card' },
    });
    expect(await service.preview({ ...click, message: { channel: 'C0PKI', ts: '1.0' } })).toMatchObject({
      answer: { kind: 'unknown-card' },
    });
  });
});

describe('looking at a press on an output of the workflow’s own', () => {
  const outputs = [
    { name: 'Approved', verdict: 'approve' },
    { name: 'Rejected', verdict: 'deny' },
  ] as const;

  async function openInbound() {
    const world = await worlds.open();
    await send(world, { activityId: '501', outputs });
    const { approvalId, revision, message, person } = world.clickOf('ada', 'approve');
    const service = useCasesOn(world.context).approvals;
    const pollRuns = (verb: 'approve' | 'deny' | 'details', output?: number) =>
      service.preview({
        verb,
        approvalId,
        revision,
        message,
        person,
        ...defined({ output }),
      });
    return { world, pollRuns };
  }

  it('shows the card for one that is offered, and for its details', async () => {
    const { pollRuns } = await openInbound();
    expect(await pollRuns('approve', 0)).toMatchObject({ kind: 'card' });
    expect(await pollRuns('deny', 1)).toMatchObject({ kind: 'card' });
    expect(await pollRuns('details')).toMatchObject({ kind: 'card' });
  });

  it.each([
    ['approve', 2],
    ['approve', 1],
    ['deny', 0],
    ['approve', undefined],
  ] as const)('knows none that is not offered: %s, %s', async (verb, output) => {
    const { pollRuns } = await openInbound();
    expect(await pollRuns(verb, output)).toEqual({ kind: 'answer', answer: { kind: 'unknown-card' } });
  });

  it('says that the facts changed where the outputs are others by now', async () => {
    const { world, pollRuns } = await openInbound();
    await say(world, request({ activityId: '501', outputs: [{ name: 'Done', verdict: 'approve' }] }));
    expect(await pollRuns('deny', 1)).toMatchObject({ answer: { kind: 'facts-changed' } });
  });

  it('knows none where there are only the two answers', async () => {
    const world = await worlds.openWithCard();
    const { approvalId, revision, message, person } = world.clickOf('ada', 'approve');
    const click = { verb: 'approve', approvalId, revision, message, person, output: 0 } as const;
    expect(await useCasesOn(world.context).approvals.preview(click)).toMatchObject({
      answer: { kind: 'unknown-card' },
    });
  });
});

describe('a modal', () => {
  it('is found again by whoever opened it, and by nobody else', async () => {
    const world = await worlds.openWithCard();
    const service = useCasesOn(world.context).approvals;
    const dialog = aDialog({ approvalId: world.clickOf('ada', 'deny').approvalId });
    await service.openDialog(dialog);
    expect(await service.findDialog(dialog.id, people.ada.id)).toMatchObject({ id: dialog.id, verb: 'deny' });
    expect(await service.findDialog(dialog.id, people.bo.id)).toBeUndefined();
    expect(await service.findDialog('another', people.ada.id)).toBeUndefined();
  });

  it('wants a reason for a denial and none for an approval', async () => {
    const world = await worlds.openWithCard();
    const service = useCasesOn(world.context).approvals;
    const { approvalId } = world.clickOf('ada', 'deny');
    expect(await service.checkComment(aDialog({ approvalId }), written('Ada', ' \n'))).toEqual({
      kind: 'incomplete',
      missing: 'reason',
    });
    expect(await service.checkComment(aDialog({ approvalId, verb: 'approve' }), written('Ada'))).toEqual({
      kind: 'fits',
    });
  });

  it.each(['approve', 'deny'] as const)(
    'lets a comment through exactly if it arrives whole, on %s',
    async (verb) => {
      const world = await worlds.openWithCard({ quorum: 2 });
      await world.click('ada', 'approve', { comment: 'x'.repeat(40) });
      const service = useCasesOn(world.context).approvals;
      const { approvalId, message } = world.clickOf('bo', verb);
      const dialog = aDialog({ approvalId, verb, person: people.bo.id, message });
      const tooLong = await service.checkComment(
        dialog,
        written(people.bo.name, 'y'.repeat(maxCommentLength)),
      );
      expect(tooLong.kind).toBe('too-long');
      const by = tooLong.kind === 'too-long' ? tooLong.byCharacters : 0;
      const comment = 'y'.repeat(maxCommentLength - by);
      expect(await service.checkComment(dialog, written(people.bo.name, `${comment}y`))).toEqual({
        kind: 'too-long',
        byCharacters: 1,
      });
      expect(await service.checkComment(dialog, written(people.bo.name, comment))).toEqual({ kind: 'fits' });
      await world.click('bo', verb, { comment });
      expect(world.command.arrivals[0]?.comment).toContain(comment);
      expect(world.command.arrivals[0]?.comment).toHaveLength(maxCommentLength);
    },
  );
});
