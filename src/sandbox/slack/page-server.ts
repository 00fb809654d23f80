import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { messageOf } from '../../shared/errors.js';
import { isObject, type JsonObject, parseJson, textAt } from './api-method.js';
import type { WorkspaceControls } from './controls.js';
import { readBody, send } from './http-exchange.js';
import { actingMember, ImpossibleRequest, knownConversation } from './interactions.js';
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
export function createPageFiles(folder: string | undefined) {
  return async (response: ServerResponse, path: string): Promise<void> => {
    const name = path === '/' ? 'index.html' : path.slice('/page/'.length);
    const isPlain = /^[\w-]+(\/[\w-]+)*(\.[\w-]+)+$/.test(name);
    const content = folder === undefined || !isPlain ? undefined : await readIfThere(join(folder, name));
    if (content !== undefined) {
      const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(content);
      return;
    }
    const hint = 'The page of the simulated workspace is not built. Run "npm run build" and start again.\n';
    send(response, path === '/' ? 503 : 404, path === '/' ? hint : `There is no file ${name}\n`);
  };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(() => undefined);
}

type Verb = (body: JsonObject) => unknown;

const unknownVerb = { ok: false, error: 'unknown_verb' };

/** Answers the browser page: what it draws, and what the person in front of it does. */
export function createPageRoutes(options: { readonly world: World; readonly controls: WorkspaceControls }) {
  const { world, controls } = options;
  const verbs = pageVerbs(controls);
  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const name = url.pathname.slice('/_sim/'.length);
    try {
      if (request.method !== 'POST') {
        read(world, controls, { name, url, response });
        return;
      }
      const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
      if (verb === undefined) {
        send(response, 404, unknownVerb);
        return;
      }
      const body = parseJson(await readBody(request));
      await verb(isObject(body) ? body : {});
      send(response, 200, { ok: true });
    } catch (error) {
      const code = error instanceof ImpossibleRequest ? error.code : 'invalid_request';
      const message = messageOf(error);
      send(response, 400, { ok: false, error: code, message });
    }
  };
}

function read(
  world: World,
  controls: WorkspaceControls,
  { name, url, response }: { name: string; url: URL; response: ServerResponse },
): void {
  const as = url.searchParams.get('as') ?? firstPerson(world);
  const reads: Readonly<Record<string, () => unknown>> = {
    state: () => controls.state(actingMember(world, as).id),
    messages: () => controls.messages(knownConversation(world, url.searchParams.get('channel') ?? '').id, as),
    traffic: () => world.traffic.after(Number(url.searchParams.get('after') ?? 0)),
  };
  const found = Object.hasOwn(reads, name) ? reads[name] : undefined;
  if (name === 'events') streamChanges(world.changes, response);
  else if (found === undefined) send(response, 404, unknownVerb);
  else send(response, 200, found());
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

function firstPerson(world: World): string {
  return world.directory.all().find((member) => !member.isBot && !member.isDeactivated)?.id ?? '';
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
