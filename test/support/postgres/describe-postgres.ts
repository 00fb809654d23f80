import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findPostgres, type PostgresServer, startPostgres } from './start-postgres.js';

const programs = findPostgres();

/** Describes what holds on a real server, which runs only meanwhile; skipped aloud where there is none. */
export function describePostgres(name: string, tests: (server: () => PostgresServer) => void): void {
  if (programs === undefined) {
    describe(`${name} (skipped: PostgreSQL is not here)`, () => {
      it('may be left out on this machine', () => expect(process.env.REQUIRE_POSTGRES).not.toBe('1'));
    });
    return;
  }
  describe(name, () => {
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      server = await startPostgres(programs);
    });
    afterAll(() => server?.stop());
    tests(() => server ?? notRunning());
  });
}

function notRunning(): never {
  throw new Error('The server runs only while a test runs');
}
