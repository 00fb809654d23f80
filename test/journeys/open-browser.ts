import { existsSync } from 'node:fs';

/** As much of a place on a page as the journeys use; the library's own types need a browser's globals. */
export interface Place {
  locator(selector: string): Place;
  filter(by: { readonly hasText: string }): Place;
  getByRole(role: string, by?: { readonly name: string }): Place;
  getByText(text: string): Place;
  first(): Place;
  or(other: Place): Place;
  click(): Promise<void>;
  fill(text: string): Promise<void>;
  waitFor(options?: { readonly state: 'visible' | 'detached' }): Promise<void>;
  count(): Promise<number>;
  isVisible(): Promise<boolean>;
}

/** As much of a page as the journeys use. */
interface Page extends Pick<Place, 'locator' | 'getByRole'> {
  goto(url: string): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  emulateMedia(media: { readonly colorScheme: 'light' | 'dark' }): Promise<void>;
  setDefaultTimeout(timeoutMs: number): void;
  on(event: 'pageerror', listener: (error: Error) => void): unknown;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): unknown;
}

interface Playwright {
  readonly chromium: {
    launch(options: { readonly executablePath: string; readonly args: readonly string[] }): Promise<{
      newPage(): Promise<Page>;
      close(): Promise<void>;
    }>;
  };
}

/** A browser with one page. */
export interface OpenBrowser {
  readonly page: Page;
  /** Errors the page reported. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const waitTimeoutMs = 20_000;
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Lists what stands in the way of people who see little or hear the page: texts whose contrast is below what WCAG 2.2 AA
 * asks for (4.5, or 3 for large text), and controls without a name.
 */
export async function barriersOn(page: Pick<Page, 'evaluate'>): Promise<unknown> {
  return page.evaluate(`(() => {
    const parts = (color) => { const [r = 0, g = 0, b = 0, a = 1] = (color.match(/[\\d.]+/g) ?? []).map(Number); return [r, g, b, a]; };
    const over = ([r, g, b, a], below) => [r, g, b].map((one, at) => one * a + below[at] * (1 - a));
    const behind = (element) => {
      const own = parts(getComputedStyle(element).backgroundColor);
      if (own[3] === 1) return own.slice(0, 3);
      return over(own, element.parentElement ? behind(element.parentElement) : [255, 255, 255]);
    };
    const light = (color) => {
      const [r, g, b] = color.map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim();
      const element = walker.currentNode.parentElement;
      const isSeen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      if (!/[\\p{L}\\p{N}]/u.test(text) || !isSeen || element.closest(':disabled, [aria-disabled="true"]')) continue;
      const { color, fontSize, fontWeight } = getComputedStyle(element);
      const ground = behind(element);
      const [one, other] = [light(over(parts(color), ground)), light(ground)].sort((a, b) => b - a);
      const ratio = (one + 0.05) / (other + 0.05);
      const size = Number.parseFloat(fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) found.push(ratio.toFixed(2) + ' ' + element.className + ': ' + text.slice(0, 60));
    }
    for (const control of document.querySelectorAll('button, a[href], input:not([type="hidden"]), select, textarea')) {
      const labels = [...(control.labels ?? [])].map((label) => label.textContent).join('');
      const by = (control.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('');
      const name = [control.getAttribute('aria-label'), by, labels, control.title, control.textContent].join('').trim();
      if (name === '') found.push('no name: ' + control.outerHTML.slice(0, 120));
    }
    return [...new Set(found)];
  })()`);
}

/** Tells whether there is a Chromium to open. */
export function hasBrowser(): boolean {
  return existsSync(executablePath);
}

/** Opens Chromium without a window. */
export async function openBrowser(): Promise<OpenBrowser> {
  const library = 'playwright-core';
  const { chromium }: Playwright = await import(library);
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage();
  page.setDefaultTimeout(waitTimeoutMs);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, complaints, close: () => browser.close() };
}
