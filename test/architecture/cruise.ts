import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ICruiseResult } from 'dependency-cruiser';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cruiser = `${root}node_modules/dependency-cruiser/bin/dependency-cruise.mjs`;

/** What the cruiser found under a folder's `src`. */
export interface Cruise {
  /** Paths of the modules it read, such as `src/bot.ts`. */
  readonly modules: readonly string[];
  /** One line for each forbidden import: `rule: from → to`. */
  readonly violations: readonly string[];
}

/** Holds the imports under a folder's `src` against the project's rule. */
export async function cruise(folder: string): Promise<Cruise> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cruiser, '--config', `${root}.dependency-cruiser.cjs`, '--output-type', 'json', 'src'],
    { cwd: folder, maxBuffer: 100_000_000 },
  );
  const report = JSON.parse(stdout) as ICruiseResult;
  return {
    modules: report.modules.map(({ source }) => source).filter((source) => source.startsWith('src/')),
    violations: report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  };
}
