import { setTimeout as pause } from 'node:timers/promises';
import { brokenPromises } from '../../support/promises.js';
import { personas } from '../../support/stage/personas.js';
import { checkOutcome, type Found, type Subject, type Taken } from './check-outcome.js';
import type { Ground } from './open-ground.js';

const settledWithinMs = 90_000;

/** What was played, and has to come to a good end. */
export interface Played {
  readonly subjects: readonly Subject[];
  readonly taken: readonly Taken[];
}

/**
 * Waits until all has come to its end, and lists what is not as it was promised.
 *
 * Cards nobody knows any more are pressed by somebody who may not decide.
 */
export async function settle(ground: Ground, { subjects, taken }: Played): Promise<readonly string[]> {
  const untilMs = Date.now() + settledWithinMs;
  for (;;) {
    const found = await checkOutcome(ground, subjects, taken);
    const wrong = [...found.underWay, ...brokenPromises(found.aftermath)];
    if (wrong.length === 0 && found.strays.length === 0) return [];
    if (Date.now() > untilMs) return [...wrong, ...found.strays.map(({ ts }) => `nobody knows card ${ts}`)];
    if (found.underWay.length === 0) await clickStrays(ground, found);
    await pause(250);
  }
}

async function clickStrays({ slack }: Ground, { strays }: Found): Promise<void> {
  for (const { channel, ts, blocks } of strays) {
    // Where a workflow offers outputs, the button names one of them.
    const [actionId = 'approval.approve'] = /approval\.approve[^"]*/.exec(JSON.stringify(blocks)) ?? [];
    await slack.click({ as: personas.bo.id, channel, ts, actionId, from: blocks });
  }
}
