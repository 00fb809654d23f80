import { afterAll, beforeAll } from '@jest/globals';
import {
  isBuiltInHere,
  openBestEngine,
  openLibsql,
  openNodeSqlite,
  openSqliteStore,
} from '../../src/stores/sqlite.js';
import { createTemporaryFolder, type TemporaryFolder } from '../stores/temporary-folder.js';
import { describeStore } from './store-contract.js';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

describeStore('SQLite in memory', () => openSqliteStore({ file: ':memory:' }));
describeStore('SQLite in a file', () => openSqliteStore({ file: folder.newFile() }));

// Where a Node has both drivers, the one it would not choose must keep the same promises.
const engines = isBuiltInHere()
  ? { 'node:sqlite': openNodeSqlite, libsql: openLibsql }
  : { libsql: openBestEngine };
for (const [name, openEngine] of Object.entries(engines)) {
  describeStore(`SQLite through ${name}`, () => openSqliteStore({ file: folder.newFile(), openEngine }));
}
