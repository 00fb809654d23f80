import { describe, expect, it } from '@jest/globals';
import { ask } from '../../support/stage/ask.js';
import { linkIn } from '../../support/stage/browser.js';
import { finish } from '../../support/stage/finish.js';
import { openPersonStage } from '../../support/stage/open-person-stage.js';
import { hasBrowser, openBrowser } from '../open-browser.js';

const describeWithBrowser = hasBrowser() ? describe : describe.skip;

describeWithBrowser('linking in a real browser', () => {
  it('goes from the question over the sign-in to the answer, without a complaint', async () => {
    const stage = await openPersonStage('socket');
    const url = linkIn(await ask(stage, { as: 'ana', line: 'link', shows: /ten minutes/ }));
    const browser = await openBrowser();
    try {
      const { page } = browser;
      await page.goto(url);
      // Without it a phone shows the page at the width of a desk, too small to read.
      expect(await page.locator('meta[name=viewport][content*=device-width]').count()).toBe(1);
      await page.getByRole('button', { name: 'Yes, I am Ana Ruiz: sign in' }).click();
      await page.getByRole('button', { name: 'KEYEXAMPLE\\aruiz' }).click();
      await page.locator('p').filter({ hasText: 'is linked to KEYEXAMPLE\\aruiz in Command' }).waitFor();
      expect(browser.complaints).toEqual([]);
    } finally {
      await browser.close();
    }
    await finish(stage, { posts: { '@ana': 1 }, answers: { ana: 1 }, signals: [] });
  });
});
