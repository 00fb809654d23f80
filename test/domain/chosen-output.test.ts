import { describe, expect, it } from '@jest/globals';
import type { Approval } from '../../src/domain/approval.js';
import { type Choice, chosenOutput } from '../../src/domain/voting.js';
import { aLinkOnlyApproval, anApproval, anInboundApproval } from '../support/an-approval.js';

describe('what a press chose', () => {
  it.each<[string, Approval, Choice, string]>([
    ['is one of the two answers', anApproval(), { verb: 'deny' }, 'plain'],
    ['is none where outputs are not offered', anApproval(), { verb: 'approve', output: 0 }, 'none'],
    ['is the output of that number', anInboundApproval(), { verb: 'approve', output: 1 }, 'Send back'],
    ['is the one that refuses', anInboundApproval(), { verb: 'deny', output: 2 }, 'Rejected'],
    ['is none without a number', anInboundApproval(), { verb: 'approve' }, 'none'],
    ['is none for a number too high', anInboundApproval(), { verb: 'approve', output: 3 }, 'none'],
    [
      'is none for an output that reads the other way',
      anInboundApproval(),
      { verb: 'approve', output: 2 },
      'none',
    ],
    ['is none while no activity is known', aLinkOnlyApproval(), { verb: 'approve', output: 0 }, 'none'],
  ])('%s', (_sentence, approval, choice, expected) => {
    const chosen = chosenOutput(approval, choice);
    expect(chosen.kind === 'output' ? chosen.output.name : chosen.kind).toBe(expected);
  });
});
