import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

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

const require = createRequire(import.meta.url);

/** A rule of WCAG 2 A or AA that the page breaks, and where. */
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Lists what stands in the way of people who see little or hear the page: what axe finds against WCAG 2 A and AA. */
export async function barriersOn(page: Pick<Page, 'evaluate'>): Promise<readonly string[]> {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const found =
    await page.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa'] }).then(({ violations, passes }) => ({
    violations: violations.map(({ id, help, nodes }) => ({
      id, help, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
    })),
    passes: passes.length,
  }))`);
  const { violations, passes } = found as { violations: readonly Violation[]; passes: number };
  if (passes === 0) throw new Error('axe checked nothing on this page');
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}\n${html.slice(0, 200)}\n${failureSummary}`),
  );
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
