import { describe, expect, it } from '@jest/globals';
import { createInFlight, withTimeout } from '../../src/shared/async.js';
import { assertNever } from '../../src/shared/language.js';

/** A promise that is settled by hand. */
function byHand<T>() {
  let settle: { resolve(value: T): void; reject(error: Error): void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (!settle) throw new Error('A promise calls its executor at once');
  return { promise, ...settle };
}
const never = new Promise<never>(() => undefined);

describe('waiting with a limit', () => {
  it('gives what comes in time', async () => {
    expect(await withTimeout(Promise.resolve('in time'), 60_000, 'late')).toBe('in time');
  });

  it('gives the fallback when nothing comes', async () => {
    expect(await withTimeout(never, 1, 'late')).toBe('late');
  });

  it('passes a failure on', async () => {
    await expect(withTimeout(Promise.reject(new Error('broken')), 60_000, 'late')).rejects.toThrow('broken');
  });
});

describe('work under way', () => {
  it('is settled when there is none', async () => {
    expect(await createInFlight().settled(60_000)).toBe(true);
  });

  it('is waited for, also what fails and what is begun meanwhile', async () => {
    const inFlight = createInFlight();
    const [first, second] = [byHand<string>(), byHand<string>()];
    const tracked = inFlight.track(first.promise);
    const settled = inFlight.settled(60_000);
    const failed = inFlight.track(second.promise).catch((error: Error) => error.message);
    first.resolve('done');
    second.reject(new Error('broken'));
    expect(await Promise.all([tracked, failed, settled])).toEqual(['done', 'broken', true]);
  });

  it('is not waited for longer than allowed', async () => {
    const inFlight = createInFlight();
    void inFlight.track(never);
    expect(await inFlight.settled(1)).toBe(false);
  });
});

it('a case nobody foresaw fails loudly, and says what it was', () => {
  const smuggled: { readonly kind: never } = JSON.parse('{"kind":"new"}');
  expect(() => assertNever(smuggled.kind)).toThrow('Unexpected value: "new"');
});
