import { describe, expect, it } from '@jest/globals';
import { buttonsOf, cardSaying, click, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { serviceAccount } from '../support/stage/personas.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const minuteMs = 60_000;

describe.each(transports)('an outcome nobody confirmed, over %s', (transport) => {
  const rules = { approveWith: 'one-click', signalTimeout: '300ms' } as const;

  it('claims no more than can be seen when the signal arrived and its answer did not', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'hang-after-effect' });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /checking/i);
    expect(stage.command.instance(id).status).toBe('Complete');
    await stage.observeAfter(minuteMs);
    const card = await cardSaying(stage, /Ana Ruiz.*sent/s);
    expect(textOf(card)).toMatch(/then showed the run as [Cc]omplete/);
    expect(textOf(card)).not.toContain('Approved by');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('sends once more, after two reads, what demonstrably never arrived', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'hang-before-effect' });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /checking/i);
    await stage.observeAfter(minuteMs);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.observeAfter(15_000);
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('never reads an unknown outcome before the request itself is over', async () => {
    const stage = await openStage(transport, { ...rules, signalTimeout: '1s' });
    await askForCertificate(stage);
    await stage.observe();
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'hang-before-effect' });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /checking/i);
    await stage.observeAfter(1_000);
    await stage.observeAfter(1_000);
    await stage.observeAfter(1_000);
    expect(
      stage.command.requests.filter(({ method, path }) => method === 'POST' && path.includes('Signals')),
    ).toHaveLength(1);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('does not resend when the step is recorded and waits for somebody else', async () => {
    const stage = await openStage(transport, rules);
    stage.command.change({ minimumApprovalsParameter: null });
    const id = await askForCertificate(stage, { definition: 'Two identities' });
    await stage.observe();
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'drop-after-effect' });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /checking/i);
    await stage.observeAfter(minuteMs);
    await cardSaying(stage, /recorded in Command/);
    await stage.observeAfter(minuteMs);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 1 }, signals: [byTheBot] });
  });

  it('says that an accepted approval moved nothing, keeps watching, and resends nothing', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.command.holdNextSignals(2);
    await click(stage, 'ana', theCard(stage), 'approve');
    await stage.command.waitFor(() => stage.command.waitingSignals() === 1);
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    const stuck = await cardSaying(stage, /not moved/);
    expect(buttonsOf(stuck)).not.toContain('Approve');
    await stage.observeAfter(2 * minuteMs);
    stage.command.runDailyTask();
    await stage.observeAfter(minuteMs);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    const sent = stage.command.requests.filter(
      ({ method, path }) => method === 'POST' && path.includes('Signals'),
    );
    expect(sent).toHaveLength(1);
    const signals = stage.command.effectiveSignals.map(({ identity }) => `approve by ${identity}`);
    await finish(stage, { posts: { pki: 1, ops: 1, '@sam': 1 }, signals });
  });

  it('tries the other form of the answer once, where a server takes only booleans, and remembers it', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    stage.command.change({ approvedAs: 'boolean-only' });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('does not say that nothing was sent, or that others decided, when Command answered no after the effect', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const id = await askForCertificate(stage);
    await stage.observe();
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'http-400-after-effect' });
    await click(stage, 'ana', theCard(stage), 'approve');
    const card = await cardSaying(stage, /Ana Ruiz.*was sent, and Command refused it/s);
    expect(textOf(card)).toMatch(
      /then showed the run as [Cc]omplete.*cannot tell whether this decision caused that/s,
    );
    expect(textOf(card)).not.toMatch(/Approved by|not here|not been sent/);
    await privateWord(stage, 'ana', /It is not known whether your decision.*counted.*refused it/s);
    await privateWord(stage, 'sam', /refused it/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@ana': 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('says what Command said when the account lost its role, and lets people decide again', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    stage.command.addIdentity({ ...serviceAccount, roles: [] });
    stage.log.expectError(/refused a signal/);
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /role/);
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.bot().deliver();
    await finish(stage, { posts: { pki: 1, ops: 1, '@ana': 1 }, signals: [] });
  });
});
