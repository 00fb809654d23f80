// npm run bench [-- --short] [--once] [--only=clicks,years]: measures what the promises of docs/benchmarks.md cost, each beside a floor measured in
// the same run. Compiled code, real sockets, simulated servers in the measuring process.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measureClicks } from './clicks.mjs';
import { measureFlood } from './flood.mjs';
import { measureHome } from './home.mjs';
import { median } from './measure.mjs';
import { measureObserving } from './observing.mjs';
import { measureReading } from './reading.mjs';
import { measureReminding } from './reminding.mjs';
import { measureDeciding, measureReplicas } from './replicas.mjs';
import { measureReporting } from './reporting.mjs';
import { measureRequested } from './requested.mjs';
import { measureResting } from './resting.mjs';
import { measureSimulating } from './simulating.mjs';
import { measureSizing } from './sizing.mjs';
import { measureSteady } from './steady.mjs';
import { measureTracked } from './tracked.mjs';
import { measureUpgrade } from './upgrade.mjs';
import { measureYears } from './years.mjs';

const isShort = process.argv.includes('--short');
const runs = isShort ? 2 : 5;
/** Whole scenes take half a minute and more each; `--once` plays each a single time. */
const scenes = isShort || process.argv.includes('--once') ? 1 : 5;
const rows = [];
/** The table stands between two of these. */
const marker = '<!-- table -->';

/** Several runs of a whole measure count by their medians, with the spread. */
async function take(measure) {
  const taken = [];
  for (let run = 0; run < scenes; run += 1) taken.push(await measure());
  for (const [index, row] of taken[0].entries()) {
    const values = taken.map((one) => one[index].value);
    rows.push({
      ...row,
      value: median(values),
      spread: values,
      floor: median(taken.map((one) => one[index].floor)),
    });
  }
}

/** What is measured, in the order of the table; `--only=clicks,flood` measures those alone, and only prints. */
const measures = {
  async observing() {
    const observing = await measureObserving({ isShort, runs });
    rows.push(...observing.rows, ...(await measureResting({ runs, tracked: observing })));
  },
  reading: async () => rows.push(...(await measureReading({ isShort }))),
  tracked: async () => rows.push(...(await measureTracked({ isShort }))),
  sizing: async () => rows.push(...(await measureSizing({ isShort }))),
  home: async () => rows.push(...(await measureHome({ isShort }))),
  simulating: async () => rows.push(...(await measureSimulating({ isShort }))),
  reporting: async () => rows.push(...(await measureReporting({ isShort }))),
  reminding: async () => rows.push(await measureReminding({ isShort })),
  clicks: () => take(() => measureClicks({ isShort })),
  years: async () => rows.push(...(await measureYears('SQLite', { isShort, runs }))),
  yearsOnPostgres: async () => rows.push(...(await measureYears('PostgreSQL', { isShort, runs }))),
  upgrade: async () => rows.push(...(await measureUpgrade({ isShort }))),
  flood: () => take(() => measureFlood({ isShort })),
  storm: async () => rows.push(...(await measureFlood({ isShort, count: isShort ? 200 : 10_000 }))),
  steady: async () => rows.push(...(await measureSteady({ isShort }))),
  requested: async () => rows.push(...(await measureRequested({ isShort }))),
  replicas: () => take(() => measureReplicas({ isShort })),
  deciding: async () => rows.push(...(await measureDeciding({ isShort }))),
};

/** What takes minutes even in its short form is measured by the full run alone, or by name. */
const long = ['tracked', 'sizing', 'years', 'yearsOnPostgres', 'upgrade', 'storm', 'requested', 'deciding'];

const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
for (const [name, measure] of Object.entries(measures)) {
  if (only ? !only.split(',').includes(name) : isShort && long.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  await measure();
}

const lines = rows.map(lineOf);
const table = [
  '| Measured | Figure | Spread | Floor | Ratio | Wanted |',
  '| -------- | -----: | -----: | ----- | ----: | -----: |',
  ...lines,
].join('\n');
process.stdout.write(`${table}\n`);
if (!isShort && !only) {
  const head = `Taken ${new Date().toISOString().slice(0, 10)} on Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, by \`npm run bench\`.`;
  const page = new URL('../../docs/benchmarks.md', import.meta.url);
  const [before, , after] = readFileSync(page, 'utf8').split(marker);
  writeFileSync(page, [before, `\n\n${head}\n\n${table}\n\n`, after].join(marker));
}

function lineOf({ name, value, spread = [], unit, floor, floorName, target }) {
  const figure = `${shown(value)} ${unit}`.trim();
  const range = spread.length > 1 ? `${shown(Math.min(...spread))}–${shown(Math.max(...spread))}` : '';
  const ratio = floor === 0 ? (value === 0 ? '0' : '∞') : (value / floor).toFixed(2);
  const isMet = floor === 0 ? value === 0 : value / floor <= target;
  return `| ${name} | ${figure} | ${range} | ${`${shown(floor)} ${unit}`.trim()}: ${floorName} | ${ratio} | ${isMet ? '✓' : '✗'} ≤ ${shown(target)} |`;
}

function shown(value) {
  if (value >= 100) return value.toFixed(0);
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
