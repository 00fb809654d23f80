import { describe, expect, it } from '@jest/globals';
import { cardSaying, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';

const secondMs = 1_000;

/** Turns the clock by two seconds, and peeks as the bot then would. */
async function peek(stage: Stage): Promise<void> {
  stage.clock.advance(2 * secondMs);
  await stage.bot().peek();
}

describe.each(transports)('peeking between polls over %s', (transport) => {
  it('posts the card of a request at the next peek, without waiting for the next poll', async () => {
    const stage = await openStage(transport);
    await stage.observe();
    await askForCertificate(stage);
    await peek(stage);
    theCard(stage);
    const seen = stage.command.requests.length;
    await peek(stage);
    expect(stage.command.requests).toHaveLength(seen + 1);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('says on the card at the next peek that it was decided in Command', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await peek(stage);
    await cardSaying(stage, /in Command/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: ['approve by KEYEXAMPLE\\portal-pat'] });
  });

  it('tells nobody that Command cannot be reached, however many peeks it does not answer', async () => {
    const stage = await openStage(transport);
    await stage.observe();
    await stage.command.goDown();
    for (let peeks = 0; peeks < 10; peeks += 1) {
      stage.clock.advance(60 * secondMs);
      await stage.bot().peek();
    }
    await stage.command.comeBack();
    await askForCertificate(stage);
    stage.clock.advance(60 * secondMs);
    await peek(stage);
    theCard(stage);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('makes no request for a second peek while it polls', async () => {
    const stage = await openStage(transport, { timeout: '10s' });
    await stage.observe();
    const seen = stage.command.requests.length;
    stage.command.fail({ fault: 'slow', method: 'GET', path: '/AssignedToMe', delayMs: 300 });
    const observing = stage.observe();
    await stage.bot().peek();
    await observing;
    expect(stage.command.requests).toHaveLength(seen + 1);
    await finish(stage, { posts: {}, signals: [] });
  });
});
