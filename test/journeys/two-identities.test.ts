import { describe, expect, it } from '@jest/globals';
import { buttonsOf, cardSaying, press, privateWord, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrolments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const byPat = 'approve by KEYEXAMPLE\\portal-pat';

describe.each(transports)('a step Command wants from two identities, over %s', (transport) => {
  it('says one of two, refuses a second click honestly, and ends with the portal', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const id = await askForCertificate(stage, { definition: 'Two identities' });
    await stage.observe();
    const live = theCard(stage);
    await press(stage, 'ana', live, 'approve');
    const recorded = await cardSaying(stage, /1 of 2/);
    expect(buttonsOf(recorded)).not.toContain('Approve');
    expect(stage.command.instance(id).status).toBe('Suspended');
    await press(stage, 'li', live, 'approve');
    await privateWord(stage, 'li', /account|identity/i);
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { li: 1 }, signals: [byTheBot, byPat] });
  });

  it('credits nobody when the portal denies what the bot had approved', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const id = await askForCertificate(stage, { definition: 'Two identities' });
    await stage.observe();
    await press(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', false);
    await stage.observeAfter(15_000);
    const card = await cardSaying(stage, /[Rr]ejected/);
    expect(JSON.stringify(card.blocks)).not.toMatch(/Denied by Ana/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: [byTheBot, 'deny by KEYEXAMPLE\\portal-pat'],
    });
  });
});
