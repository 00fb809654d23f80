import { hasLiveButtons } from '../../../src/domain/card.js';
import type { Aftermath, CardAfter } from '../../support/promises.js';
import type { World } from './open-world.js';

/** Tells how everything stands, in the words in which it is held against the bot's promises. */
export async function aftermathOf(
  world: World,
  known: {
    /** Ids of clicks of which the chat was told that they are safe. */
    readonly written: Iterable<string>;
    /** Approvals of which people put a message away; until its next edit the bot cannot know. */
    readonly gone: ReadonlySet<string>;
  },
): Promise<Aftermath> {
  const { slack, store, command } = world;
  const decisions = [];
  for (const id of known.written) {
    decisions.push({ name: id, ends: [(await store.findClick(id))?.reply?.kind] });
  }
  const approvals = await store.listApprovalsOf({ system: 'command', id: 'run-1' });
  const run = command.run('run-1');
  const at = run.status === 'suspended' ? run.steps[run.at]?.uniqueName : undefined;
  const shown = slack.cards().filter(({ message }) => !slack.isArchived(message.channel));
  const waitOf = ({ step, attempt }: (typeof approvals)[number]) => `${step} ${attempt}`;
  return {
    decisions,
    approvals: approvals.map((approval) => ({
      run: waitOf(approval),
      state: approval.state.kind,
      ...(approval.state.kind === 'ended' ? { ending: approval.state.ending.kind } : {}),
    })),
    runs: approvals.map((approval, index) => ({
      id: waitOf(approval),
      isWaiting: run.isVisible && index === 0 && approval.step === at,
      taken: command.arrivals
        .filter(({ step, outcome }) => outcome === 'counted' && step === approval.step)
        .map(({ step, visit }) => `${step} ${visit}`),
    })),
    cards: approvals.flatMap((approval): readonly CardAfter[] => {
      const cards = shown.filter(({ card }) => card.approval.id === approval.id);
      const isWaiting = approval.step === at && known.gone.has(approval.id);
      return [
        ...cards.map(({ card, message }) => ({
          name: message.ts,
          run: waitOf(approval),
          isLive: hasLiveButtons(card.actions),
        })),
        ...(isWaiting ? [{ name: 'put away', run: waitOf(approval), isLive: true }] : []),
      ];
    }),
  };
}
