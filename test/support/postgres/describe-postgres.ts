import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findPostgres, type PostgresServer, startPostgres } from './start-postgres.js';

const programs = findPostgres();

type Tests = (server: () => PostgresServer) => void;

/** Describes what holds on the server that the suites of a run share; skipped aloud where there is none. */
export function describePostgres(name: string, tests: Tests): void {
  describeOn({ isOwn: false }, name, tests);
}

/** Describes what holds on a server that the tests may crash. */
export function describeOwnPostgres(name: string, tests: Tests): void {
  describeOn({ isOwn: true }, name, tests);
}

function describeOn(options: { readonly isOwn: boolean }, name: string, tests: Tests): void {
  if (programs === undefined) {
    describe(`${name} (skipped: PostgreSQL is not here)`, () => {
      it('may be left out on this machine', () => expect(process.env.REQUIRE_POSTGRES).not.toBe('1'));
    });
    return;
  }
  describe(name, () => {
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      server = await startPostgres(programs, options);
    });
    afterAll(() => server?.stop());
    tests(() => server ?? notRunning());
  });
}

function notRunning(): never {
  throw new Error('The server runs only while a test runs');
}
