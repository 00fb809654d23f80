import { describe, expect, it } from '@jest/globals';
import { readOnly } from '../../src/backends/kind.js';
import { shadowPolicy } from '../../src/domain/policy.js';
import type { Store } from '../../src/ports/store.js';
import { decideApproval } from '../../src/use-cases/approvals/decide.js';
import { sendDueDecisions } from '../../src/use-cases/approvals/send-signal.js';
import { settleMode, switchMode } from '../../src/use-cases/approvals/switch-mode.js';
import type { Context, Settling } from '../../src/use-cases/context.js';
import { basisOf } from '../../src/use-cases/show-card.js';
import { aRule } from '../domain/a-policy.js';
import type { World } from './world/open-world.js';
import { people } from './world/people.js';
import { createWorlds } from './world/worlds.js';

const worlds = createWorlds();
const named = [people.ada.id, people.bo.id];
const place = { channel: 'C0SHADOW', dailyAtMinute: 480, timeZone: 'UTC' };

/** The bot of a world in shadow mode, on the same store. */
function inShadow(world: World, store = world.store): Context {
  return {
    ...world.context,
    store,
    policy: shadowPolicy(world.context.policy, place),
    backends: new Map([['command', readOnly(world.command.backend)]]),
  };
}

/** The bot of a world that is live, as after a start. */
function live(world: World, store = world.store): Context {
  return { ...world.context, store, settling: new Map<string, Settling>() };
}

/** Gives a store that dies at its nth write, and for good. */
function dyingAt(store: Store, writes: number): Store {
  let left = writes;
  return new Proxy(store, {
    get(whole, name) {
      const found: unknown = Reflect.get(whole, name);
      if (typeof found !== 'function' || !/^(put|want|add|inTransaction)/.test(String(name))) return found;
      return (...given: unknown[]) => {
        left -= 1;
        if (left < 0) throw new Error('The bot died');
        return Reflect.apply(found, whole, given);
      };
    },
  });
}

describe('a switch into shadow mode', () => {
  it('ends every vote and unsent decision, whenever a start of it died before', async () => {
    for (let writes = 0; writes < 3; writes += 1) {
      const world = await worlds.openWithCard({
        policy: { approvers: [aRule({ people: named, holdMs: 10_000 })] },
      });
      await world.click('ada', 'approve');
      await switchMode(live(world));
      await expect(switchMode(inShadow(world, dyingAt(world.store, writes)))).rejects.toThrow('The bot died');
      const context = inShadow(world);
      expect(await switchMode(context)).toEqual({ kind: 'in-mode' });
      world.clock.advance(60_000);
      await sendDueDecisions(context);
      await sendDueDecisions(live(world));
      expect(world.command.arrivals).toEqual([]);
      expect(await world.store.listOpenApprovals()).toEqual([]);
      expect(await world.store.listUnsettledSignals()).toEqual([]);
      expect(JSON.parse((await world.store.getNote('mode')) ?? '')).toMatchObject({ mode: 'shadow' });
    }
  });

  it('writes to nobody whose vote it ends', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    await switchMode(live(world));
    await world.deliver();
    const before = world.slack.notices().length;
    await switchMode(inShadow(world));
    await world.deliver();
    const notices = world.slack.notices().slice(before);
    expect(notices.filter(({ to }) => to.startsWith('D-'))).toEqual([]);
  });
});

describe('a switch to live mode', () => {
  it('lets nothing be decided before a whole poll, whenever a start of it died before', async () => {
    for (let writes = 0; writes < 3; writes += 1) {
      const world = await worlds.openWithCard({});
      await switchMode(inShadow(world));
      await world.observe();
      await expect(switchMode(live(world, dyingAt(world.store, writes)))).rejects.toThrow('The bot died');
      const context = live(world);
      await switchMode(context);
      world.restart();
      await world.observe();
      const [open] = await world.store.listOpenApprovals();
      if (!open) throw new Error('Nothing was opened anew');
      await world.deliver();
      const [message] = await world.store.listCards(open.id);
      if (!message?.message) throw new Error('There is no card');
      const click = (id: string) => ({
        id,
        approvalId: open.id,
        revision: open.revision,
        person: people.ada.id,
        verb: 'approve' as const,
        via: 'press' as const,
        basis: basisOf(open, context.policy),
        message: message.message ?? { channel: '', ts: '' },
        atMs: world.clock.now(),
      });
      await world.store.addClick(click('early'));
      expect(await decideApproval(context, 'early')).toEqual({ kind: 'settling' });
      const [backend] = context.backends.values();
      if (backend) await settleMode(context, backend);
      await world.store.addClick(click('later'));
      expect(await decideApproval(context, 'later')).toMatchObject({ kind: 'decided' });
    }
  });

  it('decides nothing by a click that was written down in shadow mode and left', async () => {
    const world = await worlds.openWithCard({});
    const click = world.clickOf('ada', 'approve');
    await switchMode(inShadow(world));
    await world.store.addClick(click);
    const context = live(world);
    await switchMode(context);
    expect(await decideApproval(context, click.id)).toMatchObject({ kind: 'over' });
    expect(world.command.arrivals).toEqual([]);
  });

  it('stays as it is where the mode is the same as before', async () => {
    const world = await worlds.openWithCard({ quorum: 2 });
    await world.click('ada', 'approve');
    await switchMode(live(world));
    await switchMode(live(world));
    expect(await world.store.listVotes((await world.approval()).id)).toHaveLength(1);
  });
});
