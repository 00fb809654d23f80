import { setTimeout as pause } from 'node:timers/promises';
import type { SeenMessage } from '../../../src/simulators/slack/hands/shown.js';
import { brokenPromises } from '../../support/promises.js';
import { textOf } from '../../support/stage/cards.js';
import { type Actor, cast, places, plantClient } from '../../support/stage/cast.js';
import { certificateRequest } from '../../support/stage/enrolments.js';
import type { Dice } from './dice.js';
import { type Found, isLive, lookAfter, type Subject, type Taken } from './look-after.js';
import type { Ground } from './open-ground.js';
import type { Point } from './points.js';

const runsInRound = 3;
/** When a point is not reached the program is killed anyway. */
const patienceMs = 5_000;
const settledWithinMs = 90_000;

/** Lets people decide, kills a program at a point, starts it again, and lists what is not as it was promised. */
export async function playRound(
  ground: Ground,
  round: { readonly number: number; readonly point: Point; readonly dice: Dice },
): Promise<readonly string[]> {
  const { number, point, dice } = round;
  await ground.startAll();
  const taken: Taken[] = [];
  const subjects = await startRuns(ground, number);
  const told = startTold(ground, number);
  if (told) subjects.push(told.subject);
  const isReached = point.arm(ground);
  const telling = told?.tell();
  const people = subjects.map((subject) => act(ground, { subject, dice, taken }));
  const untilMs = Date.now() + (point.name === 'any moment' ? dice.below(4_000) : patienceMs);
  while (!isReached() && Date.now() < untilMs) await pause(5);
  await ground.kill(dice.below(ground.programs));
  ground.command.clearFaults();
  ground.plant?.workTasks.clearFaults();
  await Promise.all(people);
  await ground.startAll();
  await telling;
  return settle(ground, subjects, taken);
}

async function startRuns({ command }: Ground, round: number): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (let run = 0; run < runsInRound; run += 1) {
    const host = `r${round}-${run}.keyexample.com`;
    subjects.push({ host, id: command.startInstance(await certificateRequest({ host })) });
  }
  return subjects;
}

/** Starts a run of Work Tasks, whose workflow tells that it waits until it is heard. */
function startTold({ plant }: Ground, round: number) {
  if (!plant) return undefined;
  const { workTasks, hookUrl: url } = plant;
  const user = 'activedirectory::jsmith';
  const execution = workTasks.startExecution({ repository: 'Plant', workflow: 'Leave WF', user });
  const host = `r${round}-told.keyexample.com`;
  const body = workTasks.hookBody(execution, { subject: host });
  const detailsId = String(body.executiondetailsid);
  const subject: Subject = { host, id: `Leave WF#${execution.id}`, told: { execution, detailsId } };
  const isHeard = async (): Promise<boolean> => {
    try {
      const { status } = await workTasks.postToHook({ url, secret: plantClient.hookSecret, body });
      return status < 500;
    } catch {
      // The program is dead, or died before it had answered.
      return false;
    }
  };
  return {
    subject,
    async tell(): Promise<void> {
      while (!(await isHeard())) await pause(100);
    },
  };
}

/** Two people decide about a run, as soon as they see its card; what nobody took is nobody's promise. */
async function act(
  ground: Ground,
  { subject, dice, taken }: { readonly subject: Subject; readonly dice: Dice; readonly taken: Taken[] },
): Promise<void> {
  const { slack } = ground;
  let card: SeenMessage;
  try {
    card = await slack.waitFor(() => liveCard(ground, subject), { timeoutMs: patienceMs });
  } catch {
    // The program died before it had posted one.
    return;
  }
  for (const actor of ['ana', 'li'] as const) {
    const verb = dice.below(4) === 0 ? 'deny' : 'approve';
    await pause(dice.below(300));
    if (await isTaken(ground, { actor, card, verb, isTold: subject.told !== undefined })) {
      taken.push({ person: cast[actor].id, ts: card.ts, verb });
    }
  }
}

function liveCard({ slack }: Ground, { host }: Subject): SeenMessage | undefined {
  return slack.messages(places.pki).find((one) => isLive(one) && textOf(one).includes(host));
}

interface Pressing {
  readonly actor: Actor;
  readonly card: SeenMessage;
  readonly verb: 'approve' | 'deny';
  readonly isTold: boolean;
}

/** Presses, and submits the modal that opens; tells whether Slack was told that the decision is taken. */
async function isTaken({ slack }: Ground, { actor, card, verb, isTold }: Pressing): Promise<boolean> {
  const as = cast[actor].id;
  const { channel, ts } = card;
  const modals = slack.views(as).length;
  const output = verb === 'deny' ? '#1' : '#0';
  const { acked } = await slack.press({
    as,
    channel,
    ts,
    actionId: `approval.${verb}${isTold ? output : ''}`,
    from: card.blocks,
  });
  if (verb === 'approve' || !acked) return acked;
  try {
    const opened = () => (slack.views(as).length > modals ? slack.views(as).at(-1) : undefined);
    const modal = await slack.waitFor(opened, { timeoutMs: 1_000 });
    return await submitReason(slack, as, modal);
  } catch {
    // The program died before it had opened one.
    return false;
  }
}

async function submitReason(
  slack: Ground['slack'],
  as: string,
  modal: ReturnType<Ground['slack']['views']>[number],
): Promise<boolean> {
  const blocks = Array.isArray(modal.view.blocks) ? modal.view.blocks : [];
  const input = blocks.find((block: { readonly type?: string }) => block.type === 'input');
  const values = {
    [input.block_id]: { [input.element.action_id]: { type: 'plain_text_input', value: 'Not now' } },
  };
  const { acked, result } = await slack.submitView({ as, viewId: modal.id, values });
  return acked && result === 'closed';
}

/** Waits until all has come to its end; cards nobody knows any more are pressed by somebody who may not decide. */
async function settle(
  ground: Ground,
  subjects: readonly Subject[],
  taken: readonly Taken[],
): Promise<readonly string[]> {
  const untilMs = Date.now() + settledWithinMs;
  for (;;) {
    const found = await lookAfter(ground, subjects, taken);
    const wrong = [...found.underWay, ...brokenPromises(found.aftermath)];
    if (wrong.length === 0 && found.strays.length === 0) return [];
    if (Date.now() > untilMs) return [...wrong, ...found.strays.map(({ ts }) => `nobody knows card ${ts}`)];
    if (found.underWay.length === 0) await pressStrays(ground, found);
    await pause(250);
  }
}

async function pressStrays({ slack }: Ground, { strays }: Found): Promise<void> {
  for (const { channel, ts, blocks } of strays) {
    await slack.press({ as: cast.bo.id, channel, ts, actionId: 'approval.approve', from: blocks });
  }
}
