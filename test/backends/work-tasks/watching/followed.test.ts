import { describe, expect, it } from '@jest/globals';
import { followedIn, followOn } from '../../../../src/backends/work-tasks/executions.js';

const latest = (id: string) => ({ found: [], gone: new Set<string>(), latest: [id] });

describe('executions that are followed', () => {
  it('are a hundred at most, the newest ones, and it is told how many had to go', () => {
    let next = followOn([], latest('Leave WF#1'));
    for (let id = 2; id <= 101; id += 1) {
      expect(next.dropped).toBe(0);
      next = followOn(followedIn(next.mark), latest(`Leave WF#${id}`));
    }
    expect(next.dropped).toBe(1);
    expect(followedIn(next.mark)).toHaveLength(100);
    expect(followedIn(next.mark)).not.toContain('Leave WF#1');
  });

  it('are not followed once they cannot be found any more', () => {
    const gone = new Set(['Leave WF#1']);
    expect(followOn(['Leave WF#1'], { found: [], gone, latest: ['Leave WF#2'] })).toEqual({
      mark: '["Leave WF#2"]',
      dropped: 0,
    });
  });

  it.each([undefined, '', '2026-01-05', '{"a":1}', '[1]'])('are none by the mark %j', (mark) => {
    expect(followedIn(mark)).toEqual([]);
  });
});
