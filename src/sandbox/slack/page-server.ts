import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { messageOf } from '../../shared/language.js';
import { isObject, type JsonObject, parseJson, textAt } from './api-method.js';
import type { WorkspaceControls } from './controls.js';
import { actingMember, ImpossibleRequest, knownConversation } from './interactions.js';
import { type Route, readBody, send } from './server.js';
import type { Changes } from './state.js';
import type { World } from './world.js';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  map: 'application/json',
};

/** Serves the page (`/`) and its files (`/page/…`) from a folder; says so kindly when they are not there. */
export function createPageFiles(folder: string | undefined): Route {
  return async (_request, response, { pathname }) => {
    const name = pathname === '/' ? 'index.html' : pathname.replace(/^\/(page\/)?/, '');
    const isPlain = /^[\w-]+(\/[\w-]+)*(\.[\w-]+)+$/.test(name);
    const file = folder !== undefined && isPlain ? readFile(join(folder, name)) : undefined;
    const content = await file?.catch(() => undefined);
    if (content !== undefined) {
      const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(content);
      return;
    }
    const hint = 'The page of the simulated workspace is not built. Run "npm run build" and start again.\n';
    if (pathname === '/') send(response, 503, hint);
    else send(response, 404, `There is no file ${name}\n`);
  };
}

type Verb = (body: JsonObject) => unknown;

/** Answers the browser page: what it draws, and what the person in front of it does. */
export function createPageRoutes(world: World, controls: WorkspaceControls): Route {
  const verbs = pageVerbs(controls);
  return async (request, response, url) => {
    const name = url.pathname.slice('/_sim/'.length);
    const own = <T>(table: Readonly<Record<string, T>>) =>
      Object.hasOwn(table, name) ? table[name] : undefined;
    try {
      if (request.method !== 'POST' && name === 'events') {
        streamChanges(world.changes, response);
        return;
      }
      const read = request.method === 'POST' ? undefined : own(pageReads(world, controls, url));
      const verb = request.method === 'POST' ? own(verbs) : undefined;
      const body = verb && parseJson(await readBody(request));
      await verb?.(isObject(body) ? body : {});
      if (read !== undefined) send(response, 200, read());
      else if (verb !== undefined) send(response, 200, { ok: true });
      else send(response, 404, { ok: false, error: 'unknown_verb' });
    } catch (error) {
      const code = error instanceof ImpossibleRequest ? error.code : 'invalid_request';
      const message = messageOf(error);
      send(response, 400, { ok: false, error: code, message });
    }
  };
}

function pageReads(
  world: World,
  controls: WorkspaceControls,
  { searchParams }: URL,
): Readonly<Record<string, () => unknown>> {
  const firstPerson = world.directory.all().find((member) => !member.isBot && !member.isDeactivated);
  const as = searchParams.get('as') ?? firstPerson?.id ?? '';
  const channel = searchParams.get('channel') ?? '';
  return {
    state: () => controls.state(actingMember(world, as).id),
    messages: () => controls.messages(knownConversation(world, channel).id, as),
    traffic: () => world.traffic.after(Number(searchParams.get('after') ?? 0)),
  };
}

function pageVerbs(controls: WorkspaceControls): Readonly<Record<string, Verb>> {
  return {
    press: (body) =>
      controls.click({
        ...who(body),
        channel: need(body, 'channel'),
        ts: need(body, 'ts'),
        ...element(body),
      }),
    'submit-view': (body) =>
      controls.submitView({ ...who(body), viewId: need(body, 'viewId'), values: valuesOf(body) }),
    'close-view': (body) => controls.closeView({ ...who(body), viewId: need(body, 'viewId') }),
    'press-in-view': (body) =>
      controls.clickInView({
        ...who(body),
        viewId: need(body, 'viewId'),
        ...element(body),
        values: valuesOf(body),
      }),
    'open-home': (body) => controls.openHome(who(body).as),
    say: (body) => sayOrCommand(controls, body),
    read: (body) => controls.read({ ...who(body), channel: need(body, 'channel') }),
  };
}

/** What begins with a slash is a command, as in Slack's own message box. */
function sayOrCommand(controls: WorkspaceControls, body: JsonObject): unknown {
  const text = need(body, 'text');
  const place = { ...who(body), channel: need(body, 'channel') };
  const [, command, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  if (command === undefined) return controls.say({ ...place, text });
  return controls.command({ ...place, command, text: rest ?? '' });
}

function who(body: JsonObject): { readonly as: string } {
  return { as: need(body, 'as') };
}

function element(body: JsonObject): { blockId: string; actionId: string; value?: string } {
  const value = textAt(body, 'value');
  const place = { blockId: need(body, 'blockId'), actionId: need(body, 'actionId') };
  return value === undefined ? place : { ...place, value };
}

function valuesOf(body: JsonObject): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const values = body.values;
  if (!isObject(values)) return {};
  return Object.fromEntries(
    Object.entries(values).flatMap(([id, held]) => (isObject(held) ? [[id, held]] : [])),
  );
}

function need(body: JsonObject, key: string): string {
  const value = textAt(body, key);
  if (value === undefined) throw new ImpossibleRequest('invalid_request', `The field ${key} is missing`);
  return value;
}

/** Streams every change as a server-sent event until the reader goes away. */
function streamChanges(changes: Changes, response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
  });
  response.write(': hello\n\n');
  const stop = changes.listen((event) => {
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  });
  response.on('close', stop);
}
