import { expect, it } from '@jest/globals';
import { describePostgres } from '../../support/postgres/describe-postgres.js';
import { openTwice } from './two-stores.js';

/** As many as press within a second when a whole team looks at the channel. */
const crowd = Array.from({ length: 160 }, (_, index) => index);

describePostgres('a crowd that decides at once, at two bots', (server) => {
  const stores = openTwice(server);

  it('is heard to the last one, though all of it goes through the same rows', async () => {
    const [one, two] = stores();
    await one.putNote('count', '0');
    await Promise.all(
      crowd.map((index) =>
        (index % 2 === 0 ? one : two).inTransaction(async (transaction) => {
          const before = Number(await transaction.getNote('count'));
          await transaction.listUnfinishedClicks();
          await transaction.listOpenApprovals();
          await transaction.putNote(`of ${index}`, 'decided');
          await transaction.putNote('count', String(before + 1));
        }),
      ),
    );
    expect(await one.getNote('count')).toBe(String(crowd.length));
  });
});
