import { describe, expect, it } from '@jest/globals';
import { ask } from '../../support/stage/ask.js';
import {
  clickAction,
  directMessage,
  linkByCommand,
  linkFrom,
  linkIn,
  openBrowser,
} from '../../support/stage/browser.js';
import { cardSaying, click, privateWord, submit, textOf, theCard } from '../../support/stage/cards.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { finish } from '../../support/stage/finish.js';
import { expectNoSecrets, identityOf, openPersonStage } from '../../support/stage/open-person-stage.js';
import { transports } from '../../support/stage/open-stage.js';

const oneClick = { approveWith: 'one-click' } as const;
const byAna = 'approve by KEYEXAMPLE\\aruiz';

describe.each(transports)('links that end, over %s', (transport) => {
  it.each(['revokeRefreshTokens', 'expireRefreshTokens'] as const)(
    'decides nothing once the provider says no (%s), and goes on after linking anew',
    async (ends) => {
      const stage = await openPersonStage(transport, oneClick);
      await linkByCommand(stage, 'ana');
      const id = await askForCertificate(stage);
      await stage.observe();
      stage.provider[ends](identityOf('ana'));
      await click(stage, 'ana', theCard(stage), 'approve');
      const requested = await privateWord(stage, 'ana', /has ended.*Nothing was decided/);
      expect(stage.command.effectiveSignals).toEqual([]);
      expect(stage.command.instance(id).status).toBe('Suspended');
      await linkFrom(stage, 'ana', requested);
      const goOn = await directMessage(stage, 'ana', /Approve.*\?/);
      await clickAction(stage, 'ana', goOn, 'command.decide.approve');
      await submit(stage, 'ana', '');
      await cardSaying(stage, /Approved by Ana Ruiz/);
      expectNoSecrets(stage);
      await finish(stage, {
        posts: { pki: 1, '@sam': 1, '@ana': 2 },
        answers: { ana: 2 },
        signals: [byAna],
      });
    },
  );

  it('keeps a decision while the provider is away, and sends it once it is back', async () => {
    const stage = await openPersonStage(transport, { ...oneClick, timeout: '300ms' });
    await linkByCommand(stage, 'ana');
    await askForCertificate(stage);
    await stage.observe();
    stage.provider.fail({ path: '/token', fault: 'http-503', times: 50 });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /cannot be reached/);
    stage.provider.clearFaults();
    await stage.observeAfter(60_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1, '@ana': 1 }, answers: { ana: 1 }, signals: [byAna] });
  });

  it('tells a person whose link ended while their decision waited, and lets them go on', async () => {
    const stage = await openPersonStage(transport, { ...oneClick, timeout: '300ms' });
    await linkByCommand(stage, 'ana');
    await askForCertificate(stage);
    await stage.observe();
    stage.provider.fail({ path: '/token', fault: 'http-503', times: 50 });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /cannot be reached/);
    stage.provider.clearFaults();
    stage.provider.revokeRefreshTokens(identityOf('ana'));
    await stage.observeAfter(60_000);
    await cardSaying(stage, /Ana Ruiz's account in Command is no longer linked/);
    const reported = await directMessage(stage, 'ana', /was not sent/);
    expect(linkIn(reported)).toContain('/link?state=');
    await finish(stage, { posts: { pki: 1, '@ana': 2 }, answers: { ana: 1 }, signals: [] });
  });

  it('unlinks here and at the provider, and asks to link again', async () => {
    const stage = await openPersonStage(transport, oneClick);
    await linkByCommand(stage, 'ana');
    await ask(stage, { as: 'ana', line: 'whoami', shows: /Linked in Command.*KEYEXAMPLE\\aruiz/ });
    await ask(stage, { as: 'ana', line: 'unlink corp', shows: /revoked your token/ });
    const refreshed = await stage.provider.requests.filter(({ path }) => path === '/revoke');
    expect(refreshed).toHaveLength(1);
    await ask(stage, { as: 'ana', line: 'unlink', shows: /You have not linked an account/ });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(stage, 'ana', /have not linked your account there/);
    await finish(stage, { posts: { pki: 1, '@ana': 1 }, answers: { ana: 5 }, signals: [] });
  });

  it('remembers over a restart between linking and going on', async () => {
    const stage = await openPersonStage(transport, oneClick);
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    const requested = await privateWord(stage, 'ana', /Nothing was decided/);
    await stage.restart();
    await openBrowser().open(linkIn(requested));
    await linkFrom(stage, 'ana', requested);
    await stage.restart();
    const goOn = await directMessage(stage, 'ana', /Approve.*\?/);
    await clickAction(stage, 'ana', goOn, 'command.decide.approve');
    await submit(stage, 'ana', '');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1, '@ana': 1 }, answers: { ana: 1 }, signals: [byAna] });
  });

  it('lists what waits for a person by what Command says of their own account', async () => {
    const stage = await openPersonStage(transport, { ...oneClick, approvers: ['bo', 'ana'] });
    await linkByCommand(stage, 'bo');
    await linkByCommand(stage, 'ana');
    await askForCertificate(stage);
    await stage.observe();
    const none = await ask(stage, { as: 'bo', line: 'approvals', shows: /[Nn]othing|waits/ });
    expect(textOf(none)).not.toContain('app.keyexample.com');
    await ask(stage, { as: 'ana', line: 'approvals', shows: /app\.keyexample\.com/ });
    await finish(stage, {
      posts: { pki: 1, '@ana': 1, '@bo': 1 },
      answers: { ana: 2, bo: 2 },
      signals: [],
    });
  });
});
