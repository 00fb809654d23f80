// Holds a store until it is killed, by a clock that is ten years ahead.
import { openStore } from '../../../dist/stores/index.js';

const [file] = process.argv.slice(2);
const store = await openStore(file);
await store.acquireBotLease('one', Date.now() + 315_360_000_000, 30_000);
process.stdout.write('held\n');
setInterval(() => {}, 60_000);
