import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { ask } from './ask.js';
import { identityOf, type PersonStage } from './open-person-stage.js';
import { type Actor, personas } from './personas.js';

/** What a browser shows. */
export interface Page {
  readonly status: number;
  /** What a person reads, without any markup. */
  readonly text: string;
  readonly html: string;
  readonly headers: Headers;
}

/** A browser that keeps cookies, as somebody's own. */
export interface Browser {
  open(url: string): Promise<Page>;
  /** Presses the only button of the page before; gives where it is sent. */
  clickButton(page: Page): Promise<Response>;
}

/** Opens a browser without any cookie. */
export function openBrowser(): Browser {
  let cookie = '';
  const ask = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(url, { ...init, headers: { ...init.headers, cookie }, redirect: 'manual' });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return response;
  };
  return {
    open: async (url) => pageOf(await ask(url)),
    clickButton({ html }) {
      const action = /<form method="post" action="([^"]*)">/.exec(html)?.[1] ?? '';
      const state = /name="state" value="([^"]*)"/.exec(html)?.[1] ?? '';
      const headers = { origin: new URL(action).origin };
      return ask(action, { method: 'POST', body: new URLSearchParams({ state }), headers });
    },
  };
}

async function pageOf(response: Response): Promise<Page> {
  const html = await response.text();
  const text = html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)));
  return { status: response.status, html, text, headers: response.headers };
}

/** Finds the address behind the link button of a message. */
export function linkIn(message: SeenMessage): string {
  const url = /"url":"([^"]*\/link\?state=[^"]*)"/.exec(JSON.stringify(message.blocks))?.[1];
  if (url === undefined) throw new Error(`There is no link in ${JSON.stringify(message.blocks)}`);
  return url;
}

/** Goes to link an account, says yes, and signs in as somebody; gives the address the browser comes back to. */
export async function goSignIn(
  stage: PersonStage,
  { browser, url, as }: { readonly browser: Browser; readonly url: string; readonly as: string },
): Promise<string> {
  const sent = await browser.clickButton(await browser.open(url));
  return stage.provider.signIn(as, sent.headers.get('location') ?? '');
}

/** Links somebody's own account from a link button; gives the last page. */
export async function linkFrom(stage: PersonStage, actor: Actor, message: SeenMessage): Promise<Page> {
  const browser = openBrowser();
  return browser.open(await goSignIn(stage, { browser, url: linkIn(message), as: identityOf(actor) }));
}

/** Waits for a direct message to somebody that is none of those seen before. */
export async function directMessage(stage: PersonStage, actor: Actor, text: RegExp): Promise<SeenMessage> {
  const channel = stage.slack.im(personas[actor].id).id;
  await stage.bot().deliver();
  return stage.slack.waitFor(
    () => stage.slack.messages(channel).findLast((one) => one.isFromApp && text.test(JSON.stringify(one))),
    { whatFor: `a direct message to ${actor}: ${text}` },
  );
}

/** Presses a button of any message by what its action is called. */
export function clickAction(stage: PersonStage, actor: Actor, from: SeenMessage, actionId: string) {
  const { channel, ts, blocks } = from;
  return stage.slack.click({ as: personas[actor].id, channel, ts, actionId, from: blocks });
}

/** Links somebody's own account by the command, with nothing to take up again. */
export async function linkByCommand(stage: PersonStage, actor: Actor): Promise<Page> {
  return linkFrom(stage, actor, await ask(stage, { as: actor, line: 'link', shows: /ten minutes/ }));
}
