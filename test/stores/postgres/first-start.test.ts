import { expect, it } from '@jest/globals';
import { openPostgresStore } from '../../../src/stores/postgres.js';
import { describePostgres } from '../../support/postgres/describe-postgres.js';

describePostgres('an empty database', (server) => {
  it('is furnished once by several bots that start at the same moment', async () => {
    for (let again = 0; again < 5; again += 1) {
      const url = await server().newDatabase();
      const open = () => openPostgresStore({ url, password: server().password });
      const stores = await Promise.all([open(), open(), open(), open()]);
      await stores[0]?.putNote('note', 'there');
      expect(await stores[3]?.getNote('note')).toBe('there');
      for (const store of stores) await store.close();
    }
  });
});
