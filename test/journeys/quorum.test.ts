import { describe, expect, it } from '@jest/globals';
import { approve, buttonsOf, cardSaying, click, deny, privateWord, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

const byTheBot = 'by KEYEXAMPLE\\svc-countersign';

describe.each(transports)('a quorum of two over %s', (transport) => {
  const rules = { quorum: 2, approveWith: 'one-click' } as const;

  it('signals once, when the second person approves, and names both', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const half = await cardSaying(stage, /1 of 2/);
    await privateWord(stage, 'ana', /1 of 2/);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await click(stage, 'li', half, 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz and Li Wei/);
    expect(stage.command.effectiveSignals[0]?.comment).toContain(
      'Ana Ruiz (KEYEXAMPLE\\aruiz), Li Wei (KEYEXAMPLE\\lwei)',
    );
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      answers: { ana: 1 },
      signals: [`approve ${byTheBot}`],
    });
  });

  it('counts the same person once', async () => {
    const stage = await openStage(transport, rules);
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const half = await cardSaying(stage, /1 of 2/);
    await click(stage, 'ana', half, 'approve');
    await privateWord(stage, 'ana', /already/i);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 2 }, signals: [] });
  });

  it('tells somebody who approves again at once that their approval stands, without a window', async () => {
    const stage = await openStage(transport, { quorum: 2, approveWith: 'comment' });
    await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage), 'Checked');
    const half = await cardSaying(stage, /1 of 2/);
    await click(stage, 'ana', half, 'approve');
    await privateWord(stage, 'ana', /Your approval counts already: 1 of 2/);
    expect(stage.slack.views(personas.ana.id)).toEqual([]);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 2 }, signals: [] });
  });

  it('counts two Slack accounts once whose names in Command could be one person’s', async () => {
    const stage = await openStage(transport, {
      ...rules,
      approvers: ['ana', 'twin'],
      byEmail: ['twin'],
      ownRequest: 'allowed',
    });
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const half = await cardSaying(stage, /1 of 2/);
    await click(stage, 'twin', half, 'approve');
    await privateWord(
      stage,
      'twin',
      /Ana Ruiz has approved already.*could be, one person's, so the two of you count once/,
    );
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1, twin: 1 }, signals: [] });
  });

  it('is ended by one denial', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const half = await cardSaying(stage, /1 of 2/);
    await deny(stage, 'li', half, 'Wrong zone');
    await cardSaying(stage, /Denied by Li Wei/);
    expect(stage.command.instance(id).status).toBe('Rejected');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { ana: 1 }, signals: [`deny ${byTheBot}`] });
  });

  it('loses a vote that its person withdraws', async () => {
    const stage = await openStage(transport, rules);
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const half = await cardSaying(stage, /1 of 2/);
    await click(stage, 'ana', half, 'withdraw');
    const none = await cardSaying(stage, /0 of 2/);
    await click(stage, 'li', none, 'approve');
    const again = await cardSaying(stage, /1 of 2/);
    expect(buttonsOf(again)).toContain('Approve');
    await privateWord(stage, 'li', /1 of 2/);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 2, li: 1 }, signals: [] });
  });

  it('checks everybody again when the signal goes out', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const half = await cardSaying(stage, /1 of 2/);
    stage.slack.deactivate('U0ANA');
    await click(stage, 'li', half, 'approve');
    await cardSaying(stage, /Ana Ruiz can no longer decide this/);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('forgets votes when the facts change, and asks again', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const old = await cardSaying(stage, /1 of 2/);
    stage.clock.advance(1_000);
    stage.command.changeData(id, { Template: 'Code Signing' });
    await stage.observeAfter(15_000);
    const changed = await cardSaying(stage, /Web Server 2y.*Code Signing/s);
    await click(stage, 'li', old, 'approve');
    await privateWord(stage, 'li', /no longer what you were shown/);
    await privateWord(stage, 'ana', /count/i);
    expect(buttonsOf(changed)).toContain('Approve');
    await finish(stage, { posts: { pki: 1, '@ana': 1 }, answers: { ana: 1, li: 1 }, signals: [] });
  });

  it('still takes a comment from each', async () => {
    const stage = await openStage(transport, { quorum: 2 });
    await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage), 'Seen the ticket');
    const half = await cardSaying(stage, /1 of 2/);
    await privateWord(stage, 'ana', /1 of 2/);
    await approve(stage, 'li', half, 'Me too');
    await cardSaying(stage, /Approved by/);
    expect(stage.command.effectiveSignals[0]?.comment).toMatch(
      /^"Seen the ticket" \/ "Me too" — Approved by Ana/,
    );
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      answers: { ana: 1 },
      signals: [`approve ${byTheBot}`],
    });
  });
});
