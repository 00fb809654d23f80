import { describe, expect, it } from '@jest/globals';
import type { StatusReport } from '../../../../src/domain/reply.js';
import { runCommand } from '../../../../src/use-cases/commands/run-command.js';
import { aChange, aProposal } from '../../../contracts/store/a-change.js';
import type { World } from '../../world/open-world.js';
import { people } from '../../world/people.js';
import { createWorlds } from '../../world/worlds.js';

const worlds = createWorlds();

async function statusOf(world: World): Promise<StatusReport> {
  const { code } = await world.approval();
  const reply = await runCommand(world.context, { verb: 'status', ref: code }, { person: people.ada.id });
  if (reply.kind !== 'status') throw new Error(`The status was answered with ${reply.kind}`);
  return reply.status;
}

const idsOf = ({ canAct = [] }: StatusReport) => canAct.map(({ userId }) => userId);

describe('the status of a run', () => {
  it('names who can still decide: who may and has not voted, and nobody else', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    // Kim asked for it, Gus is a guest and Una has no name in Command.
    expect(idsOf(await statusOf(world))).toEqual(['U0ADA', 'U0BO', 'U0CY']);
    await world.click('bo', 'approve');
    expect(idsOf(await statusOf(world))).toEqual(['U0ADA', 'U0CY']);
  });

  it('names nobody once it is decided', async () => {
    const world = await worlds.openWithCard();
    await world.click('bo', 'approve');
    await world.passTime(15_000);
    expect(await statusOf(world)).not.toHaveProperty('canAct');
  });

  it('names an approver as last known while the chat tells nothing of them', async () => {
    const world = await worlds.openWithCard();
    const { lookUpPerson } = world.context.chat;
    const status = await statusOf({
      ...world,
      context: {
        ...world.context,
        chat: {
          ...world.context.chat,
          lookUpPerson: (id) => {
            if (id.userId === 'U0BO') world.slack.failNext({ call: 'lookUpPerson', code: 'unavailable' });
            return lookUpPerson(id);
          },
        },
      },
    });
    expect(idsOf(status)).toEqual(['U0ADA', 'U0BO', 'U0CY']);
  });

  it('tells what the bot knows of it, oldest first', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    const { instance } = await world.approval();
    world.clock.advance(1_000);
    await world.click('ada', 'approve', { comment: 'fine' });
    world.clock.advance(1_000);
    const confirmedAtMs = world.clock.now();
    const change = { kind: 'stop', instance: instance.ref } as const;
    await world.store.addChange(aChange({ change, confirmedAtMs }));
    await world.store.addChange(aProposal({ id: 'never', change }));
    world.clock.advance(1_000);
    await world.click('bo', 'deny', { comment: 'no' });
    await world.passTime(15_000);
    const { history } = await statusOf(world);
    expect(history).toMatchObject([
      { kind: 'put' },
      { kind: 'vote', vote: { name: 'Ada Okafor', comment: 'fine' } },
      { kind: 'change', record: { id: 'change-1' } },
      { kind: 'vote', vote: { name: 'Bo Tran', verdict: 'deny' } },
      { kind: 'ended', approval: { state: { ending: { kind: 'denied' } } } },
    ]);
  });
});

describe('why, of a run whose rule names a group of 150', () => {
  it('is answered after 30 look-ups, a few at a time, and counts everybody', async () => {
    const world = await worlds.openWithCard();
    const { context } = world;
    const others = Array.from({ length: 149 }, (_, at) => ({ ...people.ada.id, userId: `U0X${at}` }));
    const members = [people.ada.id, ...others];
    const groups = ['S0PKI'];
    const calls = { made: 0, open: 0, most: 0 };
    const { chat, policy } = context;
    const reply = await runCommand(
      {
        ...context,
        policy: {
          ...policy,
          approvers: policy.approvers.map((rule) => ({ ...rule, people: [], groups })),
        },
        chat: {
          ...chat,
          membersOf: async () => members,
          lookUpPerson: async (id) => {
            if (id.userId === people.ada.id.userId) return { ...(await chat.lookUpPerson(id)), groups };
            calls.made += 1;
            calls.open += 1;
            calls.most = Math.max(calls.most, calls.open);
            await new Promise((resolve) => setImmediate(resolve));
            calls.open -= 1;
            return { id, name: id.userId, membership: 'member', groups };
          },
        },
      },
      { verb: 'why', ref: (await world.approval()).code },
      { person: people.ada.id },
    );
    if (reply.kind !== 'why') throw new Error(`The command was answered with ${reply.kind}`);
    expect(reply.why.people).toHaveLength(150);
    expect(calls).toEqual({ made: 29, open: 0, most: 5 });
  });
});
