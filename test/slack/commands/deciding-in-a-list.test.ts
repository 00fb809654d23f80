import { afterEach, describe, expect, it } from '@jest/globals';
import type { Card } from '../../../src/domain/card.js';
import type { MessageRef } from '../../../src/domain/voting.js';
import type { ClickPreview } from '../../../src/use-cases/approvals/decide.js';
import type { Reply } from '../../../src/use-cases/commands/run-command.js';
import { anApproval } from '../../support/an-approval.js';
import { aCard, aRule } from '../a-card.js';
import { aTypist, type Typist, textOf } from './a-typist.js';

const stages: Typist[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

const cardMessage = { channel: 'C0ELSEWHERE', ts: '1768478400.000100' };
const oneClick = aCard({ rule: aRule({ approveWith: 'one-click' }) });
const listOf = (card: Card): Reply => ({
  kind: 'approvals',
  page: 1,
  rows: [{ card, channel: 'C0PKI' }],
  hasMore: false,
  total: 1,
  voted: 0,
});
const seen = (card: Card, more: Partial<Extract<ClickPreview, { kind: 'card' }>> = {}): ClickPreview => ({
  kind: 'card',
  card,
  approval: card.approval,
  ...more,
});

describe.each(['socket', 'http'] as const)('a list of approvals, over %s', (mode) => {
  async function set(
    preview: ClickPreview,
    card = oneClick,
    cardOf: () => MessageRef | undefined = () => cardMessage,
  ) {
    const stage = await aTypist(mode, { run: () => listOf(card), cardOf }, { preview: () => preview });
    stages.push(stage);
    await stage.type('approvals');
    const list = await stage.notified(/Waiting for your decision: 1/);
    return { ...stage, list };
  }

  it('opens the window of the card, also where the card decides at one press', async () => {
    const { click, list, modal, service, workspace, ada } = await set(seen(oneClick));
    expect((await click(list, 'command.decide.approve')).acked).toBe(true);
    const { id } = await modal(/approval.approve/);
    expect(service.clicks).toEqual([]);
    expect(service.buttonClicks).toMatchObject([
      { approvalId: 'approval-a', revision: 1, message: cardMessage },
    ]);
    expect(await workspace.submitView({ as: ada.id, viewId: id, values: {} })).toMatchObject({
      result: 'closed',
    });
    expect(service.clicks).toMatchObject([{ verb: 'approve', via: 'modal', message: cardMessage }]);
  });

  it('offers an answer for each output of a workflow that has its own', async () => {
    const notified = {
      activityId: '8812',
      outputs: [
        { name: 'Grant', verdict: 'approve' },
        { name: 'Later', verdict: 'deny' },
      ],
      suggested: [],
    } as const;
    const card = aCard({ approval: anApproval({ inbound: notified }) });
    const { click, list, modal, service } = await set(seen(card), card);
    expect(textOf(list)).toMatch(/"Grant…".*"Later…".*"Details"/);
    await click(list, 'command.decide.deny#1');
    await modal(/approval.deny/);
    expect(service.buttonClicks).toMatchObject([{ verb: 'deny', output: 1 }]);
    expect(service.dialogs).toMatchObject([{ verb: 'deny', output: 1 }]);
  });

  it('shows details, which decides nothing', async () => {
    const { click, list, modal, service } = await set(seen(oneClick));
    await click(list, 'command.decide.details');
    expect((await modal(/app\.example\.com/)).view).not.toHaveProperty('submit');
    expect(service.clicks).toEqual([]);
  });

  it.each([
    [{ kind: 'answer', answer: { kind: 'over', approval: anApproval() } }, /./],
    [seen(oneClick, { mayDecide: { kind: 'own-request' } }), /You requested this/],
    [seen(aCard({ actions: ['details'] })), /./],
  ] as const)('says why a press leads nowhere, and decides nothing', async (preview, text) => {
    const { click, list, service, workspace, ada, privateOnes } = await set(preview);
    await click(list, 'command.decide.approve');
    await workspace.waitFor(() => privateOnes().length === 2);
    expect(textOf(privateOnes().at(-1) ?? list)).toMatch(text);
    expect([service.clicks, service.dialogs, workspace.views(ada.id)]).toEqual([[], [], []]);
  });

  it('has somebody checked with Slack whom only a user group names that was not read yet', async () => {
    const mayDecide = { kind: 'group-not-checked', rule: aRule() } as const;
    const { click, list, service, privateOnes, workspace } = await set(seen(oneClick, { mayDecide }));
    expect((await click(list, 'command.decide.approve')).acked).toBe(true);
    await workspace.waitFor(() => service.worked.length === 1 || undefined);
    expect(service.clicks).toMatchObject([
      { verb: 'approve', via: 'press', from: 'list', message: cardMessage },
    ]);
    expect(privateOnes()).toHaveLength(1);
  });

  it('says so while the card is not posted yet', async () => {
    const { click, list, notified, service } = await set(seen(oneClick), oneClick, () => undefined);
    await click(list, 'command.decide.approve');
    await notified(/not posted yet/);
    expect(service.steps).toEqual([]);
  });
});
