import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type RunningCountersign, runCountersign } from '../demo/run-countersign.js';

const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const demos: RunningCountersign[] = [];
const browsers: Browser[] = [];

afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close();
  for (const running of demos.splice(0)) {
    running.process.kill('SIGINT');
    await running.ended;
  }
});

/** Starts the demo and opens its page in a browser; also gives what the page complains about. */
async function openScreen(): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const running = runCountersign(['demo', '--port', '0']);
  demos.push(running);
  const [url] = await running.prints(/http:\/\/127\.0\.0\.1:\d+/);
  const { chromium: playwright } = await import('playwright-core');
  const browser = await playwright.launch({ executablePath: chromium, args: flags });
  browsers.push(browser);
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.setDefaultTimeout(20_000);
  await page.goto(url);
  return { page, complaints };
}

/** The card about a name, wherever it stands in the open conversation. */
function cardAbout(page: Page, name: string) {
  return page.locator('article.message.is-app').filter({ hasText: `CN=${name}` });
}

async function actAs(page: Page, name: string): Promise<void> {
  await page.locator('.acting-as').click();
  await page.locator('.person-item').filter({ hasText: name }).click();
  await page.locator('.acting-as').filter({ hasText: name }).waitFor();
}

const isThere = existsSync(chromium);
const isRequired = Boolean(process.env.REQUIRE_BROWSER);

describe('the demo in a browser', () => {
  it('lets Ana approve with a comment, and refuses Sam his own request', async () => {
    if (!isThere && !isRequired) {
      process.stderr.write('browser journey skipped: no Chromium found\n');
      return;
    }
    const { page, complaints } = await openScreen();
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

    await actAs(page, 'Sam Smith');
    await cardAbout(page, 'grafana.keyexample.com').getByRole('button', { name: 'Approve' }).click();
    const refusal = page.locator('.message.is-ephemeral').filter({ hasText: 'You asked for this yourself' });
    await refusal.or(modal).waitFor();
    if (await modal.isVisible()) await modal.getByRole('button', { name: 'Approve' }).click();
    await refusal.getByText('Only visible to you').waitFor();

    await actAs(page, 'Ana Ruiz');
    await card.waitFor();
    expect(await refusal.count()).toBe(0);
    expect(complaints).toEqual([]);
  }, 60_000);
});
