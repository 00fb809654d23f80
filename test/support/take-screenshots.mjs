// Takes the pictures in docs/images from the demo: npm run build && node test/support/take-screenshots.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
const paddingPx = 16;
const widthPx = 760;

const demo = spawn(process.execPath, [`${root}dist/main.js`, 'demo', '--port', '0']);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1100, height: 1000 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(`${await addressOf(demo)}/#as=U0ANA&channel=C0PKI`);
  const cardAbout = (name) => page.locator('article.message.is-app').filter({ hasText: `CN=${name}` });
  await cardAbout('mail.keyexample.com').getByText('adds 1 name').waitFor();
  await cardAbout('wiki.keyexample.com').getByText('Approvals').waitFor();
  await picture(page, cardAbout('mail.keyexample.com'), 'card');

  await page.goto(`${new URL(page.url()).origin}/#as=U0ANA&tab=home`);
  await page.getByText('Waiting for you').first().waitFor();
  await page.waitForTimeout(2_000);
  await page.screenshot({
    path: `${root}docs/images/home.png`,
    clip: { x: 240, y: 150, width: 840, height: 640 },
  });
  await page.getByRole('button', { name: 'Approve several' }).click();
  await page.getByRole('dialog').getByText('can be approved together').waitFor();
  await page.waitForTimeout(1_500);
  await page.getByRole('dialog').screenshot({ path: `${root}docs/images/several.png` });
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.goto(`${new URL(page.url()).origin}/#as=U0ANA&channel=C0PKI`);

  const renewal = cardAbout('status.keyexample.com');
  await renewal.getByText('unless somebody stops it').first().waitFor({ timeout: 60_000 });
  await picture(page, renewal, 'automatic');
  const grafana = cardAbout('grafana.keyexample.com');
  await grafana.getByRole('button', { name: 'Ask' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('Which team runs this host?');
  await page.getByRole('dialog').screenshot({ path: `${root}docs/images/ask.png` });
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

  const shop = cardAbout('shop.keyexample.com');
  await shop.getByRole('button', { name: 'Approve' }).click();
  const modal = page.getByRole('dialog');
  await modal.getByRole('textbox').fill('Checked with the web team');
  await modal.getByRole('button', { name: 'Approve' }).click();
  await shop.getByText('Approved by Ana Ruiz').first().waitFor();
  await picture(page, shop, 'decided-card');

  await page.goto(`${new URL(page.url()).origin}/#as=U0OMAR&channel=C0ALERTS`);
  await page.reload();
  const storm = page.locator('article.message.is-app').filter({ hasText: 'Certificate renewals' });
  await storm.first().getByRole('button', { name: 'Restart 12…' }).waitFor({ timeout: 60_000 });
  const reply = page.locator('article.is-reply').filter({ hasText: 'The first 5' });
  await reply.waitFor();
  await picture(page, storm.first(), 'alert', reply);
  await storm.first().getByRole('button', { name: 'Restart 12…' }).click();
  await page.getByRole('button', { name: 'Restart 12', exact: true }).click();
  await storm.first().getByText('Recovered by').waitFor({ timeout: 60_000 });
  await picture(page, storm.first(), 'resolved-alert');
} finally {
  await browser.close();
  demo.kill('SIGINT');
  await once(demo, 'close');
}

function addressOf(child) {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
      if (found) resolve(found[0]);
    });
    child.once('close', () => reject(new Error(`The demo gave no address: ${text}`)));
  });
}

/** A message is as wide as the window; the picture is as wide as what is written in it, and may go on to a reply. */
async function picture(page, card, name, last = card) {
  // What has just come is highlighted for a moment.
  await page.waitForTimeout(4_000);
  if (last === card) await showNeighbours(card, 'hidden');
  await card.evaluate((node, block) => node.scrollIntoView({ block }), last === card ? 'center' : 'start');
  await page.mouse.move(0, 0);
  const box = await card.boundingBox();
  const lastBox = await last.boundingBox();
  const clip = {
    x: box.x,
    y: last === card ? box.y - paddingPx / 2 : box.y,
    width: widthPx,
    height: lastBox.y + lastBox.height - box.y + (last === card ? paddingPx : 0),
  };
  await page.screenshot({ path: `${root}docs/images/${name}.png`, clip });
  if (last === card) await showNeighbours(card, 'visible');
}

async function showNeighbours(card, visibility) {
  await card.evaluate((node, wanted) => {
    for (const neighbour of node.parentElement.children) {
      if (neighbour !== node) neighbour.style.visibility = wanted;
    }
  }, visibility);
}
