import { describe, expect, it } from '@jest/globals';
import { neededScopes } from '../../src/slack/manifest.js';
import { noonMs } from '../support/an-approval.js';
import { aSlack } from './a-slack.js';

const group = 'S0PKI0001';
const minuteMs = 60_000;

async function withGroup() {
  const clock = { ms: noonMs };
  const stage = await aSlack({
    userGroups: [group],
    now: () => clock.ms,
    scopes: neededScopes({ userGroups: true }),
  });
  stage.workspace.addGroup({ id: group, handle: 'pki', name: 'PKI', members: [stage.ada.id] });
  const teamId = stage.workspace.team.id;
  const groupsOf = async (userId: string) => {
    const { groups, uncheckedGroups } = await stage.chat.lookUpPerson({ teamId, userId });
    return { groups, uncheckedGroups };
  };
  const requested = () =>
    stage.workspace.calls.filter(({ method }) => method === 'usergroups.users.list').length;
  return { stage, clock, groupsOf, asked: requested, teamId };
}

describe('user groups of Slack', () => {
  it('tell who is in them, asked once in five minutes', async () => {
    const { stage, clock, groupsOf, asked: requested, teamId } = await withGroup();
    expect(await groupsOf('U0ADA')).toEqual({ groups: [group], uncheckedGroups: [] });
    expect(await groupsOf('U0BO')).toEqual({ groups: [], uncheckedGroups: [] });
    expect(await stage.chat.membersOf(group)).toEqual([{ teamId, userId: 'U0ADA' }]);
    clock.ms += 5 * minuteMs - 1;
    await groupsOf('U0ADA');
    expect(requested()).toBe(1);
    clock.ms += 1;
    await groupsOf('U0ADA');
    expect(requested()).toBe(2);
    await stage.stop();
  });

  it('are not known once they could not be read again, whatever was known before', async () => {
    const { stage, clock, groupsOf } = await withGroup();
    await groupsOf('U0ADA');
    clock.ms += 5 * minuteMs;
    stage.workspace.fail({ method: 'usergroups.users.list', fault: 'internal_error' });
    expect(await groupsOf('U0ADA')).toEqual({ groups: [], uncheckedGroups: [group] });
    expect(await groupsOf('U0ADA')).toEqual({ groups: [group], uncheckedGroups: [] });
    await stage.stop();
  });

  it('are asked once for all who click at once, and not again while Slack wants to be left alone', async () => {
    const { stage, clock, groupsOf, asked: requested } = await withGroup();
    stage.workspace.fail({ method: 'usergroups.users.list', fault: 'ratelimited', retryAfterS: 30 });
    const unchecked = { groups: [], uncheckedGroups: [group] };
    const many = Array.from({ length: 50 }, () => groupsOf('U0BO'));
    expect(await Promise.all(many)).toEqual(many.map(() => unchecked));
    clock.ms += 29_000;
    expect(await groupsOf('U0BO')).toEqual(unchecked);
    expect(requested()).toBe(1);
    clock.ms += 1_000;
    expect(await groupsOf('U0ADA')).toEqual({ groups: [group], uncheckedGroups: [] });
    await stage.stop();
  });

  it('are read anew after the clock was turned back', async () => {
    const { stage, clock, groupsOf, asked: requested } = await withGroup();
    await groupsOf('U0ADA');
    clock.ms -= 60 * minuteMs;
    await groupsOf('U0ADA');
    expect(requested()).toBe(2);
    await stage.stop();
  });

  it('hold nobody of another workspace', async () => {
    const { stage } = await withGroup();
    const person = await stage.chat.lookUpPerson({ teamId: 'T0OTHER', userId: 'U0ADA' });
    expect(person).not.toHaveProperty('groups');
    await stage.stop();
  });

  it('need a scope that is asked for only where rules name some', () => {
    expect(neededScopes({ userGroups: true })).toContain('usergroups:read');
    expect(neededScopes()).not.toContain('usergroups:read');
  });
});
