import { isDeepStrictEqual } from 'node:util';
import { type Card, hasLiveButtons } from '../../../src/domain/card.js';
import type { Arrival } from '../../support/fake-backend/faults.js';
import type { FakeBackend } from '../../support/fake-backend.js';
import type { World } from './open-world.js';
import { wrongRecords } from './wrong-records.js';

/** Lists what is wrong in a world in which nothing more can happen; nothing, if all is well. */
export async function liesIn(world: World, writtenClicks: Iterable<string>): Promise<readonly string[]> {
  const lies = [...doubleSignals(world.command.arrivals)];
  for (const id of writtenClicks) {
    if (!(await world.store.findClick(id))?.reply) lies.push(`${id} was written down and never answered`);
  }
  lies.push(...(await wrongRecords(world, writtenClicks)));
  for (const { card, message } of world.slack.cards()) {
    if (world.slack.isArchived(message.channel)) continue;
    // What retention has removed is known no more, and its card stays as it was last edited.
    if ((await world.store.findRemoval('approval', card.approval.id)) !== undefined) continue;
    const isKnown = (await world.store.findCardByMessage(message)) !== undefined;
    const stored = await world.store.findApproval(card.approval.id);
    if (!isKnown) lies.push(`the bot does not know its card ${message.ts}`);
    else if (!isDeepStrictEqual(stored?.state, card.approval.state)) {
      lies.push(`card ${message.ts} says ${card.approval.state.kind}, and it is ${stored?.state.kind}`);
    }
    if (isKnown) lies.push(...liesOn(card, world.command));
  }
  if ((await world.store.countPending()) > 0) lies.push('something is still to be delivered');
  for (const { id, phase } of await world.store.listUnsettledSignals('command')) {
    lies.push(`signal ${id} is still ${phase}`);
  }
  return lies;
}

/** Finds waits that took more than one answer of the bot. */
function doubleSignals(arrivals: readonly Arrival[]): readonly string[] {
  const taken = arrivals
    .filter(({ outcome }) => outcome !== 'refused')
    .map(({ id, step, visit }) => `${id} ${step} ${visit}`);
  return taken
    .filter((key, index) => taken.indexOf(key) !== index)
    .map((key) => `${key} was signalled more than once`);
}

/** Holds a card against where its run really stands. */
function liesOn({ approval, actions }: Card, command: FakeBackend): readonly string[] {
  const { state, step, instance } = approval;
  const run = command.run(instance.ref.id);
  const isAtStep = run.status === 'suspended' && run.steps[run.at]?.uniqueName === step;
  const lies: string[] = [];
  if (state.kind === 'ended') {
    if (isAtStep && run.isVisible) lies.push(`a card says ended, and ${run.id} still waits at ${step}`);
    return lies;
  }
  if (!isAtStep) lies.push(`a card says ${state.kind}, and ${run.id} has left ${step}`);
  const mayDecide = state.kind === 'waiting' && hasLiveButtons(actions);
  const isCounted = run.received.some(({ identity }) => identity.includes('svc-countersign'));
  if (isAtStep && isCounted === mayDecide)
    lies.push(
      `a card says ${state.kind} with ${actions.join(', ')}, and the bot has ${isCounted ? '' : 'not '}answered`,
    );
  return lies;
}

/** Tells whether a card credits people with a decision the system has not taken from us. */
export function falseCredit({ approval }: Card, arrivals: readonly Arrival[]): string | undefined {
  const { state, instance, step } = approval;
  const claims =
    state.kind === 'recorded' ||
    state.kind === 'not-moved' ||
    (state.kind === 'checking' && state.isAccepted) ||
    (state.kind === 'ended' && (state.ending.kind === 'approved' || state.ending.kind === 'denied'));
  if (!claims) return undefined;
  const decision = state.decision;
  const taken = arrivals.find(
    (one) =>
      one.id === instance.ref.id &&
      one.step === step &&
      one.outcome !== 'refused' &&
      one.verdict === decision?.verdict &&
      decision.votes.every(({ name }) => one.comment.includes(name)),
  );
  return taken ? undefined : `a card says ${state.kind} of a decision that ${instance.ref.id} never took`;
}
