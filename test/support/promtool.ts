import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** Runs what needs Prometheus's own tool, or says that there is none; with `REQUIRE_PROMTOOL=1` that is an error. */
export function runPromtool(work: () => void): void {
  if (!spawnSync('promtool', ['--version']).error) work();
  else if (process.env.REQUIRE_PROMTOOL === '1') throw new Error('There is no promtool on this machine.');
  else process.stderr.write('Rules for Prometheus were not tested: no promtool found.\n');
}

/** Has a file of rules checked, or expressions as if they stood in one; gives what promtool says. */
export function checkRules(rules: string | { readonly expressions: readonly string[] }): string {
  if (typeof rules === 'string') return said(['check', 'rules', rules]);
  const records = rules.expressions.map((expr, index) => ({
    record: `query:${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }));
  return inFile({ groups: [{ name: 'queries', rules: records }] }, (file) => said(['check', 'rules', file]));
}

/** Has a file of tests run, or tests as if they stood in one; gives what promtool says. */
export function testRules(tests: string | object): string {
  if (typeof tests === 'string') return said(['test', 'rules', tests]);
  return inFile(tests, (file) => said(['test', 'rules', file]));
}

function inFile(content: object, work: (file: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-promtool-'));
  try {
    const file = join(folder, 'file.yml');
    writeFileSync(file, stringify(content));
    return work(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function said(args: readonly string[]): string {
  const { stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return `${stdout}${stderr}`;
}
