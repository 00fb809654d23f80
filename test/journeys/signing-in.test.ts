import { describe, expect, it } from '@jest/globals';
import { ask } from '../support/stage/ask.js';
import { buttonsOf, cardSaying, click, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { serviceAccount } from '../support/stage/personas.js';
import { startLeave } from '../support/stage/work-tasks.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';

describe.each(transports)('signing in to Command, over %s', (transport) => {
  const rules = { signIn: 'oauth', approveWith: 'one-click' } as const;

  it('gets a new token when the old one has expired between card and click', async () => {
    const stage = await openStage(transport, rules);
    await askForCertificate(stage);
    await stage.observe();
    stage.clock.advance(4 * 60_000);
    stage.clock.advance(4 * 60_000);
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('gets a new token when the server stops taking the one it gave', async () => {
    const stage = await openStage(transport, rules);
    await askForCertificate(stage);
    await stage.observe();
    stage.command.revokeTokens();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.tokenRequests).toHaveLength(2);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('keeps the decision while the identity provider refuses it, and sends it once it signs in again', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.command.addIdentity({ ...serviceAccount, clientSecret: 'rotated' });
    stage.command.revokeTokens();
    await click(stage, 'ana', theCard(stage), 'approve');
    const delayed = await cardSaying(stage, /Nothing has been changed/);
    expect(buttonsOf(delayed)).toContain('Undo');
    stage.command.addIdentity(serviceAccount);
    await stage.observeAfter(60_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('writes no secret into its log', async () => {
    const stage = await openStage(transport, rules);
    await askForCertificate(stage);
    await stage.observe();
    stage.command.fail({ method: 'GET', fault: 'http-500', times: 5 });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Ana Ruiz approved/);
    await stage.observeAfter(60_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    const written = stage.log.lines.join('');
    const { app } = stage.slack;
    for (const secret of [
      serviceAccount.clientSecret,
      app.botToken,
      app.appToken,
      app.signingSecret,
      app.verificationToken,
    ]) {
      expect(written).not.toContain(secret);
    }
    expect(written).not.toMatch(/response_url|hooks\/|Bearer [A-Za-z0-9]/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });
});

describe.each(transports)('signing in at Microsoft Entra, over %s', (transport) => {
  it('repeats the AADSTS code in the log, and takes the scope of the application', async () => {
    const wrong = {
      withWorkTasks: true,
      operators: ['ana'],
      entraScope: 'api://countersign/worktasks/',
    } as const;
    const stage = await openStage(transport, wrong);
    const { typed } = startLeave(stage);
    await ask(stage, { line: `status ${typed}`, shows: /Work Tasks could not be read/ });
    expect(stage.log.lines.join('')).toContain('(invalid_scope, AADSTS1002012)');
    expect(stage.log.lines.join('')).not.toContain('Correlation ID');
    await stage.restart({ ...wrong, entraScope: 'api://countersign/worktasks/.default' });
    await ask(stage, { line: `status ${typed}`, shows: /Waiting/ });
    expect(stage.workTasks.tokenRequests.at(-1)).toMatchObject({ issuer: 'entra', granted: true });
    expect(stage.log.errors()).toEqual([]);
    await stage.close();
  });
});
