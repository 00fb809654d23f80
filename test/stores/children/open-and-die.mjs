// Opens a store and is killed just before a given statement, as by a power switch; says so when it got through.
import { openBestEngine, openSqliteStore } from '../../../dist/stores/sqlite.js';

const [file, deadlyStatement] = process.argv.slice(2);
let executed = 0;

function count() {
  executed += 1;
  if (executed === Number(deadlyStatement)) process.kill(process.pid, 'SIGKILL');
}

async function openCounting(name) {
  const engine = await openBestEngine(name);
  return {
    close: () => engine.close(),
    prepare: (text) => {
      const statement = engine.prepare(text);
      return {
        reader: statement.reader,
        all: (values) => {
          count();
          return statement.all(values);
        },
        run: (values) => {
          count();
          return statement.run(values);
        },
      };
    },
  };
}

const store = await openSqliteStore({ file, openEngine: openCounting });
await store.close();
process.stdout.write('opened\n');
