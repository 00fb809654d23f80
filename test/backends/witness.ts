import { expect } from '@jest/globals';
import { describeError } from '../../src/log.js';
import { BackendError, ContractError } from '../../src/ports/errors.js';
import { keepLog } from '../support/kept-log.js';

/** Keeps what a backend logs and throws, so that it can be searched for secrets at the end of a test. */
export function createWitness() {
  const log = keepLog((fields) =>
    fields.err instanceof Error ? { ...fields, err: describeError(fields.err) } : fields,
  );
  const thrown: unknown[] = [];
  return {
    log,
    /** Runs something that is expected to fail and gives its error. */
    async failure(work: Promise<unknown>): Promise<BackendError | ContractError> {
      const error = await work.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      thrown.push(error);
      if (error instanceof BackendError || error instanceof ContractError) return error;
      throw new Error('It was expected to fail with an error of the backend.', { cause: error });
    },
    /** Fails when any of these, or a token, was logged or stands anywhere in an error. */
    expectNothingOf(secrets: readonly string[]): void {
      const said = JSON.stringify([
        log.lines,
        thrown.map((error) => [describeError(error), everything(error)]),
      ]);
      for (const secret of secrets) expect(said).not.toContain(secret);
      expect(said).not.toMatch(/Bearer [\w-]{8}/);
    },
  };
}

/** Everything an error holds, hidden or not, down its causes. */
function everything(error: unknown, depth = 0): unknown {
  if (typeof error !== 'object' || error === null || depth > 6) return error;
  return Object.fromEntries(
    Object.getOwnPropertyNames(error).map((name) => [name, everything(Reflect.get(error, name), depth + 1)]),
  );
}
