// Takes every picture in docs/images from the demo, light and dark, and records the moving one: npm run pictures
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import UPNG from 'upng-js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const paddingPx = 16;
const widthPx = 760;
const waitTimeoutMs = 120_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'],
});
try {
  for (const colorScheme of ['light', 'dark']) await inDemo({ colorScheme, deviceScaleFactor: 2 }, takeAll);
  await inDemo({ colorScheme: 'light', viewport: { width: 960, height: 660 } }, record);
} finally {
  await browser.close();
}

/** Starts a demo, opens its page, and ends both when the work is done. */
async function inDemo(options, work) {
  const demo = spawn(process.execPath, [`${root}dist/main.js`, 'demo', '--port', '0']);
  try {
    const context = await browser.newContext({
      viewport: { width: 1100, height: 1000 },
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(waitTimeoutMs);
    await page.goto(`${await addressOf(demo)}/#as=U0ANA&channel=C0PKI`);
    await work(page, options.colorScheme === 'dark' ? '-dark' : '');
    await context.close();
  } finally {
    demo.kill('SIGINT');
    await once(demo, 'close');
  }
}

async function takeAll(page, suffix) {
  const cardAbout = cardsOn(page);
  const take = (name, card, last) => picture(page, `${name}${suffix}`, card, last);
  await cardAbout('mail.keyexample.com').getByText('adds 1 name').waitFor();
  await cardAbout('wiki.keyexample.com').waitFor();
  await take('card', cardAbout('mail.keyexample.com'));

  await goTo(page, 'as=U0ANA&tab=home');
  await page.getByText('Waiting for you').first().waitFor();
  await page.waitForTimeout(2_000);
  await page.screenshot({
    path: `${root}docs/images/home${suffix}.png`,
    clip: { x: 240, y: 150, width: 840, height: 640 },
  });
  await page.getByRole('button', { name: 'Approve several' }).click();
  await page.getByRole('dialog').getByText('requests together').waitFor();
  await page.waitForTimeout(1_500);
  await page.getByRole('dialog').screenshot({ path: `${root}docs/images/several${suffix}.png` });
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Edit…' }).click();
  await page.getByRole('dialog').getByText('Days on which').waitFor();
  await page.waitForTimeout(1_500);
  await page.getByRole('dialog').screenshot({ path: `${root}docs/images/notifications${suffix}.png` });
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await goTo(page, 'as=U0ANA&channel=C0PKI');

  const digest = page.locator('article.message.is-app').filter({ hasText: 'wait for approval' });
  await digest.first().waitFor();
  await take('digest', digest.first());

  const renewal = cardAbout('status.keyexample.com');
  await renewal.getByText('unless someone stops it').first().waitFor();
  await take('automatic', renewal);
  const grafana = cardAbout('grafana.keyexample.com');
  await grafana.getByRole('button', { name: 'Ask' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('Which team runs this host?');
  await page.getByRole('dialog').screenshot({ path: `${root}docs/images/ask${suffix}.png` });
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

  const shop = cardAbout('shop.keyexample.com');
  await approve(page, shop);
  await shop.getByText('Approved by Ana Ruiz').first().waitFor();
  await take('decided-card', shop);
  const grafanaAgain = cardAbout('grafana.keyexample.com');
  await grafanaAgain.getByRole('button', { name: 'Deny' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('Not on this host');
  await page.getByRole('dialog').getByRole('button', { name: 'Deny' }).click();
  await grafanaAgain.getByText('Denied by Ana Ruiz').first().waitFor();
  await page.locator('.composer-field').fill('/workflow report 7d');
  await page.locator('.composer-send').click();
  const report = page.locator('article.message').filter({ hasText: 'Time to decision' });
  await report.getByText('Decisions by rule').waitFor();
  await page.setViewportSize({ width: 1100, height: 1500 });
  await take('report', report);
  await page.setViewportSize({ width: 1100, height: 1000 });

  await page.goto(`${new URL(page.url()).origin}/#as=U0OMAR&channel=C0ALERTS`);
  await page.reload();
  const storm = stormOn(page);
  await storm.getByRole('button', { name: 'Restart 12…' }).waitFor();
  const reply = page.locator('article.is-reply').filter({ hasText: 'The first 5' });
  await reply.waitFor();
  await take('alert', storm, reply);
  await storm.getByRole('button', { name: 'Restart 12…' }).click();
  await page.getByRole('button', { name: 'Restart 12', exact: true }).click();
  await storm.getByText('Recovered by').waitFor();
  await take('resolved-alert', storm);

  await openMessages(page, 'U0ANA');
  const reminder = page.locator('article.message.is-app').filter({ hasText: 'waiting for you' });
  await reminder.first().waitFor();
  await reminder.first().getByText('Show more').click();
  await page.evaluate(() => document.activeElement?.blur());
  await take('reminder', reminder.first());
  await takeAway(page, suffix);
  await takeUrgency(page, suffix);
  await takeMine(page, suffix);
}

async function goTo(page, hash) {
  await page.goto(`${new URL(page.url()).origin}/#${hash}`);
}

/** Opens the conversation somebody has with the app, once there is one. */
async function openMessages(page, member) {
  const find = async (as) => {
    const { conversations } = await (await fetch(`/_sim/state?as=${as}`)).json();
    return conversations.find(({ kind }) => kind === 'im')?.id;
  };
  const channel = await (await page.waitForFunction(find, member)).jsonValue();
  await goTo(page, `as=${member}&channel=${channel}`);
}

async function takeAway(page, suffix) {
  await goTo(page, 'as=U0LI&tab=home');
  const heading = page.getByText('Away and delegations').first();
  await heading.waitFor();
  await page.getByRole('button', { name: "I'll be away…" }).click();
  const modal = page.getByRole('dialog');
  await modal.getByRole('textbox').first().fill('friday');
  await modal.getByRole('combobox').first().selectOption({ label: 'Bo Larsen' });
  await modal.getByRole('button', { name: 'Save' }).click();
  await page.getByText('You are away').first().waitFor();
  await page.waitForTimeout(2_000);
  await heading.evaluate((node) => node.scrollIntoView({ block: 'center' }));
  await page.mouse.move(0, 0);
  const top = await heading.boundingBox();
  const bottom = await page.getByRole('button', { name: "I'm back" }).boundingBox();
  const clip = { x: top.x - paddingPx, y: top.y - paddingPx / 4, width: widthPx };
  const height = bottom.y + bottom.height - top.y + paddingPx;
  await page.screenshot({ path: `${root}docs/images/away${suffix}.png`, clip: { ...clip, height } });
}

/** The most urgent of what waits, at the head of a Home tab. */
async function takeUrgency(page, suffix) {
  await goTo(page, 'as=U0ANA&tab=home');
  const heading = page.getByText('Waiting for you:').first();
  await heading.waitFor();
  await page.getByText('the reason is KeyCompromise').first().waitFor();
  await page.waitForTimeout(2_000);
  await page.mouse.move(0, 0);
  await heading.evaluate((node) => node.scrollIntoView({ block: 'start' }));
  const { x, y } = await heading.boundingBox();
  const clip = { x: x - paddingPx, y: Math.max(0, y - paddingPx / 2), width: widthPx, height: 430 };
  await page.screenshot({ path: `${root}docs/images/urgency${suffix}.png`, clip });
}

async function takeMine(page, suffix) {
  await goTo(page, 'as=U0SAM&channel=C0PKI');
  const field = page.locator('textarea.composer-field');
  await field.fill('/workflow mine');
  await field.press('Enter');
  const reply = page.locator('article.message').filter({ hasText: 'Only visible to you' }).last();
  await page.getByText('Only visible to you').last().waitFor();
  await picture(page, `mine${suffix}`, reply);
}

/** Records how a card is approved, then how twelve failed runs are restarted from their alert. */
async function record(page) {
  const frames = [];
  const film = async (ms) => void frames.push({ ms, png: await page.screenshot({ type: 'png' }) });
  const cardAbout = cardsOn(page);
  const shop = cardAbout('shop.keyexample.com');
  await shop.getByText('checkout.keyexample.com').waitFor();
  await shop.getByText('RSA 2048').waitFor();
  await shop.evaluate((node) => node.scrollIntoView({ block: 'center' }));
  await page.waitForTimeout(4_000);
  await film(2_500);
  await shop.getByRole('button', { name: 'Approve' }).hover();
  await film(700);
  await approve(page, shop, film);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await film(900);
  await shop.getByText('Approved by Ana Ruiz').first().waitFor();
  await shop.evaluate((node) => node.scrollIntoView({ block: 'center' }));
  await film(3_000);

  await page.goto(`${new URL(page.url()).origin}/#as=U0OMAR&channel=C0ALERTS`);
  await page.reload();
  const storm = stormOn(page);
  const restart = storm.getByRole('button', { name: 'Restart 12…' });
  await restart.waitFor();
  await storm.evaluate((node) => node.scrollIntoView({ block: 'center' }));
  await page.waitForTimeout(4_000);
  await film(2_500);
  await restart.click();
  const confirm = page.getByRole('button', { name: 'Restart 12', exact: true });
  await confirm.waitFor();
  await confirm.evaluate((node) => node.scrollIntoView({ block: 'center' }));
  await film(2_000);
  await confirm.click();
  await storm.getByText('Recovered by').waitFor();
  await storm.evaluate((node) => node.scrollIntoView({ block: 'center' }));
  await page.waitForTimeout(1_000);
  await film(3_500);
  writeFileSync(`${root}docs/images/demo.png`, animated(frames));
}

/** Puts frames into one animated PNG, of as many colors as keep it small. */
function animated(frames) {
  const pictures = frames.map(({ png }) => UPNG.decode(png));
  const [{ width, height }] = pictures;
  const pixels = pictures.map((one) => UPNG.toRGBA8(one)[0]);
  const delays = frames.map(({ ms }) => ms);
  return Buffer.from(UPNG.encode(pixels, width, height, 128, delays));
}

async function approve(page, card, film = async () => {}) {
  await card.getByRole('button', { name: 'Approve' }).click();
  const modal = page.getByRole('dialog');
  await modal.getByRole('textbox').waitFor();
  await film(1_000);
  await modal.getByRole('textbox').fill('Checked with the web team');
  await film(1_500);
  await modal.getByRole('button', { name: 'Approve' }).click();
}

function cardsOn(page) {
  return (name) => page.locator('article.message.is-app').filter({ hasText: `CN=${name}` });
}

function stormOn(page) {
  return page.locator('article.message.is-app').filter({ hasText: 'Certificate renewals' }).first();
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
async function picture(page, name, card, last = card) {
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
