// Prints how big the house is and what it costs to find one's way in it, as the table of docs/developers.md:
// `npm run measure`, with `--json` for machines, with `--time` also how long `npm test` takes. What it measures of a
// click it measures in dist/, so that has to be built. A measure is a function in `measures`, and gives its row.
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { countLines, isBot, isSandbox, listFiles, parse, root } from './measured-files.mjs';

const files = listFiles();
const bot = files.filter(isBot);
const sandbox = files.filter((path) => isSandbox(path) && /\.(ts|css|html)$/.test(path));
const tests = files.filter((path) => /^test\/.*\.(ts|mjs)$/.test(path));

/** Every measure: the name of its row, and what stands in it. */
const measures = [
  () => ['bot files / folders', [bot.length, new Set(bot.map((path) => dirname(path))).size]],
  () => ['bot lines', [countLines(bot)]],
  () => {
    const imports = bot.flatMap((path) => importsOf(path));
    return ['exports / import edges in the bot', [sum(bot, countExports), imports.length]];
  },
  () => {
    const circles = cruised.summary.violations.filter(({ rule }) => rule.name === 'no-cycle');
    const up = bot.flatMap((path) => importsOf(path).filter((other) => rankOf(other) > rankOf(path)));
    const others = cruised.summary.violations.length - circles.length;
    return ['import circles / arrows up / fence violations', [circles.length, up.length, others]];
  },
  () => ['simulators and demo, lines / files', [countLines(sandbox), sandbox.length]],
  () => ['test support lines', [countLines(tests.filter((path) => !path.endsWith('.test.ts')))]],
  () => ['own files entered by a one-click approve', [filesOfClick().length]],
  () => {
    const calls = tests.flatMap((path) => callsIn(parse(path)));
    return ['`it`s / assertions', [calls.filter(isTest).length, calls.filter(isAssertion).length]];
  },
];

const timed = [() => ['`npm test`, seconds', [secondsOf('npm', ['test'])]]];

/** What dependency-cruiser says of all imports, held against the project's rule. */
const cruised = cruise();

function cruise() {
  const cruiser = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
  const args = [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const report = JSON.parse(run(process.execPath, args));
  const seen = new Set(report.modules.map(({ source }) => source));
  const unseen = bot.filter((path) => !seen.has(path));
  // One that cannot read what it is given finds nothing wrong either.
  if (unseen.length > 0) throw new Error(`dependency-cruiser did not read ${unseen.join(', ')}.`);
  return report;
}

/** Lists the files of the bot that one of them imports, types included, each once. */
function importsOf(path) {
  const { dependencies } = cruised.modules.find(({ source }) => source === path);
  return [...new Set(dependencies.map(({ resolved }) => resolved))].filter(isBot);
}

/** The parts of the bot from left to right; an arrow goes up when a part imports one further right. */
const parts = [
  /^src\/shared\//,
  /^src\/domain\//,
  /^src\/ports\//,
  /^src\/use-cases\//,
  /^src\/(backends|chat|slack|stores|http)\//,
  /^src\/(?!main\.ts$)(config\/|[^/]+$)/,
  /^src\/(cli|commands)\//,
  /^src\/main\.ts$/,
];

function rankOf(path) {
  const rank = parts.findIndex((part) => part.test(path));
  if (rank < 0) throw new Error(`${path} is in no part of the house; add its folder to the list of parts.`);
  return rank;
}

/** Counts the names that a file exports; `export *` counts as one. */
function countExports(path) {
  return new Set(parse(path).flatMap(namesExported)).size;
}

function namesExported({ type, source, declaration, specifiers }) {
  if (type === 'ExportAllDeclaration') return [`* from ${source.value}`];
  if (type.startsWith('ExportDefault')) return ['default'];
  if (type === 'ExportNamedDeclaration') {
    return specifiers.map(({ exported, orig, name }) => (exported ?? orig ?? name).value);
  }
  if (type !== 'ExportDeclaration') return [];
  if (declaration.type !== 'VariableDeclaration') return [(declaration.identifier ?? declaration.id).value];
  return declaration.declarations.map(({ id }) => {
    if (id.type !== 'Identifier')
      throw new Error('An exported pattern binds names that are not counted here.');
    return id.value;
  });
}

/** Lists the calls in a part of a program, those within others too. */
function callsIn(node) {
  if (typeof node !== 'object' || node === null) return [];
  const within = Object.values(node).flatMap(callsIn);
  return node.type === 'CallExpression' ? [node, ...within] : within;
}

/** Whether a call declares a test: `it(…)`, or `it.each(…)(…)`, which counts once however many rows it has. */
function isTest({ callee }) {
  if (callee.type === 'Identifier') return callee.value === 'it';
  const { object, property } = callee.callee ?? {};
  return object?.value === 'it' && property.value === 'each';
}

function isAssertion({ callee }) {
  return callee.type === 'Identifier' && callee.value === 'expect';
}

function filesOfClick() {
  return run(process.execPath, ['.ci/measure-click.mjs']).split('\n').filter(Boolean);
}

function secondsOf(command, args) {
  const beganMs = performance.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed, so how long it took says nothing.`);
  return Math.round((performance.now() - beganMs) / 1000);
}

function run(command, args) {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 });
}

function sum(paths, count) {
  return paths.reduce((total, path) => total + count(path), 0);
}

function tableOf(rows) {
  const lines = rows.map(([name, values]) => [
    name,
    values.map((value) => value.toLocaleString('en')).join(' / '),
  ]);
  const all = [['Measure', 'Value'], ...lines];
  const widths = [0, 1].map((column) => Math.max(...all.map((line) => line[column].length)));
  const draw = (line, fill = ' ') =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column], fill)).join(' | ')} |`;
  return [draw(all[0]), draw(['', ''], '-'), ...lines.map((line) => draw(line))].join('\n');
}

const wanted = process.argv.includes('--time') ? [...measures, ...timed] : measures;
const rows = wanted.map((measure) => measure());
const asked = process.argv.includes('--json')
  ? JSON.stringify(Object.fromEntries(rows), null, 2)
  : tableOf(rows);
process.stdout.write(`${asked}\n`);
