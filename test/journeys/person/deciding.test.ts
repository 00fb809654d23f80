import { describe, expect, it } from '@jest/globals';
import { ask } from '../../support/stage/ask.js';
import { linkByCommand } from '../../support/stage/browser.js';
import {
  buttonsOf,
  cardSaying,
  click,
  deny,
  privateWord,
  textOf,
  theCard,
} from '../../support/stage/cards.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { finish } from '../../support/stage/finish.js';
import { expectNoSecrets, openPersonStage } from '../../support/stage/open-person-stage.js';
import { transports } from '../../support/stage/open-stage.js';
import { personas } from '../../support/stage/personas.js';

const oneClick = { approveWith: 'one-click' } as const;
const byAna = 'approve by KEYEXAMPLE\\aruiz';
const byLi = 'approve by KEYEXAMPLE\\lwei';

describe.each(transports)('people with linked accounts, over %s', (transport) => {
  it('completes a step Command wants from two identities, each by their own account', async () => {
    const stage = await openPersonStage(transport, oneClick);
    await linkByCommand(stage, 'ana');
    await linkByCommand(stage, 'li');
    const id = await askForCertificate(stage, { definition: 'Two identities' });
    await stage.observe();
    expect(textOf(theCard(stage))).toContain('0 of 2');
    await click(stage, 'ana', theCard(stage), 'approve');
    const recorded = await cardSaying(stage, /recorded approval by .* as 1 of 2/);
    expect(textOf(recorded)).toContain('1 of 2 (Ana Ruiz)');
    expect(buttonsOf(recorded)).toContain('Approve');
    expect(buttonsOf(recorded)).not.toContain('Withdraw my approval');
    expect(stage.command.instance(id).status).toBe('Suspended');
    await stage.observeAfter(15_000);
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(stage, 'ana', /counts already: 1 of 2/);
    await click(stage, 'li', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz and Li Wei/);
    expect(stage.command.instance(id).status).toBe('Complete');
    expect(stage.command.effectiveSignals.map(({ comment }) => comment)).toEqual([
      'Approved by Ana Ruiz (KEYEXAMPLE\\aruiz) via Countersign',
      'Approved by Li Wei (KEYEXAMPLE\\lwei) via Countersign',
    ]);
    expectNoSecrets(stage);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@ana': 1, '@li': 1 },
      answers: { ana: 2, li: 1 },
      signals: [byAna, byLi],
    });
  });

  it('sends the signal of each of two who decided together, until Command moves on', async () => {
    const stage = await openPersonStage(transport, { ...oneClick, quorum: 2 });
    await linkByCommand(stage, 'ana');
    await linkByCommand(stage, 'li');
    const id = await askForCertificate(stage, { definition: 'Two identities' });
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2 \(Ana Ruiz\)/);
    expect(stage.command.effectiveSignals).toEqual([]);
    await click(stage, 'li', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by .*Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@ana': 1, '@li': 1 },
      answers: { ana: 2, li: 1 },
      signals: [byLi, byAna],
    });
  });

  it('says whose own account lacks the role, and lets others decide', async () => {
    const stage = await openPersonStage(transport, { ...oneClick, approvers: ['bo', 'ana'] });
    await linkByCommand(stage, 'bo');
    await linkByCommand(stage, 'ana');
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.log.expectError(/refused a signal/);
    await click(stage, 'bo', theCard(stage), 'approve');
    const card = await cardSaying(stage, /KEYEXAMPLE\\bo.*lacks the role/);
    expect(buttonsOf(card)).toContain('Approve');
    expect(stage.command.instance(id).status).toBe('Suspended');
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 1, ops: 1, '@sam': 1, '@ana': 1, '@bo': 2 },
      answers: { ana: 1, bo: 1 },
      signals: [byAna],
    });
  });

  it('sends what a delegate decides with the account of the delegate, and says whose place that is', async () => {
    const stage = await openPersonStage(transport, {
      ...oneClick,
      approvers: ['ana', 'li'],
      delegates: ['sam'],
    });
    await linkByCommand(stage, 'ana');
    await linkByCommand(stage, 'sam');
    const id = await askForCertificate(stage, { requester: personas.gia.identity });
    await stage.observe();
    const line = `away until 3d to <@${personas.sam.id}|sam>`;
    await ask(stage, { as: 'ana', line, shows: /Sam Smith decides for you/ });
    await stage.bot().deliver();
    await click(stage, 'sam', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Sam Smith \(for Ana Ruiz\)/);
    expect(stage.command.instance(id).status).toBe('Complete');
    expect(stage.command.effectiveSignals).toMatchObject([
      {
        identity: personas.sam.identity,
        comment:
          'Approved by Sam Smith (KEYEXAMPLE\\jsmith) for Ana Ruiz (KEYEXAMPLE\\aruiz) via Countersign',
      },
    ]);
    expectNoSecrets(stage);
    await stage.close();
  });

  it('refuses what a delegate decides whose own account lacks the role, though the approver has it', async () => {
    const stage = await openPersonStage(transport, {
      ...oneClick,
      approvers: ['ana', 'li'],
      delegates: ['bo'],
    });
    await linkByCommand(stage, 'ana');
    await linkByCommand(stage, 'bo');
    const id = await askForCertificate(stage);
    await stage.observe();
    const line = `away until 3d to <@${personas.bo.id}|bo>`;
    await ask(stage, { as: 'ana', line, shows: /Bo Stranger decides for you/ });
    await stage.bot().deliver();
    stage.log.expectError(/refused a signal/);
    await click(stage, 'bo', theCard(stage), 'approve');
    const card = await cardSaying(stage, /KEYEXAMPLE\\bo.*lacks the role/);
    expect(buttonsOf(card)).toContain('Approve');
    expect(stage.command.instance(id).status).toBe('Suspended');
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.effectiveSignals.map(({ identity }) => identity)).toEqual([personas.ana.identity]);
    await stage.close();
  });

  it('denies in the name of the person', async () => {
    const stage = await openPersonStage(transport, oneClick);
    await linkByCommand(stage, 'li');
    const id = await askForCertificate(stage);
    await stage.observe();
    await deny(stage, 'li', theCard(stage), 'Not ours');
    await cardSaying(stage, /Denied by Li Wei/);
    expect(stage.command.instance(id).status).toBe('Rejected');
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@li': 1 },
      answers: { li: 1 },
      signals: ['deny by KEYEXAMPLE\\lwei'],
    });
  });

  it('takes two decisions of one person at the same moment, with one use of the refresh token', async () => {
    const stage = await openPersonStage(transport, oneClick);
    await linkByCommand(stage, 'ana');
    const one = await askForCertificate(stage, { host: 'one.keyexample.com' });
    const two = await askForCertificate(stage, { host: 'two.keyexample.com' });
    await stage.observe();
    const cards = stage.slack.messages('C0PKI').filter(({ isFromApp }) => isFromApp);
    await Promise.all(cards.map((card) => click(stage, 'ana', card, 'approve')));
    for (const id of [one, two]) {
      await stage.slack.waitFor(() => stage.command.instance(id).status === 'Complete' || undefined);
    }
    await cardSaying(stage, /Approved by Ana Ruiz.*one/s);
    await cardSaying(stage, /Approved by Ana Ruiz.*two/s);
    await finish(stage, {
      posts: { pki: 2, '@sam': 2, '@ana': 1 },
      answers: { ana: 1 },
      signals: [byAna, byAna],
    });
  });

  it('settles a signal whose answer got lost by asking in the name of its person', async () => {
    const stage = await openPersonStage(transport, { ...oneClick, signalTimeout: '300ms' });
    await linkByCommand(stage, 'ana');
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'hang-before-effect' });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /checking/i);
    for (const ms of [60_000, 15_000, 15_000]) await stage.observeAfter(ms);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    expectNoSecrets(stage);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@ana': 1 },
      answers: { ana: 1 },
      signals: [byAna],
    });
  });

  it('does not count twice what arrived without an answer at a step of two', async () => {
    const stage = await openPersonStage(transport, { ...oneClick, signalTimeout: '300ms' });
    await linkByCommand(stage, 'ana');
    await linkByCommand(stage, 'li');
    await askForCertificate(stage, { definition: 'Two identities' });
    await stage.observe();
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'hang-after-effect' });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /checking/i);
    await stage.observeAfter(60_000);
    await cardSaying(stage, /Command seems to have recorded approval by Ana Ruiz as 1 of 2/);
    await click(stage, 'li', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@ana': 1, '@li': 1 },
      answers: { ana: 1, li: 1 },
      signals: [byAna, byLi],
    });
  });
});
