import { expect, it } from '@jest/globals';
import { describePostgres } from '../../support/postgres/describe-postgres.js';
import {
  approve,
  buttonsOf,
  cardSaying,
  click,
  deny,
  privateWord,
  textOf,
  theCard,
} from '../../support/stage/cards.js';
import { type } from '../../support/stage/commands.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { finish } from '../../support/stage/finish.js';
import { clickInHome, homeSaying, openHome, submitSeveral } from '../../support/stage/homes.js';
import { openReplicas, type Replicas } from '../../support/stage/open-replicas.js';
import { personas, places } from '../../support/stage/personas.js';

const requests = (replicas: Replicas, method: string, path: RegExp) =>
  replicas.command.requests.filter((one) => one.method === method && path.test(one.path)).length;

describePostgres('two bots on one database', (server) => {
  it('take the press and the submission of one decision each, and signal once', async () => {
    const replicas = await openReplicas(server());
    await askForCertificate(replicas);
    await replicas.observe();
    expect(replicas.slack.connections()).toBe(2);
    await approve(replicas, 'ana', theCard(replicas));
    await cardSaying(replicas, /Approved by Ana Ruiz/);
    await privateWord(replicas, 'sam', /About your request/);
    await finish(replicas, {
      posts: { pki: 1, '@sam': 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });

  it('post each card once although both look and deliver at the same moment', async () => {
    const replicas = await openReplicas(server());
    for (const host of ['a', 'b', 'c']) await askForCertificate(replicas, { host: `${host}.keyexample.com` });
    await Promise.all([replicas.one.observe(), replicas.two.observe(), replicas.one.observe()]);
    replicas.clock.advance(1_000);
    await Promise.all([replicas.one.deliver(), replicas.two.deliver()]);
    await finish(replicas, { posts: { pki: 3 }, signals: [] });
  });

  it('count two people who decide at the same moment at different bots as two', async () => {
    const replicas = await openReplicas(server(), { quorum: 2, approveWith: 'one-click' });
    await askForCertificate(replicas);
    await replicas.observe();
    const card = theCard(replicas);
    await Promise.all([click(replicas, 'ana', card, 'approve'), click(replicas, 'li', card, 'approve')]);
    await cardSaying(replicas, /Approved by/);
    expect(replicas.command.effectiveSignals).toHaveLength(1);
    const said = textOf(theCard(replicas));
    expect(said).toContain('Ana Ruiz');
    expect(said).toContain('Li Wei');
    expect(replicas.slack.messages(places.pki)).toHaveLength(1);
  });

  it('take a window for several in turns, from a Home both draw, and approve each once', async () => {
    const replicas = await openReplicas(server());
    for (const host of ['a', 'b', 'c']) await askForCertificate(replicas, { host: `${host}.keyexample.com` });
    await replicas.observe();
    replicas.clock.advance(5_000);
    await replicas.one.deliver();
    await openHome(replicas, 'ana', /Waiting for you: 3/);
    await Promise.all([replicas.one.deliver(), replicas.two.deliver()]);
    await clickInHome(replicas, 'ana', 'several');
    await submitSeveral(replicas, 'ana');
    await replicas.command.waitFor(() => replicas.command.effectiveSignals.length === 3);
    await homeSaying(replicas, 'ana', /Nothing waits for your decision/);
    await Promise.all([replicas.one.deliver(), replicas.two.deliver()]);
    await privateWord(replicas, 'ana', /selected 3 requests/);
    await finish(replicas, {
      posts: { pki: 3, '@sam': 3, '@ana': 1 },
      signals: Array.from({ length: 3 }, () => 'approve by KEYEXAMPLE\\svc-countersign'),
    });
  });

  it('let the first of two opposite decisions win, and tell the other', async () => {
    const replicas = await openReplicas(server());
    await askForCertificate(replicas);
    await replicas.observe();
    const card = theCard(replicas);
    await Promise.all([approve(replicas, 'ana', card), deny(replicas, 'li', card, 'No')]);
    await cardSaying(replicas, /(Approved|Denied) by/);
    const winner = /Approved by/.test(textOf(theCard(replicas))) ? 'ana' : 'li';
    await privateWord(replicas, winner === 'ana' ? 'li' : 'ana', /./);
    expect(replicas.command.effectiveSignals).toHaveLength(1);
  });

  it('look one at a time, and the other takes over within half a minute when the first is dead', async () => {
    const replicas = await openReplicas(server());
    await replicas.one.observe();
    const polls = () => requests(replicas, 'GET', /AssignedToMe/);
    const before = polls();
    replicas.clock.advance(15_000);
    await replicas.two.observe();
    expect(polls()).toBe(before);
    await askForCertificate(replicas);
    replicas.clock.advance(5_001);
    await replicas.two.observe();
    expect(buttonsOf(theCard(replicas))).toContain('Approve');
    await replicas.one.observe();
    expect(polls()).toBeGreaterThan(before);
    await finish(replicas, { posts: { pki: 1 }, signals: [] });
  });

  it('look at once when the other has stopped in good order', async () => {
    const replicas = await openReplicas(server());
    await replicas.two.observe();
    await askForCertificate(replicas);
    await replicas.stop(replicas.two);
    await replicas.one.observe();
    expect(buttonsOf(theCard(replicas))).toContain('Approve');
    await finish(replicas, { posts: { pki: 1 }, signals: [] });
  });

  it('take over a card whose post died with the other, at most once', async () => {
    const replicas = await openReplicas(server());
    await askForCertificate(replicas);
    replicas.slack.fail({ method: 'chat.postMessage', fault: 'timeout-before-effect' });
    const hanging = replicas.one.observe();
    await replicas.slack.waitFor(() =>
      replicas.slack.calls.some(({ method }) => method === 'chat.postMessage'),
    );
    await replicas.two.deliver();
    expect(replicas.slack.messages(places.pki)).toHaveLength(0);
    replicas.clock.advance(25_001);
    await replicas.two.deliver();
    expect(buttonsOf(theCard(replicas))).toContain('Approve');
    await hanging;
    await replicas.one.deliver();
    await finish(replicas, { posts: { pki: 1 }, signals: [] });
  });

  it('settle by reading what a dead bot may have signalled, and never signal again', async () => {
    const replicas = await openReplicas(server(), { approveWith: 'one-click', signalTimeout: '20s' });
    await askForCertificate(replicas);
    await replicas.two.observe();
    replicas.command.fail({ method: 'POST', path: '/Signals', fault: 'hang-after-effect' });
    await click(replicas, 'ana', theCard(replicas), 'approve');
    await replicas.command.waitFor(() => replicas.command.effectiveSignals.length === 1);
    const sent = () => requests(replicas, 'POST', /Signals/);
    for (let poll = 0; poll < 4; poll += 1) {
      replicas.clock.advance(20_001);
      await replicas.two.observe();
    }
    expect(textOf(theCard(replicas))).not.toMatch(/being sent/);
    expect(sent()).toBe(1);
  });

  it('change nothing by a bot that was frozen while it looked', async () => {
    const replicas = await openReplicas(server());
    await replicas.one.observe();
    const id = await askForCertificate(replicas);
    replicas.clock.advance(15_000);
    replicas.command.fail({ method: 'GET', path: '/AssignedToMe', fault: 'slow', delayMs: 1_500 });
    const before = requests(replicas, 'GET', /AssignedToMe/);
    const frozen = replicas.one.observe();
    await replicas.command.waitFor(() => requests(replicas, 'GET', /AssignedToMe/) > before);
    replicas.clock.advance(20_001);
    await replicas.two.observe();
    await replicas.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await replicas.two.observe();
    await frozen;
    expect(replicas.log.lines.some((line) => line.includes('this poll was abandoned'))).toBe(true);
    await replicas.one.deliver();
    expect(textOf(theCard(replicas))).toMatch(/portal-pat|in Command/);
  });

  it('work on a click that its own bot has left', async () => {
    const replicas = await openReplicas(server(), { approveWith: 'one-click' });
    await askForCertificate(replicas);
    await replicas.observe();
    // Cards ask about people as well.
    const away = replicas.slack.fail({ method: 'users.info', fault: 'timeout-before-effect', times: 99 });
    const known = replicas.slack.calls.length;
    await click(replicas, 'ana', theCard(replicas), 'approve');
    await replicas.slack.waitFor(() =>
      replicas.slack.calls.slice(known).some(({ method }) => method === 'users.info'),
    );
    await replicas.one.takeUp();
    await replicas.two.takeUp();
    expect(replicas.command.effectiveSignals).toHaveLength(0);
    away.cancel();
    replicas.clock.advance(20_000);
    await replicas.two.takeUp();
    await cardSaying(replicas, /Approved by Ana Ruiz/);
    await replicas.close();
    expect(replicas.command.effectiveSignals).toHaveLength(1);
  });

  it('take up a window that the other one has opened', async () => {
    const replicas = await openReplicas(server(), { operators: ['ana'] });
    await askForCertificate(replicas);
    await replicas.observe();
    await type(replicas, 'ana', 'status');
    const window = await replicas.slack.waitFor(
      () =>
        replicas.slack.views(personas.ana.id).find(({ view }) => /static_select/.test(JSON.stringify(view))),
      { whatFor: 'a window to choose in' },
    );
    const [code] = /K\d{3}/.exec(textOf(theCard(replicas))) ?? [];
    const values = { run: { run: { type: 'static_select', selected_option: { value: code } } } };
    await replicas.slack.submitView({ as: personas.ana.id, viewId: window.id, values });
    await privateWord(replicas, 'ana', /Security approval/);
  });

  it('are both ready although only one looks, and neither is once nobody looks', async () => {
    const replicas = await openReplicas(server());
    const isReady = async () => {
      const { status } = await fetch(`http://127.0.0.1:${replicas.two.operationsPort}/readyz`);
      return status === 200;
    };
    await replicas.one.observe();
    expect(await isReady()).toBe(false);
    await replicas.two.observe();
    expect(await isReady()).toBe(true);
    replicas.command.fail({ path: '/Workflow', fault: 'http-500', times: 50 });
    for (let poll = 0; poll < 3; poll += 1) {
      await replicas.observeAfter(5_000);
      await replicas.two.observe();
    }
    expect(await isReady()).toBe(false);
    replicas.command.clearFaults();
    await replicas.observeAfter(5_000);
    await replicas.two.observe();
    expect(await isReady()).toBe(true);
  });
});
