import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSettingsDocs } from '../config/docs.js';
import { ConfigError, formatProblems, loadSettings, type Settings } from '../config.js';
import { renderManifest } from '../slack/manifest.js';
import { renderLifecycleDocs } from './lifecycle-docs.js';

/** Where settings are read from: every command that needs them takes this. */
export interface SettingsSource {
  /** The settings file. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Gives the path of a file from the root, by the name it really has; of one that is not there, as it is written. */
export function wholePath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

/** Gives the settings, or prints every problem and gives nothing. */
export function readSettings(source: SettingsSource): Settings | undefined {
  const read = tryToRead(source);
  return read instanceof ConfigError ? reportProblems(read) : read;
}

/** Gives the settings, or what is wrong with them. */
export function tryToRead({ file, env }: SettingsSource): Settings | ConfigError {
  try {
    return loadSettings({ file, env, readFile: (path) => readFileSync(path) });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** Prints what is wrong with the settings; throws what is something else. */
export function reportProblems(error: unknown): undefined {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${formatProblems(error)}\n`);
}

/** Checks a settings file, or writes what is generated: documentation and manifest; returns the exit code. */
export async function settings(options: SettingsSource & { readonly write: boolean }): Promise<number> {
  if (options.write) {
    writeSettingsDocs(fileURLToPath(new URL('../../docs/', import.meta.url)));
    writeFileSync(new URL('../../docs/lifecycle.md', import.meta.url), renderLifecycleDocs());
    writeFileSync(new URL('../../manifest.yml', import.meta.url), manifest(undefined));
    return 0;
  }
  const found = readSettings(options);
  if (!found) return 2;
  for (const warning of found.warnings) process.stdout.write(`Note: ${warning}\n`);
  for (const note of found.notes) process.stdout.write(`Note: ${note}\n`);
  process.stdout.write(`${options.file} is valid.\n`);
  return 0;
}

/** Gives the Slack app manifest for Socket Mode, or, with a public address, for HTTP. */
export function manifest(url: string | undefined): string {
  return renderManifest(url === undefined ? { mode: 'socket' } : { mode: 'http', url });
}
