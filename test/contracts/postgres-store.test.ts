import { openPostgresStore } from '../../src/stores/postgres.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { describeStore } from './store-contract.js';

describePostgres('on a real server', (server) => {
  let url: string | undefined;
  describeStore('PostgreSQL', async () => {
    // Making a database takes longer than a test, so all share one that is emptied.
    if (url === undefined) url = await server().newDatabase();
    else await server().empty(url);
    return openPostgresStore({ url, password: server().password });
  });
});
