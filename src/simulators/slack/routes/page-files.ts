import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { send } from './http-exchange.js';

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
