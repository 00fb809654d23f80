// Makes what a release consists of, in release/: the package, its bill of materials (CycloneDX), and the list of licenses
// of everything that is installed with it. Then installs the package in an empty folder and asks it for its version.
// Fails where a license is not one of those the project accepts.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const release = join(root, 'release');
const accepted =
  /^(MIT|MIT-0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|Python-2\.0|Unlicense)$/;

const run = (command, args, cwd = root) =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Gives the licenses of a component, in whichever form the bill of materials writes them. */
function licensesOf({ licenses = [] }) {
  return licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? 'unknown');
}

/** An expression is accepted where one side of each OR is. */
function isAccepted(expression) {
  const plain = expression.replace(/[()]/g, '');
  return plain
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => accepted.test(one.trim())));
}

rmSync(release, { recursive: true, force: true });
mkdirSync(release);

const bill = JSON.parse(run('npm', ['sbom', '--omit', 'dev', '--sbom-format', 'cyclonedx']));
writeFileSync(join(release, 'sbom.cdx.json'), `${JSON.stringify(bill, undefined, 2)}\n`);

const parts = bill.components.map((one) => ({
  name: `${one.group ? `${one.group}/` : ''}${one.name}@${one.version}`,
  license: licensesOf(one).join(' AND ') || 'unknown',
}));
const lines = parts.map(({ name, license }) => `${name}  ${license}`).sort();
writeFileSync(join(release, 'licenses.txt'), `${lines.join('\n')}\n`);
const refused = parts.filter(({ license }) => !isAccepted(license));
if (refused.length > 0) {
  for (const { name, license } of refused)
    process.stderr.write(`${name} is under ${license}, which is not accepted.\n`);
  process.exit(1);
}

const [{ filename }] = JSON.parse(
  run('npm', ['pack', '--json', '--pack-destination', release]).replace(/^[^[]*/, ''),
);
const folder = mkdtempSync(join(tmpdir(), 'countersign-package-'));
try {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--no-progress', '--prefer-offline', join(release, filename)],
    folder,
  );
  const said = run(join(folder, 'node_modules/.bin/countersign'), ['--version'], folder).trim();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (said !== version) throw new Error(`The installed package says ${said}, not ${version}.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`release/: ${filename}, sbom.cdx.json (${parts.length} components), licenses.txt\n`);
