import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place for database files, gone when the tests are over. */
export interface TemporaryFolder {
  readonly path: string;
  /** Names a file in it that is not there yet. */
  newFile(): string;
  remove(): Promise<void>;
}

/** Creates an empty folder among the system's temporary files. */
export async function createTemporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'countersign-'));
  let files = 0;
  return {
    path,
    newFile: () => join(path, `store-${++files}.db`),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
