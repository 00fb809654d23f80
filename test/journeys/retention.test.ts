import { describe, expect, it } from '@jest/globals';
import { approve, cardSaying, click, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

const day = 24 * 60 * 60_000;
const rules = {
  retention: { approvals: '30d' },
  receipts: 'all',
  operators: ['ana'],
  ledgerKey: 'c0ffee1be1a07d5863e4b1c8f03a967d52be0c7714d9a3f68125cb40e79d18a6',
} as const;

describe.each(transports)('a finished approval that retention has removed, over %s', (transport) => {
  it('is said to be removed by its button, its receipt and its code, and nothing is decided', async () => {
    const stage = await openStage(transport, rules);
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    await approve(stage, 'ana', card, 'Checked');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await stage.bot().deliver();
    const receipt = await privateWord(stage, 'ana', /Receipt/);
    const [, code = ''] = /receipt (\w+)/.exec(textOf(receipt)) ?? [];
    await stage.observeAfter(29 * day);
    await stage.bot().removeOld();
    await click(stage, 'ana', card, 'approve');
    await privateWord(stage, 'ana', /This is already over/);
    await stage.observeAfter(2 * day);
    await stage.bot().removeOld();
    await stage.bot().removeOld();
    await click(stage, 'ana', card, 'approve');
    await privateWord(
      stage,
      'ana',
      /The data of this approval was deleted .* because its retention period ended. Nothing was decided/,
    );
    await type(stage, 'ana', `why ${/K\d{3}/.exec(textOf(card))?.[0]}`);
    await privateWord(stage, 'ana', /The data of this approval was deleted[\s\S]*Its card goes to/);
    await type(stage, 'ana', `receipt ${code}`);
    await privateWord(stage, 'ana', /The data of this receipt was deleted/);
    const { channel, ts, blocks } = receipt;
    await stage.slack.click({ as: personas.ana.id, channel, ts, actionId: 'receipt.disown', from: blocks });
    await privateWord(stage, 'ana', /The data of this receipt was deleted .* Nothing was done/);
    expect(stage.command.effectiveSignals).toHaveLength(1);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@ana': 1 },
      answers: { ana: 4 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });
});
