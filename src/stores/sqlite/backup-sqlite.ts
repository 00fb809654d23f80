import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { openBestEngine } from './engines.js';

/**
 * Writes a copy of a store's file as it is at one moment, also while a bot works on it; never over another file.
 *
 * The copy is for this user's eyes only, and on the disk when this returns.
 */
export async function backupSqlite(from: string, to: string): Promise<'written' | 'not-there' | 'exists'> {
  if (!existsSync(from)) return 'not-there';
  if (existsSync(to)) return 'exists';
  const handle = await open(to, 'wx', 0o600);
  try {
    const database = await openBestEngine(from);
    try {
      database.prepare('vacuum into ?').run([to]);
    } finally {
      database.close();
    }
    await handle.sync();
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return 'written';
}
