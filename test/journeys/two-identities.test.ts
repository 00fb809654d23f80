import { describe, expect, it } from '@jest/globals';
import { buttonsOf, cardSaying, click, deny, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const byPat = 'approve by KEYEXAMPLE\\portal-pat';

/** Asks for something two identities must approve, which the definition does not tell. */
function askSecretly(stage: Stage): Promise<string> {
  stage.command.change({ minimumApprovalsParameter: null });
  return askForCertificate(stage, { definition: 'Two identities' });
}

describe.each(transports)('a step Command wants from two identities, over %s', (transport) => {
  const rules = { approveWith: 'one-click' } as const;

  it('offers the portal and no approval that would be one of two', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage, { definition: 'Two identities' });
    await stage.observe();
    const card = theCard(stage);
    expect(buttonsOf(card)).toEqual(['Deny', 'Details', 'Ask', 'Open in Command']);
    expect(textOf(card)).toMatch(
      /the step needs 2 approvers, and Countersign's service account counts as one/,
    );
    const access = { roles: ['PKI Approvers'], permissions: ['/workflows/'] };
    stage.command.addIdentity({ name: 'KEYEXAMPLE\\portal-kim', password: 'kim', ...access });
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-kim', true);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Decided in Command, not here/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: [byPat, 'approve by KEYEXAMPLE\\portal-kim'],
    });
  });

  it('is denied from here all the same', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage, { definition: 'Two identities' });
    await stage.observe();
    await deny(stage, 'ana', theCard(stage), 'Wrong zone');
    await cardSaying(stage, /Denied by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Rejected');
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: ['deny by KEYEXAMPLE\\svc-countersign'],
    });
  });

  it('says that the number is not known, records one, refuses a second click honestly, and ends with the portal', async () => {
    const stage = await openStage(transport, rules);
    const id = await askSecretly(stage);
    await stage.observe();
    const live = theCard(stage);
    expect(textOf(live)).toMatch(/How many approvers Command needs is not known/);
    await click(stage, 'ana', live, 'approve');
    const recorded = await cardSaying(stage, /recorded in Command; another approver must approve/);
    expect(buttonsOf(recorded)).not.toContain('Approve');
    expect(stage.command.instance(id).status).toBe('Suspended');
    await click(stage, 'li', live, 'approve');
    await privateWord(stage, 'li', /account|identity/i);
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { li: 1 }, signals: [byTheBot, byPat] });
  });

  it('credits nobody when the portal denies what the bot had approved', async () => {
    const stage = await openStage(transport, rules);
    const id = await askSecretly(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /recorded in Command/);
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
