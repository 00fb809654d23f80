import { afterEach, describe, expect, it } from '@jest/globals';
import { type RunningCountersign, runCountersign } from '../sandbox/demo/run-countersign.js';
import { barriersOn, hasBrowser, type OpenBrowser, openBrowser, type Place } from './open-browser.js';

const demos: RunningCountersign[] = [];
const browsers: OpenBrowser[] = [];

afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close();
  for (const running of demos.splice(0)) {
    running.process.kill('SIGINT');
    await running.ended;
  }
});

/** Starts the demo and opens its page. */
async function openDemoPage(): Promise<OpenBrowser> {
  const running = runCountersign(['demo', '--port', '0']);
  demos.push(running);
  const [url] = await running.prints(/http:\/\/127\.0\.0\.1:\d+/);
  const browser = await openBrowser();
  browsers.push(browser);
  await browser.page.goto(url);
  return browser;
}

type Within = Pick<Place, 'locator' | 'getByRole'>;

function cardAbout(page: Within, name: string): Place {
  return page.locator('article.message.is-app').filter({ hasText: `CN=${name}` });
}

async function actAs(page: Within, name: string): Promise<void> {
  await page.locator('.acting-as').click();
  await page.locator('.person-item').filter({ hasText: name }).click();
  await page.locator('.acting-as').filter({ hasText: name }).waitFor();
}

async function approveAsAna(page: Within): Promise<void> {
  await actAs(page, 'Ana Ruiz');
  await page.getByRole('link', { name: 'pki-approvals' }).click();
  const card = cardAbout(page, 'shop.keyexample.com');
  await card.getByText('checkout.keyexample.com').waitFor();
  await card.getByText('RSA 2048').waitFor();
  await card.getByRole('button', { name: 'Approve' }).click();
  const modal = page.getByRole('dialog');
  await modal.getByRole('textbox').fill('Checked with the web team');
  await modal.getByRole('button', { name: 'Approve' }).click();
  await card.getByText('Approved by Ana Ruiz').first().waitFor();
  await card.getByText('Checked with the web team').waitFor();
  expect(await card.getByRole('button', { name: 'Approve' }).count()).toBe(0);
}

async function beRefusedAsSam(page: Within): Promise<Place> {
  await actAs(page, 'Sam Smith');
  await cardAbout(page, 'grafana.keyexample.com').getByRole('button', { name: 'Approve' }).click();
  const refusal = page.locator('.message.is-ephemeral').filter({ hasText: 'You requested this' });
  const modal = page.getByRole('dialog');
  await refusal.or(modal).waitFor();
  if (await modal.isVisible()) await modal.getByRole('button', { name: 'Approve' }).click();
  await refusal.getByText('Only visible to you').waitFor();
  return refusal;
}

describe('the demo in a browser', () => {
  it('lets Ana approve with a comment, and refuses Sam his own request where only he sees it', async () => {
    if (!hasBrowser() && !process.env.REQUIRE_BROWSER) {
      process.stderr.write('The browser journey was skipped: no Chromium found.\n');
      return;
    }
    const { page, complaints } = await openDemoPage();
    await approveAsAna(page);
    const refusal = await beRefusedAsSam(page);
    await actAs(page, 'Ana Ruiz');
    await cardAbout(page, 'grafana.keyexample.com').getByRole('button', { name: 'Approve' }).waitFor();
    await refusal.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  }, 60_000);

  it('shows of the raw traffic what the filter asks for', async () => {
    if (!hasBrowser() && !process.env.REQUIRE_BROWSER) return;
    const { page } = await openDemoPage();
    await page.getByRole('button', { name: 'Raw traffic' }).click();
    const drawer = page.locator('.traffic');
    const posted = drawer.locator('li').filter({ hasText: 'chat.postMessage' }).first();
    await posted.waitFor();
    await drawer.getByRole('searchbox', { name: 'Filter' }).fill('postmessage');
    await drawer.locator('li:visible').filter({ hasText: 'auth.test' }).waitFor({ state: 'detached' });
    await posted.waitFor();
  }, 60_000);

  it.each(['light', 'dark'] as const)(
    'can be read and heard by everybody, %s',
    async (colorScheme) => {
      if (!hasBrowser() && !process.env.REQUIRE_BROWSER) return;
      const { page } = await openDemoPage();
      await page.emulateMedia({ colorScheme });
      await actAs(page, 'Ana Ruiz');
      await page.getByRole('link', { name: 'pki-approvals' }).click();
      const card = cardAbout(page, 'shop.keyexample.com');
      await card.getByText('checkout.keyexample.com').waitFor();
      expect(await barriersOn(page)).toEqual([]);
      await card.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('dialog').getByRole('textbox').waitFor();
      expect(await barriersOn(page)).toEqual([]);
    },
    60_000,
  );
});
