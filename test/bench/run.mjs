// npm run bench [-- --short]: measures what the promises of docs/benchmarks.md cost, each beside a floor measured in
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
import { measureReplicas } from './replicas.mjs';
import { measureReporting } from './reporting.mjs';
import { measureResting } from './resting.mjs';
import { measureSimulating } from './simulating.mjs';
import { measureSteady } from './steady.mjs';

const isShort = process.argv.includes('--short');
const runs = isShort ? 2 : 5;
/** Whole scenes take half a minute and more each; `--once` plays each a single time. */
const scenes = isShort || process.argv.includes('--once') ? 1 : 5;
const rows = [];
/** The table stands between two of these. */
const marker = '<!-- table -->';

/** Several runs of a whole measure count by their medians, with the spread. */
async function take(name, measure) {
  process.stderr.write(`${name} …\n`);
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

const observing = await measureObserving({ isShort, runs });
rows.push(...observing.rows);
rows.push(...(await measureReading({ isShort })));
rows.push(...(await measureResting({ runs, tracked: observing })));
rows.push(...(await measureHome({ isShort })));
rows.push(...(await measureSimulating({ isShort })));
rows.push(...(await measureReporting({ isShort })));
rows.push(await measureReminding({ isShort }));
await take('clicks', () => measureClicks({ isShort }));
await take('flood', () => measureFlood({ isShort }));
rows.push(...(await measureSteady({ isShort })));
await take('replicas', () => measureReplicas({ isShort }));

const lines = rows.map(lineOf);
const table = [
  '| Measured | Figure | Spread | Floor | Ratio | Wanted |',
  '| -------- | -----: | -----: | ----- | ----: | -----: |',
  ...lines,
].join('\n');
process.stdout.write(`${table}\n`);
if (!isShort) {
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
