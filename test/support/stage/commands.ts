import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import type { Stage } from './open-stage.js';
import { type Actor, personas, places } from './personas.js';

/** Types a command after `/workflow` in the approvals channel. */
export function type(stage: Pick<Stage, 'slack'>, actor: Actor, text: string) {
  return stage.slack.command({ as: personas[actor].id, channel: places.pki, command: '/workflow', text });
}

/** Presses Confirm on a proposal. */
export function confirm(stage: Pick<Stage, 'slack'>, actor: Actor, proposal: SeenMessage) {
  const { channel, ts, blocks } = proposal;
  return stage.slack.click({
    as: personas[actor].id,
    channel,
    ts,
    actionId: 'command.confirm',
    from: blocks,
  });
}

/** Waits for a proposal that can still be confirmed. */
export function proposal(stage: Pick<Stage, 'slack'>, actor: Actor, phrase: RegExp): Promise<SeenMessage> {
  return stage.slack.waitForMessage(
    (one) => {
      const text = JSON.stringify(one.blocks);
      return one.visibleTo === personas[actor].id && text.includes('command.confirm') && phrase.test(text);
    },
    { whatFor: `a proposal to ${actor}: ${phrase}` },
  );
}
