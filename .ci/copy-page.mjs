// The simulator's page is served from dist; tsc leaves its stylesheet and HTML behind, and a browser finds no package
// by its name: index.html tells it where preact and htm are, copied here with their licenses.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';

const from = new URL('../src/sandbox/slack/page/', import.meta.url);
const to = new URL('../dist/sandbox/slack/page/', import.meta.url);
mkdirSync(to, { recursive: true });
for (const name of readdirSync(from)) {
  if (/\.(html|css|svg)$/.test(name)) copyFileSync(new URL(name, from), new URL(name, to));
}
for (const name of ['preact', 'htm']) {
  const module = new URL(import.meta.resolve(name));
  copyFileSync(module, new URL(`${name}.js`, to));
  copyFileSync(new URL('../LICENSE', module), new URL(`${name}.LICENSE`, to));
}
const cli = new URL('../dist/main.js', import.meta.url);
if (existsSync(cli)) chmodSync(cli, 0o755);
