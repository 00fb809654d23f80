import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noonMs } from '../support/an-approval.js';
import { aSlack } from './a-slack.js';

let clock: { ms: number };
let stage: Awaited<ReturnType<typeof aSlack>>;
beforeEach(async () => {
  clock = { ms: noonMs };
  stage = await aSlack({ now: () => clock.ms, timeoutMs: 300 });
});
afterEach(() => stage.stop());

const lookUp = (userId: string) => stage.chat.lookUpPerson({ teamId: stage.workspace.team.id, userId });
const requested = () => stage.workspace.calls.filter(({ method }) => method === 'users.info').length;

describe('asking Slack who somebody is', () => {
  it('rests for as long as Slack asks, also when a question before that comes to nothing later', async () => {
    stage.workspace.fail({ method: 'users.info', fault: 'ratelimited', retryAfterS: 30 });
    stage.workspace.fail({ method: 'users.info', fault: 'timeout-before-effect' });
    const results = await Promise.allSettled([lookUp('U0ADA'), lookUp('U0BO')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const before = requested();
    clock.ms += 29_000;
    await expect(lookUp('U0ADA')).rejects.toMatchObject({ code: 'throttled', retryAfterMs: 1_000 });
    expect(requested()).toBe(before);
    clock.ms += 1_000;
    expect(await lookUp('U0ADA')).toMatchObject({ membership: 'member' });
  });
});
