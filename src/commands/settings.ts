import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeSettingsDocs } from '../config/render-docs.js';
import { manifest } from './manifest.js';
import { readSettings } from './start.js';

/** Checks a settings file, or writes what is generated: documentation and manifest; returns the exit code. */
export async function settings(options: {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: boolean;
}): Promise<number> {
  if (options.write) {
    writeSettingsDocs(fileURLToPath(new URL('../../docs/', import.meta.url)));
    writeFileSync(new URL('../../manifest.yml', import.meta.url), manifest(undefined));
    return 0;
  }
  const found = readSettings(options.file, options.env);
  if (!found) return 2;
  for (const warning of found.warnings) process.stdout.write(`Note: ${warning}\n`);
  process.stdout.write(`${options.file} is fine.\n`);
  return 0;
}
