// Draws the parts of src/ and the imports between them as docs/images/house.svg: `node .ci/draw-house.mjs`, or with
// `--check` only says whether the picture is that of the code. `npm run fix` draws it again.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from './measured-files.mjs';

/** Every part: where it stands, and what it is in a few words. Imports point left. */
const parts = {
  domain: { column: 0, row: 1, text: 'what is true' },
  ports: { column: 1, row: 1, text: 'needed from outside' },
  'use-cases': { column: 2, row: 1, text: 'what the bot does' },
  backends: { column: 3, row: 0, text: 'Command, Work Tasks' },
  slack: { column: 3, row: 1, text: 'listeners, blocks, text' },
  stores: { column: 3, row: 2, text: 'SQLite, PostgreSQL' },
  http: { column: 3, row: 3, text: 'webhooks, metrics' },
  config: { column: 4, row: 0, text: 'settings' },
  bot: { column: 4, row: 1, text: 'bot.ts, jobs.ts: the wiring' },
  cli: { column: 5, row: 1, text: 'commands, main.ts' },
  sandbox: { column: 5, row: 3, text: 'everything that pretends' },
};

const width = 150;
const height = 46;
const gap = { x: 34, y: 30 };
const placeOf = ({ column, row }) => ({ x: 12 + column * (width + gap.x), y: 12 + row * (height + gap.y) });

/** Tells which part a file belongs to; leaf helpers in shared/ are everybody's and not drawn. */
function partOf(path) {
  const [, folder] = /^src\/(?:([\w-]+)\/)?/.exec(path) ?? [];
  if (folder !== undefined) return folder;
  if (path === 'src/config.ts') return 'config';
  return path === 'src/main.ts' ? 'cli' : 'bot';
}

function importsBetweenParts() {
  const cruiser = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
  const args = [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const report = JSON.parse(execFileSync(process.execPath, args, { cwd: root, maxBuffer: 100_000_000 }));
  const found = report.modules.flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ resolved }) => source.startsWith('src/') && resolved.startsWith('src/'))
      .map(({ resolved }) => `${partOf(source)} ${partOf(resolved)}`),
  );
  return [...new Set(found)]
    .map((pair) => pair.split(' '))
    .filter(([from, to]) => from !== to && parts[from] && parts[to])
    .sort();
}

/** A line from the left edge of who imports to the right edge of what is imported. */
function arrow([from, to]) {
  const start = placeOf(parts[from]);
  const end = placeOf(parts[to]);
  const isBeside = parts[from].column === parts[to].column;
  const [x1, y1] = [start.x, start.y + height / 2];
  const [x2, y2] = [isBeside ? end.x : end.x + width, end.y + height / 2];
  const bend = isBeside ? -18 : -Math.min(60, (x1 - x2) / 2);
  return `<path d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - (isBeside ? 18 : bend)} ${y2} ${x2} ${y2}"/>`;
}

function box([name, { text, ...place }]) {
  const { x, y } = placeOf(place);
  const middle = x + width / 2;
  const shown = ['bot'].includes(name) ? 'bot' : `${name}/`;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/><text x="${middle}" y="${y + 20}" class="n">${shown}</text><text x="${middle}" y="${y + 36}">${text}</text>`;
}

function draw() {
  const size = { x: 24 + 6 * width + 5 * gap.x, y: 24 + 4 * height + 3 * gap.y };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.x} ${size.y}" role="img" aria-label="The parts of src and what each imports; every arrow points left">`,
    '<style>rect{fill:#f6f8fa;stroke:#57606a}path{fill:none;stroke:#0969da;stroke-opacity:.45;marker-end:url(#a)}text{font:11px sans-serif;text-anchor:middle;fill:#57606a}.n{font:600 13px monospace;fill:#24292f}</style>',
    '<marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#0969da;stroke:none;marker-end:none"/></marker>',
    ...importsBetweenParts().map(arrow),
    ...Object.entries(parts).map(box),
    '</svg>',
    '',
  ].join('\n');
}

const picture = new URL('../docs/images/house.svg', import.meta.url);
const drawn = draw();
if (!process.argv.includes('--check')) writeFileSync(picture, drawn);
else if (readFileSync(picture, 'utf8') !== drawn) {
  process.stderr.write('docs/images/house.svg is not the picture of the code: run npm run fix.\n');
  process.exitCode = 1;
}
