import { describe, expect, it } from '@jest/globals';
import { Changes } from '../../../src/sandbox/slack/state.js';

describe('waiting for a change', () => {
  it('ends with the first value found after a change', async () => {
    const changes = new Changes();
    let value: string | undefined;
    const found = changes.waitFor(() => value);
    changes.emit({ kind: 'state' });
    value = 'there';
    changes.emit({ kind: 'state' });
    expect(await found).toBe('there');
  });

  it('bears a look that changes something itself', async () => {
    const changes = new Changes();
    let polls = 0;
    const found = changes.waitFor(() => {
      polls += 1;
      changes.emit({ kind: 'state' });
      return polls > 2;
    });
    changes.emit({ kind: 'state' });
    changes.emit({ kind: 'state' });
    expect(await found).toBe(true);
    expect(polls).toBe(3);
  });

  it('ends in vain with the name of what did not come', async () => {
    const waiting = new Changes().waitFor(() => false, { timeoutMs: 5, whatFor: 'the card' });
    await expect(waiting).rejects.toThrow('Waited 5 ms in vain for the card');
  });

  it('ends at once when the look itself fails', async () => {
    const polling = new Changes().waitFor(() => {
      throw new Error('no such channel');
    });
    await expect(polling).rejects.toThrow('no such channel');
  });
});
