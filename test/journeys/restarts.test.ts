import { describe, expect, it } from '@jest/globals';
import { approve, cardSaying, click, modalOf, submit, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';

describe.each(transports)('restarts, over %s', (transport) => {
  it('takes a click on a card that was posted before the restart', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    await stage.restart();
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('takes the submission of a window that was opened before the restart', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await modalOf(stage, 'ana');
    await stage.restart();
    await submit(stage, 'ana', 'still fine');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('posts no card twice', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    await stage.restart();
    await stage.observeAfter(15_000);
    await stage.restart();
    await stage.observeAfter(15_000);
    expect(theCard(stage).isFromApp).toBe(true);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('shows a decision that was made while the bot was stopped', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await stage.restart();
    await stage.observeAfter(15_000);
    await cardSaying(stage, /in Command/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: ['approve by KEYEXAMPLE\\portal-pat'] });
  });
});
