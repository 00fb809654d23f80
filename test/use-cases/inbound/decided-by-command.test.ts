import { describe, expect, it } from '@jest/globals';
import type { ChangeRecord } from '../../../src/domain/change.js';
import type { ChangeResult, LiveBackend } from '../../../src/ports/backend.js';
import { BackendError } from '../../../src/ports/errors.js';
import { takeInboundApproval } from '../../../src/use-cases/approvals/observe.js';
import { carryOutChange } from '../../../src/use-cases/commands/change.js';
import type { Context } from '../../../src/use-cases/context.js';
import { aChange } from '../../contracts/store/a-change.js';
import type { World } from '../world/open-world.js';
import { people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';
import { request } from './asks.js';

const worlds = createWorlds();

/** What happens while the command is carried out: when its run is read, and when the request leaves. */
interface Meanwhile {
  readonly atRead?: (world: World) => Promise<unknown>;
  readonly atSend?: (world: World) => Promise<unknown>;
  readonly answer?: () => ChangeResult;
}

/** Confirms Zoe's command that activity 501 of run-1 is approved, and carries it out. */
async function carryOut(meanwhile: Meanwhile) {
  const world = await worlds.open({
    policy: { operators: [{ name: 'Operators', people: [people.zoe.id], verbs: ['alert'] }] },
  });
  world.command.start('run-1', [{ uniqueName: 'key:leave', needed: 1 }]);
  world.command.set('run-1', { isForBot: false });
  const sent: unknown[] = [];
  const [usual] = world.context.backends.values() as Iterable<LiveBackend>;
  if (!usual) throw new Error('The world has no system');
  const backend: LiveBackend = {
    ...usual,
    async getInstance(ref) {
      if (sent.length === 0) await meanwhile.atRead?.(world);
      return usual.getInstance(ref);
    },
    operations: {
      ...usual.operations,
      changes: ['alert'],
      async change(change) {
        sent.push(change);
        await meanwhile.atSend?.(world);
        return meanwhile.answer?.() ?? { kind: 'accepted' };
      },
    },
  };
  const context: Context = { ...world.context, backends: new Map([['command', backend]]) };
  const change = aChange({
    person: people.zoe.id,
    change: {
      kind: 'alert',
      instance: { system: 'command', id: 'run-1' },
      activityId: '501',
      output: 'Approved',
    },
    isOverride: true,
    confirmedAtMs: world.clock.now(),
  });
  await world.store.addChange(change);
  await carryOutChange(context, change.id);
  await world.deliver();
  const stored: ChangeRecord | undefined = await world.store.findChange(change.id);
  return { world, sent, stored };
}

const notifyOf = (activityId?: string) => (world: World) =>
  takeInboundApproval(world.context, request(activityId === undefined ? {} : { activityId }));

async function notifyAndShow(world: World): Promise<void> {
  await notifyOf('501')(world);
  await world.deliver();
}

describe('a confirmed command that answers an activity', () => {
  it.each([
    ['of the activity', '501', true],
    ['of its run, of which nobody knows the activity', undefined, false],
  ])(
    'is not sent when an approval %s comes after everything was checked',
    async (_what, activityId, known) => {
      const { world, sent, stored } = await carryOut({ atRead: notifyOf(activityId) });
      const { code } = await world.approval();
      expect(sent).toEqual([]);
      expect(stored).toMatchObject({
        phase: 'over',
        outcome: { kind: 'approval-open', approval: { code, isActivityKnown: known } },
      });
      expect(world.card().card.maybeDecidedBy).toBeUndefined();
    },
  );

  it('is not sent when an approval of another run of its workflow comes, of which nobody knows the activity', async () => {
    const { world, sent, stored } = await carryOut({
      atRead: ({ context }) => takeInboundApproval(context, request({ run: 'run-2' })),
    });
    const { code } = await world.approval();
    expect(sent).toEqual([]);
    expect(stored?.outcome).toEqual({ kind: 'approval-open', approval: { code, isActivityKnown: false } });
  });

  it('is sent when the approval that comes is of another activity', async () => {
    const { sent } = await carryOut({ atRead: notifyOf('502') });
    expect(sent).toHaveLength(1);
  });

  it('is sent when an approval without an activity comes from another workflow', async () => {
    const { instance, ...asked } = request({ run: 'run-2' });
    const definition = { ...instance.definition, id: 'other', name: 'Another workflow' };
    const { sent } = await carryOut({
      atRead: ({ context }) =>
        takeInboundApproval(context, { ...asked, instance: { ...instance, definition } }),
    });
    expect(sent).toHaveLength(1);
  });
});

describe('a card that is put while a command is on its way to its activity', () => {
  it('says by whom it may be answered, and goes on saying so after a restart', async () => {
    const { world } = await carryOut({ atSend: notifyAndShow });
    expect(world.card().card).toMatchObject({
      maybeDecidedBy: [{ id: people.zoe.id, name: people.zoe.name }],
      actions: ['approve', 'deny', 'details', 'ask'],
    });
    world.restart();
    expect((await world.click('ada', 'approve', { output: 0 }))?.kind).toBe('decided');
    await world.deliver();
    expect(world.card().card.maybeDecidedBy).toEqual([{ id: people.zoe.id, name: people.zoe.name }]);
  });

  it.each([
    ['refused', (): ChangeResult => ({ kind: 'refused', reason: 'wrong-state' })],
    [
      'never sent',
      (): ChangeResult => {
        throw new BackendError('connection refused', {
          system: 'command',
          code: 'unreachable',
          retryable: false,
          applied: 'no',
        });
      },
    ],
  ])('says so no more once the command was %s', async (_what, reply) => {
    const { world, stored } = await carryOut({ atSend: notifyAndShow, answer: reply });
    expect(stored?.phase).toBe('over');
    expect(world.card().edits).toBeGreaterThan(0);
    expect(world.card().card.maybeDecidedBy).toBeUndefined();
  });

  it('goes on saying so when nobody knows whether the command arrived', async () => {
    const { world, stored } = await carryOut({
      atSend: notifyAndShow,
      answer: () => {
        throw new BackendError('no answer', {
          system: 'command',
          code: 'timeout',
          retryable: false,
          applied: 'unknown',
        });
      },
    });
    expect(stored?.outcome).toEqual({ kind: 'unknown' });
    expect(world.card().card.maybeDecidedBy).toEqual([{ id: people.zoe.id, name: people.zoe.name }]);
  });
});
