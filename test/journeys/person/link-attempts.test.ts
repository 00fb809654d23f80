import { describe, expect, it } from '@jest/globals';
import { ask } from '../../support/stage/ask.js';
import { goSignIn, linkByCommand, linkIn, openBrowser } from '../../support/stage/browser.js';
import { finish } from '../../support/stage/finish.js';
import {
  expectNoSecrets,
  identityOf,
  openPersonStage,
  type PersonStage,
} from '../../support/stage/open-person-stage.js';
import type { Actor } from '../../support/stage/personas.js';

const minuteMs = 60_000;

/** Asks for an invitation by command, and gives the address behind its button. */
async function invitationTo(stage: PersonStage, actor: Actor): Promise<string> {
  return linkIn(await ask(stage, { as: actor, line: 'link corp', shows: /ten minutes/ }));
}

async function expectUnlinked(stage: PersonStage, actor: Actor): Promise<void> {
  await ask(stage, { as: actor, line: 'unlink', shows: /You have not linked an account/ });
}

describe('attempts to link', () => {
  it('refuses a browser that brings back what another one began', async () => {
    const stage = await openPersonStage('socket');
    const url = await invitationTo(stage, 'ana');
    const back = await goSignIn(stage, { browser: openBrowser(), url, as: identityOf('ana') });
    for (const stranger of [openBrowser(), openBrowser()]) {
      const page = await stranger.open(back);
      expect(page.status).toBe(403);
      expect(page.text).toMatch(/another browser.*Nothing was linked/s);
    }
    await expectUnlinked(stage, 'ana');
    await finish(stage, { posts: {}, answers: { ana: 2 }, signals: [] });
  });

  it('refuses the state of another person in a browser of one’s own', async () => {
    const stage = await openPersonStage('socket');
    const [anas, lis] = [await invitationTo(stage, 'ana'), await invitationTo(stage, 'li')];
    const browser = openBrowser();
    const back = new URL(await goSignIn(stage, { browser, url: lis, as: identityOf('li') }));
    back.searchParams.set('state', new URL(anas).searchParams.get('state') ?? '');
    expect((await browser.open(back.href)).status).toBe(403);
    await expectUnlinked(stage, 'ana');
    await expectUnlinked(stage, 'li');
    await finish(stage, { posts: {}, answers: { ana: 2, li: 2 }, signals: [] });
  });

  it('refuses an account that the settings give to somebody else', async () => {
    const stage = await openPersonStage('socket');
    const browser = openBrowser();
    const url = await invitationTo(stage, 'una');
    const page = await browser.open(await goSignIn(stage, { browser, url, as: identityOf('ana') }));
    expect(page.status).toBe(409);
    expect(page.text).toMatch(/aruiz, for Una Mapped.*someone else's account.*Nothing was linked/s);
    await expectUnlinked(stage, 'una');
    expect(stage.provider.requests.filter(({ path }) => path === '/revoke')).toHaveLength(1);
    expectNoSecrets(stage);
    await finish(stage, { posts: {}, answers: { una: 2 }, signals: [] });
  });

  it('refuses an account that could be one the settings give to somebody else', async () => {
    const stage = await openPersonStage('socket');
    stage.provider.addPerson({ username: 'aruiz@example.com', name: 'Ana Ruiz' });
    const browser = openBrowser();
    const url = await invitationTo(stage, 'una');
    const page = await browser.open(await goSignIn(stage, { browser, url, as: 'aruiz@example.com' }));
    expect(page.status).toBe(409);
    expect(page.text).toMatch(/aruiz@example.com could be someone else's account.*Nothing was linked/s);
    await expectUnlinked(stage, 'una');
    expect(stage.provider.requests.filter(({ path }) => path === '/revoke')).toHaveLength(1);
    await finish(stage, { posts: {}, answers: { una: 2 }, signals: [] });
  });

  it('refuses an account other than the one the settings give to the person', async () => {
    const stage = await openPersonStage('socket');
    stage.provider.addPerson({ username: 'KEYEXAMPLE\\shared', name: 'Shared' });
    const browser = openBrowser();
    const url = await invitationTo(stage, 'ana');
    const page = await browser.open(await goSignIn(stage, { browser, url, as: 'KEYEXAMPLE\\shared' }));
    expect(page.text).toMatch(/Ana Ruiz has another account.*Nothing was linked/s);
    await expectUnlinked(stage, 'ana');
    await finish(stage, { posts: {}, answers: { ana: 2 }, signals: [] });
  });

  it('gives one account to one person only, and moves no link by itself', async () => {
    const stage = await openPersonStage('socket');
    for (const name of ['shared', 'other']) {
      stage.provider.addPerson({ username: `KEYEXAMPLE\\${name}`, name });
    }
    stage.slack.addMember({ id: 'U0NEW', name: 'new', realName: 'New Member' });
    stage.slack.join('C0PKI', 'U0NEW');
    const as = async (account: string, url: string) => {
      const browser = openBrowser();
      return browser.open(await goSignIn(stage, { browser, url, as: account }));
    };
    expect((await as('KEYEXAMPLE\\shared', await invitationTo(stage, 'una'))).text).toContain('is linked to');
    const other = await as('KEYEXAMPLE\\other', await invitationTo(stage, 'una'));
    expect(other.text).toMatch(/has linked another account.*KEYEXAMPLE\\shared/s);
    await stage.slack.command({ as: 'U0NEW', channel: 'C0PKI', command: '/workflow', text: 'link corp' });
    const invited = await stage.slack.waitForMessage(({ visibleTo }) => visibleTo === 'U0NEW');
    const taken = await as('KEYEXAMPLE\\shared', linkIn(invited));
    expect(taken.text).toMatch(/linked to someone else in Slack/);
    await ask(stage, { as: 'una', line: 'whoami', shows: /KEYEXAMPLE\\shared/ });
    expectNoSecrets(stage);
    await finish(stage, { posts: { '@una': 1 }, answers: { una: 3 }, signals: [] });
  });

  it('is good once', async () => {
    const stage = await openPersonStage('socket');
    const url = await invitationTo(stage, 'ana');
    const browser = openBrowser();
    const back = await goSignIn(stage, { browser, url, as: identityOf('ana') });
    expect((await browser.open(back)).text).toContain('is linked to');
    for (const again of [back, url]) {
      const page = await browser.open(again);
      expect(page.status).toBe(410);
      expect(page.text).toContain('has expired or was used');
    }
    await finish(stage, { posts: { '@ana': 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('is over after ten minutes, before and after signing in', async () => {
    const stage = await openPersonStage('socket');
    const url = await invitationTo(stage, 'ana');
    const browser = openBrowser();
    stage.clock.advance(9 * minuteMs);
    const back = await goSignIn(stage, { browser, url, as: identityOf('ana') });
    stage.clock.advance(minuteMs);
    for (const late of [back, url])
      expect((await browser.open(late)).text).toContain('has expired or was used');
    await expectUnlinked(stage, 'ana');
    await finish(stage, { posts: {}, answers: { ana: 2 }, signals: [] });
  });

  it('links nobody who cancels', async () => {
    const stage = await openPersonStage('socket');
    const browser = openBrowser();
    const sent = await browser.clickButton(await browser.open(await invitationTo(stage, 'ana')));
    const back = await stage.provider.cancelSignIn(sent.headers.get('location') ?? '');
    expect((await browser.open(back)).text).toContain('Nobody signed in');
    await expectUnlinked(stage, 'ana');
    await finish(stage, { posts: {}, answers: { ana: 2 }, signals: [] });
  });

  it('says so when the provider does not answer', async () => {
    const stage = await openPersonStage('socket', { timeout: '300ms' });
    const url = await invitationTo(stage, 'ana');
    const browser = openBrowser();
    const back = await goSignIn(stage, { browser, url, as: identityOf('ana') });
    stage.provider.fail({ path: '/token', fault: 'http-503', times: 50 });
    const page = await browser.open(back);
    expect(page.status).toBe(502);
    expect(page.text).toContain('did not answer');
    await finish(stage, { posts: {}, answers: { ana: 1 }, signals: [] });
  });

  it('takes no form that another site sent, and no state that was made up', async () => {
    const stage = await openPersonStage('socket');
    const url = await invitationTo(stage, 'ana');
    const state = new URL(url).searchParams.get('state') ?? '';
    const send = (headers: Readonly<Record<string, string>>) =>
      fetch(`${stage.publicUrl}/link`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ state }),
        redirect: 'manual',
      });
    const cookie = (await fetch(url)).headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    expect((await send({})).status).toBe(403);
    const own = cookie.split(';')[0] ?? '';
    expect((await send({ cookie: own, origin: 'https://evil.example.com' })).status).toBe(403);
    expect((await send({ cookie: own })).status).toBe(303);
    for (const wrong of ['', 'x', `${state.split('.')[0]}.AAAA`]) {
      expect((await openBrowser().open(`${stage.publicUrl}/link?state=${wrong}`)).status).toBe(410);
    }
    await finish(stage, { posts: {}, answers: { ana: 1 }, signals: [] });
  });

  it('is void for good once its reader has said that it is not theirs', async () => {
    const stage = await openPersonStage('socket');
    const url = await invitationTo(stage, 'ana');
    const state = new URL(url).searchParams.get('state') ?? '';
    const cookie = (await fetch(url)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const body = new URLSearchParams({ state, answer: 'no' });
    const denied = await fetch(`${stage.publicUrl}/link`, { method: 'POST', headers: { cookie }, body });
    expect(await denied.text()).toMatch(/Nothing was linked.*void now/s);
    expect((await openBrowser().open(url)).status).toBe(410);
    await expectUnlinked(stage, 'ana');
    await finish(stage, { posts: {}, answers: { ana: 2 }, signals: [] });
  });

  it('asks the identity provider to have people sign in again, also those it knows', async () => {
    const stage = await openPersonStage('socket');
    const url = await invitationTo(stage, 'ana');
    const browser = openBrowser();
    const sent = await browser.clickButton(await browser.open(url));
    expect(new URL(sent.headers.get('location') ?? '').searchParams.get('prompt')).toBe('login');
    await finish(stage, { posts: {}, answers: { ana: 1 }, signals: [] });
  });

  it('links anew what was linked before', async () => {
    const stage = await openPersonStage('socket');
    await linkByCommand(stage, 'ana');
    const browser = openBrowser();
    const url = linkIn(await ask(stage, { as: 'ana', line: 'link', shows: /You are linked to/ }));
    const page = await browser.open(await goSignIn(stage, { browser, url, as: identityOf('ana') }));
    expect(page.text).toContain('is linked to');
    await finish(stage, { posts: { '@ana': 2 }, answers: { ana: 2 }, signals: [] });
  });
});
