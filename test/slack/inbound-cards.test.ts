import { afterEach, describe, expect, it } from '@jest/globals';
import type { Approval, Output } from '../../src/domain/approval.js';
import { approvalCard, decisionModal, detailsModal, plainCard } from '../../src/slack/blocks/card.js';
import { actionId, actionKinds, readActionId } from '../../src/slack/ids.js';
import { aDialog, aLinkOnlyApproval, anInboundApproval, aPersonId, aVote } from '../support/an-approval.js';
import { aCard, aRule } from './a-card.js';
import { fakeService } from './a-service.js';
import { aSlack, type Slack } from './a-slack.js';

const labelOf = () => 'Work Tasks';
const stages: Slack[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

const inboundCard = (approval: Approval = anInboundApproval(), extra: Parameters<typeof aCard>[0] = {}) =>
  aCard({ approval, ...extra });

function offering(...outputs: readonly Output[]): Approval {
  return anInboundApproval({ inbound: { activityId: '501', outputs, suggested: [] } });
}

interface SeenButton {
  readonly text: string;
  readonly actionId: string;
  readonly style: string | undefined;
}

function buttonsOf(card: ReturnType<typeof aCard>, render = approvalCard): readonly SeenButton[] {
  return render(card, labelOf).blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((one) =>
          one.type === 'button'
            ? [{ text: one.text.text, actionId: one.action_id ?? '', style: one.style }]
            : [],
        )
      : [],
  );
}

const textOf = (card: ReturnType<typeof aCard>): string => JSON.stringify(approvalCard(card, labelOf).blocks);

describe('the name of a button', () => {
  it.each([
    ['approve', undefined, 'approval.approve'],
    ['approve', 0, 'approval.approve#0'],
    ['deny', 12, 'approval.deny#12'],
    ['take-back', undefined, 'approval.take-back'],
  ] as const)('for %s and output %s reads back', (kind, output, name) => {
    expect(actionId('approval', kind, output)).toBe(name);
    expect(readActionId('approval', actionKinds.approval, name)).toEqual(
      output === undefined ? { kind } : { kind, output },
    );
  });

  it.each([
    'approval.approve#',
    'approval.approve#-1',
    'approval.approve#1234',
    'approval.details#0',
    'approve',
  ])('is none of ours: %s', (name) => {
    expect(readActionId('approval', actionKinds.approval, name)).toBeUndefined();
  });
});

describe('a card a workflow told of', () => {
  it('has a button for each output, under its own name', () => {
    expect(buttonsOf(inboundCard())).toEqual([
      { text: 'Approved', actionId: 'approval.approve#0', style: 'primary' },
      { text: 'Send back', actionId: 'approval.approve#1', style: undefined },
      { text: 'Rejected', actionId: 'approval.deny#2', style: 'danger' },
      { text: 'Details', actionId: 'approval.details', style: undefined },
      { text: 'Ask', actionId: 'approval.ask', style: undefined },
      { text: 'Open in Work Tasks', actionId: 'approval.open', style: undefined },
    ]);
  });

  it('keeps them on the plain card, for when Slack finds fault with the real one', () => {
    expect(buttonsOf(inboundCard(), plainCard)).toEqual(buttonsOf(inboundCard()));
  });

  it('cuts names to what a button holds, and shows markup letter by letter', () => {
    const approval = offering(
      { name: 'x'.repeat(200), verdict: 'approve' },
      { name: '*Pay* <!channel> :tada:', verdict: 'deny' },
    );
    const [long, marked] = buttonsOf(inboundCard(approval));
    expect(long?.text).toBe(`${'x'.repeat(74)}…`);
    expect(marked?.text).toBe('*Pay* <!channel> :tada:');
  });

  it('shows what the workflow told, and whom it would ask', () => {
    const text = textOf(inboundCard());
    expect(text).toContain('Decision needed: Leave WF · K7F3');
    expect(text).toContain('*Days* 3');
    expect(text).toContain('*Suggested by the workflow* `activedirectory::lwei`');
    expect(text).not.toContain('identities');
  });

  it('says how much more there is than it shows', () => {
    const { instance } = anInboundApproval();
    const others = Array.from({ length: 14 }, (_none, index) => ({ label: `Line ${index}`, value: 'x' }));
    const approval = anInboundApproval({ instance: { ...instance, facts: { ...instance.facts, others } } });
    const text = textOf(inboundCard(approval));
    expect(text).toContain('Line 9');
    expect(text).not.toContain('Line 10');
    expect(text).toContain('+4 more in Details');
  });

  it('counts for each output by itself', () => {
    const votes = [
      aVote({ name: 'Ana', output: 'Approved' }),
      aVote({ name: 'Bo', person: aPersonId('U0BO'), output: 'Send back' }),
    ];
    const text = textOf(inboundCard(anInboundApproval(), { votes, rule: aRule({ quorum: 2 }) }));
    expect(text).toContain('*Decisions* “Approved” 1 of 2 (Ana), “Send back” 1 of 2 (Bo)');
  });

  it('offers to withdraw a choice, not an approval', () => {
    const card = inboundCard(anInboundApproval(), { actions: ['approve', 'deny', 'details', 'withdraw'] });
    expect(buttonsOf(card).map(({ text }) => text)).toContain('Withdraw my choice');
  });

  it('keeps comments in Slack, and says so', () => {
    const text = JSON.stringify(detailsModal(inboundCard(), labelOf));
    expect(text).toContain('Comments stay in Slack; only the choice is sent to Work Tasks.');
    expect(text).not.toContain('version 0');
  });
});

describe('a card nobody can answer from Slack yet', () => {
  const card = inboundCard(aLinkOnlyApproval(), { actions: ['details'] });

  it('leads to the inbox, and has no button that would do nothing', () => {
    expect(buttonsOf(card).map(({ text }) => text)).toEqual(['Details', 'Open in Work Tasks']);
  });

  it('says plainly where to decide', () => {
    expect(textOf(card)).toContain('Decision needed in Work Tasks: Leave WF');
    expect(textOf(card)).toContain('Please decide this in the Work Tasks inbox');
  });
});

describe('the window of an output', () => {
  const options = { labelOf, decider: { name: 'Ada', identities: [] } };
  const open = (approval: Approval, verb: 'approve' | 'deny', output: number) =>
    decisionModal(inboundCard(approval), aDialog({ verb, output }), options);

  it.each([
    ['Approved', 'approve', 'Approved — comment', 'Approved'],
    ['Rejected', 'deny', 'Rejected — reason', 'Rejected'],
    ['Send back to requester', 'approve', 'Send back to requester', 'Send back to requester'],
    ['Send it all back to the requester', 'approve', 'Send it all back to the…', 'Send it all back to the…'],
  ] as const)('for %s names it in %s', (name, verdict, title, submit) => {
    const view = open(offering({ name, verdict }), verdict, 0);
    expect(view).toMatchObject({ title: { text: title }, submit: { text: submit } });
    expect(JSON.stringify(view.blocks)).toContain(`You are choosing “${name}”.`);
  });

  it('does not say that a denial ends the workflow, and that the comment stays', () => {
    const text = JSON.stringify(open(anInboundApproval(), 'deny', 2));
    expect(text).not.toContain('ends the workflow');
    expect(text).toContain('Stays in Slack, together with your name; only the choice is sent to Work Tasks.');
    expect(text).toContain('*Days* 3');
  });
});

describe.each(['socket', 'http'] as const)('a person who chooses, heard over %s', (mode) => {
  async function set(card = inboundCard()) {
    const service = fakeService({ preview: () => ({ kind: 'card', card, approval: card.approval }) });
    const stage = await aSlack({ mode, service });
    stages.push(stage);
    const { ts } = await stage.post(card);
    const click = (id: string) =>
      stage.workspace.click({ as: stage.ada.id, channel: stage.channel, ts, actionId: id });
    const submit = async (comment: string) => {
      const { id } = await stage.workspace.waitFor(() => stage.workspace.views(stage.ada.id).at(-1));
      return stage.workspace.submitView({
        as: stage.ada.id,
        viewId: id,
        values: { comment: { comment: { type: 'plain_text_input', value: comment } } },
      });
    };
    return { ...stage, click, submit };
  }

  it('is asked for a comment, and the click says which output it was', async () => {
    const { click, submit, service } = await set();
    expect((await click('approval.approve#1')).acked).toBe(true);
    expect(await submit('please add dates')).toMatchObject({ result: 'closed' });
    expect(service.buttonClicks).toMatchObject([{ verb: 'approve', output: 1 }]);
    expect(service.dialogs).toMatchObject([{ verb: 'approve', output: 1 }]);
    expect(service.clicks).toMatchObject([
      { verb: 'approve', output: 1, via: 'modal', comment: 'please add dates' },
    ]);
  });

  it('needs a reason for an output that refuses', async () => {
    const { click, submit, service } = await set();
    await click('approval.deny#2');
    expect(await submit('  ')).toMatchObject({
      result: 'errors',
      errors: { comment: expect.stringContaining('reason') },
    });
    await submit('no cover');
    expect(service.clicks).toMatchObject([{ verb: 'deny', output: 2, comment: 'no cover' }]);
  });

  it('decides with one click where the rule says so', async () => {
    const card = inboundCard(anInboundApproval(), { rule: aRule({ approveWith: 'one-click' }) });
    const { click, service, workspace } = await set(card);
    expect((await click('approval.approve#0')).acked).toBe(true);
    await workspace.waitFor(() => service.worked.length === 1 || undefined);
    expect(service.clicks).toMatchObject([{ verb: 'approve', output: 0, via: 'press', basis: card.basis }]);
  });
});
