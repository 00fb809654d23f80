import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeSettingsDocs } from '../config/docs.js';
import { renderManifest } from '../slack/manifest.js';
import { renderLifecycleDocs } from './lifecycle-docs.js';
import { readSettings } from './start.js';

/** Checks a settings file, or writes what is generated: documentation and manifest; returns the exit code. */
export async function settings(options: {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: boolean;
}): Promise<number> {
  if (options.write) {
    writeSettingsDocs(fileURLToPath(new URL('../../docs/', import.meta.url)));
    writeFileSync(new URL('../../docs/lifecycle.md', import.meta.url), renderLifecycleDocs());
    writeFileSync(new URL('../../manifest.yml', import.meta.url), manifest(undefined));
    return 0;
  }
  const found = readSettings(options.file, options.env);
  if (!found) return 2;
  for (const warning of found.warnings) process.stdout.write(`Note: ${warning}\n`);
  process.stdout.write(`${options.file} is fine.\n`);
  return 0;
}

/** Gives the Slack app manifest for Socket Mode, or, with a public address, for HTTP. */
export function manifest(url: string | undefined): string {
  return renderManifest(url === undefined ? { mode: 'socket' } : { mode: 'http', url });
}
