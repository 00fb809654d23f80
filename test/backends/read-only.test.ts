import { describe, expect, it } from '@jest/globals';
import { readOnly } from '../../src/backends/kind.js';
import type { LiveBackend, ReadOnlyBackend } from '../../src/ports/backend.js';
import { createFakeBackend } from '../support/fake-backend.js';

/** Whatever a backend can have. */
function aWholeBackend(): LiveBackend {
  const { backend } = createFakeBackend({ now: () => 0, reportsChanges: true });
  return {
    ...backend,
    waitingFor: () => Promise.resolve([]),
    changesAsPerson: true,
    personSignIn: {
      beginSignIn: () => Promise.resolve({ url: 'https://idp.example.com', verifier: 'v' }),
      finishSignIn: () => Promise.resolve({ kind: 'cancelled' }),
      refresh: () => Promise.resolve({ kind: 'revoked' }),
      revoke: () => Promise.resolve({ kind: 'revoked' }),
    },
    operations: {
      ...backend.operations,
      changes: ['restart'],
      change: () => Promise.resolve({ kind: 'accepted' }),
    },
  };
}

describe('a system in shadow mode', () => {
  it('has nothing that sends, changes or speaks for somebody', () => {
    const backend = readOnly(aWholeBackend());
    const members = [...Object.keys(backend), ...Object.keys(backend.operations)];
    for (const name of ['sendSignal', 'change', 'personSignIn', 'waitingFor', 'changesAsPerson'])
      expect(members).not.toContain(name);
    expect(backend.operations.changes).toEqual([]);
  });

  it('has by its type nothing that could be called to send anything', () => {
    // Each of these compiles only while the member can hold nothing.
    const sendersOf = (backend: ReadOnlyBackend): readonly undefined[] => [
      backend.sendSignal,
      backend.operations.change,
      backend.personSignIn,
      backend.waitingFor,
    ];
    expect(sendersOf(readOnly(aWholeBackend()))).toEqual([undefined, undefined, undefined, undefined]);
  });
});
