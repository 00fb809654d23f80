import { setTimeout as pause } from 'node:timers/promises';
import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { textOf } from '../../support/stage/cards.js';
import { certificateRequest } from '../../support/stage/enrollments.js';
import { type Actor, personas, places } from '../../support/stage/personas.js';
import { isLive, type Subject, type Taken } from './check-outcome.js';
import type { Dice } from './dice.js';
import type { Ground } from './open-ground.js';
import { mixHostileReplies, type Point } from './points.js';
import { startPosting } from './post-inbound.js';
import { type Played, settle } from './settle.js';

const runsInRound = 3;
/** When a point is not reached the program is killed anyway. */
const waitTimeoutMs = 5_000;

/** What a round gives to look after. */
export interface PlayedRound extends Played {
  /** What is not as it was promised. */
  readonly broken: readonly string[];
  /** How many hostile answers Slack gave. */
  readonly hostile: number;
}

/** Lets people decide, kills a program at a point, starts it again, and lists what is not as it was promised. */
export async function playRound(
  ground: Ground,
  round: { readonly number: number; readonly point: Point; readonly dice: Dice },
): Promise<PlayedRound> {
  const { number, point, dice } = round;
  await ground.startAll();
  const taken: Taken[] = [];
  const subjects = await startRuns(ground, number);
  const sending = startPosting(ground, { number, dice });
  subjects.push(sending.subject);
  // The point first: of what is planned for a method, the oldest comes first.
  const isReached = point.arm(ground);
  const hostile = mixHostileReplies(ground, dice);
  const heard = sending.send();
  const people = subjects.map((subject) => act(ground, { subject, dice, taken }));
  const disturbed = disturb(ground, dice);
  const untilMs = Date.now() + (point.withinMs === undefined ? waitTimeoutMs : dice.below(point.withinMs));
  while (!isReached() && Date.now() < untilMs) await pause(5);
  const killed = dice.below(ground.programs);
  await ground.kill(killed);
  await disturbed;
  ground.command.clearFaults();
  ground.workTasks.clearFaults();
  await Promise.all(people);
  await ground.startAll();
  await heard;
  const broken = await settle(ground, { subjects, taken });
  const given = hostile.filter((planned) => planned.remaining() === 0).length;
  for (const planned of hostile) planned.cancel();
  return { subjects, taken, broken, hostile: given };
}

/** In half of the rounds on a database its connections are cut, or one of the programs stands still for a while. */
async function disturb(ground: Ground, dice: Dice): Promise<void> {
  const [what, afterMs, which, forMs] = [4, 1_500, ground.programs, 4_000].map((most) => dice.below(most));
  if (!ground.cutConnections || what === undefined || what > 1) return;
  await pause(afterMs);
  if (what === 0) await ground.cutConnections();
  else await ground.freeze(which ?? 0, forMs ?? 0);
}

async function startRuns({ command }: Ground, round: number): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (let run = 0; run < runsInRound; run += 1) {
    const host = `r${round}-${run}.keyexample.com`;
    subjects.push({ host, id: command.startInstance(await certificateRequest({ host })) });
  }
  return subjects;
}

/** Two people decide about a run, as soon as they see its card; what nobody took is nobody's promise. */
async function act(
  ground: Ground,
  { subject, dice, taken }: { readonly subject: Subject; readonly dice: Dice; readonly taken: Taken[] },
): Promise<void> {
  const { slack } = ground;
  let card: SeenMessage;
  try {
    card = await slack.waitFor(() => liveCard(ground, subject), { timeoutMs: waitTimeoutMs });
  } catch {
    // The program died before it had posted one.
    return;
  }
  for (const actor of ['ana', 'li'] as const) {
    const verb = dice.below(4) === 0 ? 'deny' : 'approve';
    await pause(dice.below(300));
    if (await isTaken(ground, { actor, card, verb, subject })) {
      taken.push({ person: personas[actor].id, ts: card.ts, verb });
    }
  }
}

function liveCard({ slack }: Ground, { host }: Subject): SeenMessage | undefined {
  return slack.messages(places.pki).find((one) => isLive(one) && textOf(one).includes(host));
}

interface Clicking {
  readonly actor: Actor;
  readonly card: SeenMessage;
  readonly verb: 'approve' | 'deny';
  readonly subject: Subject;
}

/** Presses, and submits the modal that opens; tells whether Slack was told that the decision is taken. */
async function isTaken({ slack }: Ground, { actor, card, verb, subject }: Clicking): Promise<boolean> {
  const as = personas[actor].id;
  const { channel, ts } = card;
  const output = verb === 'deny' ? '#1' : '#0';
  const { acked } = await slack.click({
    as,
    channel,
    ts,
    actionId: `approval.${verb}${subject.told ? output : ''}`,
    from: card.blocks,
  });
  if (verb === 'approve' || !acked) return acked;
  try {
    // Others of theirs may be open, about other runs.
    const opened = () => slack.views(as).find(({ view }) => JSON.stringify(view).includes(subject.host));
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
