import { describe, expect, it } from '@jest/globals';
import { cardSaying, modalOf, submit } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { clickInHome, homeSaying, openHome, viewText } from '../support/stage/homes.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

const byTheBot = 'by KEYEXAMPLE\\svc-countersign';

describe.each(transports)('the Home of an approver, over %s', (transport) => {
  it('shows what waits when it is opened, and a decision made there is on the card and on the page', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const id = await askForCertificate(stage, { host: 'web.keyexample.com' });
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 1[\s\S]*web\.keyexample\.com/);
    await clickInHome(stage, 'ana', 'decide.approve');
    expect(viewText(await modalOf(stage, 'ana'))).toContain('web.keyexample.com');
    await submit(stage, 'ana', 'as agreed');
    await cardSaying(stage, /Approved by Ana Ruiz.*web/s);
    expect(stage.command.instance(id).status).toBe('Complete');
    await homeSaying(stage, 'ana', /Nothing waits for your decision[\s\S]*you approved/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [`approve ${byTheBot}`] });
  });

  it('is published for nobody who has not opened it', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    await stage.observeAfter(60_000);
    expect(stage.slack.home(personas.ana.id)).toBeUndefined();
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('decides nothing on a page that somebody else published, with true ids on it, and says so', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    const { view } = await openHome(stage, 'ana', /Waiting for you: 1/);
    const foreign = stage.slack.publishHome(personas.ana.id, { type: 'home', blocks: view.blocks });
    await clickInHome(stage, 'ana', 'decide.approve');
    expect(viewText(await modalOf(stage, 'ana'))).toContain('Nothing was decided');
    expect((await modalOf(stage, 'ana')).view).not.toHaveProperty('submit');
    const own = await stage.slack.waitFor(() => {
      const home = stage.slack.home(personas.ana.id);
      return home?.hash !== foreign.hash && home;
    });
    await stage.slack.closeView({ as: personas.ana.id, viewId: (await modalOf(stage, 'ana')).id });
    await clickInHome(stage, 'ana', 'decide.approve', { from: own });
    await submit(stage, 'ana', '');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Complete');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [`approve ${byTheBot}`] });
  });

  it('decides nothing on a page that is not the latest any more', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage, { host: 'first.keyexample.com' });
    await stage.observe();
    const old = await openHome(stage, 'ana', /Waiting for you: 1/);
    await askForCertificate(stage, { host: 'second.keyexample.com' });
    await stage.observeAfter(15_000);
    await stage.observeAfter(15_000);
    await homeSaying(stage, 'ana', /Waiting for you: 2/);
    await clickInHome(stage, 'ana', 'decide.approve', { from: old });
    expect(viewText(await modalOf(stage, 'ana'))).toContain('Nothing was decided');
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 2 }, signals: [] });
  });

  it('lets go of what somebody else decided', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 1/);
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await stage.observeAfter(15_000);
    // Once in five seconds at most: the page may have been published after the clock was turned.
    await stage.observeAfter(15_000);
    await homeSaying(stage, 'ana', /Nothing waits for your decision/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: ['approve by KEYEXAMPLE\\portal-pat'],
    });
  });

  it('shows what somebody asked for, and what they may not decide without buttons', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage, { host: 'mine.keyexample.com' });
    await stage.observe();
    const home = await openHome(stage, 'sam', /Your requests[\s\S]*mine\.keyexample\.com/);
    expect(viewText(home)).toContain('Nothing waits for your decision');
    expect(viewText(home)).not.toContain('home.decide');
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('says to a guest that only full members decide, and offers nothing', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    const home = await openHome(stage, 'gia', /guest/i);
    expect(viewText(home)).not.toContain('home.decide');
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('tells operators how the bot stands, and nobody else', async () => {
    const stage = await openStage(transport, { operators: ['li'] });
    await stage.observe();
    await openHome(stage, 'li', /Health[\s\S]*Command answers/);
    expect(viewText(await openHome(stage, 'ana', /Waiting for you/))).not.toContain('Health');
    await finish(stage, { posts: {}, signals: [] });
  });

  it('pages by ten, and a click counts only for what stands on the page', async () => {
    const stage = await openStage(transport);
    for (let count = 0; count < 11; count += 1) {
      await askForCertificate(stage, { host: `host-${String(count).padStart(2, '0')}.keyexample.com` });
    }
    await stage.observe();
    const first = await openHome(stage, 'ana', /Waiting for you: 11 \(page 1 of 2\)/);
    const hosts = (text: string) => new Set(text.match(/host-\d\d/g));
    expect(hosts(viewText(first)).size).toBe(10);
    await clickInHome(stage, 'ana', 'page-after');
    const second = await homeSaying(stage, 'ana', /page 2 of 2/);
    expect(hosts(viewText(second)).size).toBe(1);
    await clickInHome(stage, 'ana', 'decide.deny');
    await submit(stage, 'ana', 'Wrong zone');
    await homeSaying(stage, 'ana', /Waiting for you: 10"/);
    await stage.close();
  });

  it('is drawn anew after a restart, and what was opened before it still counts for nothing old', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 1/);
    await stage.restart(
      undefined,
      () => void stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true),
    );
    await stage.observeAfter(15_000);
    await homeSaying(stage, 'ana', /Nothing waits for your decision/);
    await stage.close();
  });

  it('tells somebody by message that a decision from there came too late', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await openHome(stage, 'ana', /Waiting for you: 1/);
    await clickInHome(stage, 'ana', 'decide.approve');
    await modalOf(stage, 'ana');
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await stage.observeAfter(15_000);
    await submit(stage, 'ana', '');
    await stage.bot().deliver();
    const { id: im } = stage.slack.im(personas.ana.id);
    await stage.slack.waitFor(() => stage.slack.messages(im).length > 0);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@ana': 1 },
      signals: ['approve by KEYEXAMPLE\\portal-pat'],
    });
  });
});
