import type { Alert, AlertPolicy, Incident } from '../../../src/domain/incident.js';
import type { InstanceStatus } from '../../../src/domain/instance.js';
import { type UseCases, useCasesOn } from '../../../src/slack/use-cases.js';
import { settleChanges } from '../../../src/use-cases/commands/change.js';
import { aPolicy } from '../../domain/a-policy.js';
import type { Shown } from '../../support/fake-chat.js';
import type { World, WorldOptions } from '../world/open-world.js';
import { people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

/** A bot that watches a Command which tells what has changed. */
export interface Watch {
  readonly world: World;
  readonly service: UseCases['alerts'];
  /** Starts a run that waits for nobody. */
  start(id: string): void;
  /** Starts a run, unless there is one, and lets it fail. */
  fail(id: string, message?: string): void;
  set(id: string, status: InstanceStatus['kind']): void;
  /** Lets fifteen seconds pass, then looks, follows changes and delivers all there is to deliver. */
  poll(afterMs?: number): Promise<void>;
  /** The alerts as they read now, in the order in which they were posted. */
  alerts(): readonly (Shown & { readonly alert: Alert })[];
  /** The only alert. */
  alert(): Shown & { readonly alert: Alert };
  /** Kinds of what was said in the thread of the only alert, oldest first. */
  thread(): readonly string[];
  /** The incident of the only alert as it is stored. */
  incident(): Promise<Incident>;
}

/** What everything the system says about these failures is, unless told otherwise. */
export const rpc = 'The RPC server is unavailable.';

const everything = {
  name: 'Operators',
  people: [people.ada.id, people.bo.id],
  verbs: ['restart', 'resume', 'abort', 'status'],
} as const;

/** Lets the tests of a file open watches; Ada and Bo may do everything, nobody else anything. */
export function createWatches() {
  const worlds = createWorlds();
  return {
    /** Opens a watch whose first look is over. */
    async open(alerts: Partial<AlertPolicy> = {}, options: WorldOptions = {}): Promise<Watch> {
      const watch = watchOver(await worlds.open({ ...watchful(alerts), ...options }));
      await watch.poll();
      return watch;
    },
    /** Opens a watch that has not looked yet. */
    async openBlind(alerts: Partial<AlertPolicy> = {}, options: WorldOptions = {}): Promise<Watch> {
      return watchOver(await worlds.open({ ...watchful(alerts), ...options }));
    },
  };
}

/** What a world in which alerts are told differs by. */
export function watchful(alerts: Partial<AlertPolicy> = {}): WorldOptions {
  const policy = { operators: [everything], alerts: { ...aPolicy().alerts, ...alerts } };
  return { reportsChanges: true, policy };
}

/** Watches over a world. */
export function watchOver(world: World): Watch {
  const { command, slack } = world;
  const known = new Set<string>();
  const watch: Watch = {
    world,
    get service() {
      return useCasesOn(world.context).alerts;
    },
    start(id) {
      command.start(id);
      known.add(id);
      command.set(id, { status: 'running' });
    },
    fail(id, message = rpc) {
      if (!known.has(id) && !id.endsWith('+')) watch.start(id);
      command.set(id, { status: 'failed', statusMessage: message });
    },
    set: (id, status) => command.set(id, { status }),
    async poll(afterMs = 15_000) {
      world.clock.advance(afterMs);
      await world.observe();
      const backend = world.context.backends.get('command');
      if (backend) await settleChanges(world.context, backend);
      await deliverAll(world);
    },
    alerts: () =>
      slack
        .messages()
        .flatMap((shown) =>
          shown.content.kind === 'alert' ? [{ ...shown, alert: shown.content.alert }] : [],
        ),
    alert() {
      const [only, ...others] = watch.alerts();
      if (!only || others.length > 0) throw new Error(`There are ${watch.alerts().length} alerts, not one`);
      return only;
    },
    thread: () =>
      slack
        .thread(watch.alert().message)
        .map(({ content }) => (content.kind === 'follow-up' ? content.followUp.kind : content.kind)),
    async incident() {
      const found = await world.store.findIncident(watch.alert().alert.incident.id);
      if (!found) throw new Error('The alert shows an incident that is not stored');
      return found;
    },
  };
  return watch;
}

/** Delivers what is due, and what falls due within a minute because it waits for its turn. */
async function deliverAll(world: World): Promise<void> {
  await world.deliver();
  for (let wait = 0; wait < 12; wait += 1) {
    const dueMs = await world.store.nextDueMs();
    if (dueMs === undefined || dueMs > world.clock.now() + 5_000) return;
    world.clock.advance(Math.max(0, dueMs - world.clock.now()));
    await world.deliver();
  }
}
