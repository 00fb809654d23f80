import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderLifecycleDocs } from '../../src/cli/settings.js';

describe('the page about lifecycles', () => {
  it('says what the tables say', () => {
    const isFresh = readFileSync('docs/lifecycle.md', 'utf8') === renderLifecycleDocs();
    expect(isFresh ? 'fresh' : 'stale: run npm run fix').toBe('fresh');
  });

  it('draws one arrow for all events that lead the same way, and none for those that lead nowhere', () => {
    const lamp = {
      name: 'Lamp',
      states: [
        { kind: 'off', promise: 'Dark.' },
        { kind: 'broken-for-good', promise: 'Dark for good.' },
      ],
      events: [{ kind: 'drop', meaning: 'It falls.' }],
      transitions: [
        { from: 'off', event: 'drop', to: ['broken-for-good', 'off'], note: 'it depends' },
        { from: 'off', event: 'kick', to: ['broken-for-good'] },
      ],
    };
    const page = renderLifecycleDocs([lamp]);
    expect(page).toContain('  off --> broken_for_good: drop, kick\n  broken_for_good --> [*]\n```');
    expect(page).not.toContain('off --> off');
    expect(page).toContain('| `off` | `drop` | `broken-for-good`, `off` | it depends |');
  });
});
