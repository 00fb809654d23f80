import { describe, expect, it } from '@jest/globals';
import { cardSaying, click, privateWord, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas, places } from '../support/stage/personas.js';

describe.each(transports)('refusals over %s', (transport) => {
  const refusals: readonly [string, Actor, RegExp][] = [
    ['somebody who is no approver', 'bo', /not (an approver|one of)|only/i],
    ['a guest, whatever the rule says', 'gia', /guest/i],
    [
      'an approver without a mapped name, who might be the requester',
      'una',
      /doesn't know your username in the system this comes from/,
    ],
    ['the requester', 'sam', /your own|you requested/i],
  ];

  it.each(refusals)('refuses %s, privately and with the reason', async (_who, actor, text) => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, actor, theCard(stage), 'approve');
    await privateWord(stage, actor, text);
    expect(stage.command.instance(id).status).toBe('Suspended');
    expect(stage.log.lines.some((line) => line.includes('"answer":"refused"'))).toBe(true);
    await finish(stage, { posts: { pki: 1 }, answers: { [actor]: 1 }, signals: [] });
  });

  it('refuses whoever has the requester’s user name in a domain nobody declared, and names the setting', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const id = await askForCertificate(stage, { requester: 'OLDFOREST\\aruiz' });
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(stage, 'ana', /may be a username of yours.*different groups under .domains/s);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  const guesses: readonly [string, string, RegExp][] = [
    [
      'was asked for under another address',
      'jsmith@example.com',
      /doesn't know your username in the system this comes from/,
    ],
    [
      'was asked for under a name of another form',
      personas.sam.identity,
      /doesn't know your username in the system this comes from/,
    ],
    ['was asked for under their address', 'una@example.com', /You requested this/],
    ['may be what their address stands for', 'una', /can't confirm this isn't your own request/],
  ];

  it.each(guesses)(
    'refuses somebody known by e-mail address only what %s',
    async (_what, requester, text) => {
      const rules = { approveWith: 'one-click', byEmail: ['una'] } as const;
      const stage = await openStage(transport, rules);
      const id = await askForCertificate(stage, { requester });
      await stage.observe();
      await click(stage, 'una', theCard(stage), 'approve');
      await privateWord(stage, 'una', text);
      expect(stage.command.instance(id).status).toBe('Suspended');
      // No account name can be compared with an address, so the operators hear that nobody can decide.
      const reported = requester.includes('@') ? { ops: 1 } : {};
      await finish(stage, { posts: { pki: 1, ...reported }, answers: { una: 1 }, signals: [] });
    },
  );

  it('lets somebody known by e-mail address only decide where own requests are allowed, and mentions them', async () => {
    const rules = { approveWith: 'one-click', byEmail: ['una'], ownRequest: 'allowed' } as const;
    const stage = await openStage(transport, rules);
    await askForCertificate(stage, { requester: 'jsmith@example.com' });
    await stage.observe();
    await click(stage, 'una', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by <@U0UNA>/);
    await finish(stage, { posts: { pki: 1 }, signals: ['approve by KEYEXAMPLE\\svc-countersign'] });
  });

  it('refuses a stranger at once, without a modal to fill in for nothing', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'bo', theCard(stage), 'approve');
    await privateWord(stage, 'bo', /not (an approver|one of)|only/i);
    expect(stage.slack.views(personas.bo.id)).toEqual([]);
    await finish(stage, { posts: { pki: 1 }, answers: { bo: 1 }, signals: [] });
  });

  it('says no when Slack cannot tell who somebody is', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    const away = stage.slack.fail({ method: 'users.info', fault: 'http-500', times: 99 });
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(stage, 'ana', /could not (be )?check|again/i);
    away.cancel();
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('lets nobody decide where the rule names nobody', async () => {
    const stage = await openStage(transport, { approvers: [] });
    await askForCertificate(stage);
    await stage.observe();
    await cardSaying(stage, /[Nn]obody/);
    await cardSaying(
      stage,
      /Nobody can decide .*No rule in the settings matches it, or the rule names nobody/s,
      places.ops,
    );
    await finish(stage, { posts: { pki: 1, ops: 1 }, signals: [] });
  });

  it('lets requesters decide about their own request where the rule allows it', async () => {
    const stage = await openStage(transport, { ownRequest: 'allowed', approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'sam', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Sam Smith/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });
});
