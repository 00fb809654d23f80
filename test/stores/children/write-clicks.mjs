// Writes one click after the other, each with a note in one transaction, and names each once it is safe.
import { openStore } from '../../../dist/stores/index.js';

const [place, round] = process.argv.slice(2);
const store = await openStore(place, { password: process.env.STORE_PASSWORD });

for (let number = 1; ; number++) {
  const id = `${round}-${number}`;
  await store.inTransaction(async (transaction) => {
    await transaction.addClick({
      id,
      approvalId: 'approval-a',
      revision: 1,
      person: { teamId: 'T0EXAMPLE', userId: 'U0ADA' },
      verb: 'approve',
      message: { channel: 'C0', ts: '1.0' },
      atMs: number,
    });
    await transaction.putNote('last', id);
  });
  process.stdout.write(`${id}\n`);
}
