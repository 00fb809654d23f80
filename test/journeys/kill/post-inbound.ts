import { setTimeout as pause } from 'node:timers/promises';
import { workTasksClient } from '../../support/stage/personas.js';
import type { Subject } from './check-outcome.js';
import { createDice, type Dice } from './dice.js';
import type { Ground } from './open-ground.js';

/** A run of Work Tasks that has not told anybody yet. */
export interface InboundRunPlay {
  readonly subject: Subject;
  /** Tells that it waits, again and again until it is heard. */
  send(): Promise<void>;
}

/**
 * Starts a run of Work Tasks, whose workflow tells that it waits.
 *
 * Each try goes to one of the programs, as a balancer would choose it, and the next to another; now and then to two
 * at once, as a sender does that has lost its patience.
 */
export function startPosting(
  { workTasks, hookUrls }: Ground,
  { number, dice }: { readonly number: number; readonly dice: Dice },
): InboundRunPlay {
  const user = 'activedirectory::jsmith';
  const execution = workTasks.startExecution({ repository: 'Plant', workflow: 'Leave WF', user });
  const host = `r${number}-told.keyexample.com`;
  const body = workTasks.hookBody(execution, { subject: host });
  const detailsId = String(body.executiondetailsid);
  // Dice of its own, since how often it is thrown depends on the pace of the machine.
  const balancer = createDice(dice.below(2 ** 31));
  let next = balancer.below(hookUrls.length);
  const isHeard = async (): Promise<boolean> => {
    const url = hookUrls[next % hookUrls.length];
    next += 1;
    if (url === undefined) throw new RangeError('There is no program to tell');
    try {
      const { status } = await workTasks.postToHook({ url, secret: workTasksClient.hookSecret, body });
      return status < 500;
    } catch {
      // The program is dead, or died before it had answered.
      return false;
    }
  };
  return {
    subject: { host, id: `Leave WF#${execution.id}`, told: { execution, detailsId } },
    async send() {
      for (;;) {
        const posts = balancer.below(4) === 0 ? [isHeard(), isHeard()] : [isHeard()];
        if ((await Promise.all(posts)).includes(true)) return;
        await pause(100);
      }
    },
  };
}
