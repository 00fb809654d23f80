import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import type { Stage } from './open-stage.js';
import { type Actor, personas, places } from './personas.js';

/** Everything a person reads in a message, in one string. */
export function textOf(message: SeenMessage): string {
  return JSON.stringify(message.blocks.length > 0 ? message.blocks : message.text)
    .replaceAll('\\n', '\n')
    .replaceAll('\\\\', '\\');
}

/** Lists the labels of the buttons of a message. */
export function buttonsOf(message: SeenMessage): readonly string[] {
  return [
    ...JSON.stringify(message.blocks).matchAll(/"type":"button".*?"text":\{[^}]*?"text":"([^"]*)"/g),
  ].map((match) => match[1] ?? '');
}

/** Gives the only card in a channel; throws when there is none or more. */
export function theCard(stage: Stage, channel: string = places.pki): SeenMessage {
  const cards = stage.slack.messages(channel).filter(({ isFromApp }) => isFromApp);
  const [only] = cards;
  if (!only || cards.length !== 1) throw new Error(`Expected one card in ${channel} and saw ${cards.length}`);
  return only;
}

/** Waits until the card in a channel says something. */
export function cardSaying(stage: Stage, text: RegExp, channel: string = places.pki): Promise<SeenMessage> {
  return stage.slack.waitFor(
    () =>
      stage.slack
        .messages(channel)
        .find((one) => one.isFromApp && !one.isEphemeral && text.test(textOf(one))),
    { whatFor: `a card saying ${text}` },
  );
}

/** Waits for words only one person sees, wherever they appear. */
export function privateWord(stage: Stage, actor: Actor, text: RegExp): Promise<SeenMessage> {
  const { id } = personas[actor];
  return stage.slack.waitForMessage(
    (one) => (one.visibleTo === id || one.channel === stage.slack.im(id).id) && text.test(textOf(one)),
    { whatFor: `a private word to ${actor}: ${text}` },
  );
}

/** Presses a button of a card as somebody. */
export function click(stage: Stage, actor: Actor, card: SeenMessage, verb: string) {
  const { channel, ts } = card;
  return stage.slack.click({
    as: personas[actor].id,
    channel,
    ts,
    actionId: `approval.${verb}`,
    from: card.blocks,
  });
}

/** Waits for a modal on somebody's screen. */
export function modalOf(stage: Stage, actor: Actor) {
  return stage.slack.waitFor(() => stage.slack.views(personas[actor].id).at(-1), {
    whatFor: `a modal for ${actor}`,
  });
}

/** Types into the only text field of the modal on top and submits it. */
export async function submit(stage: Stage, actor: Actor, text: string) {
  const modal = await modalOf(stage, actor);
  const blocks = Array.isArray(modal.view.blocks) ? modal.view.blocks : [];
  const input = blocks.find((block: { readonly type?: string }) => block.type === 'input');
  const values =
    input === undefined || text === ''
      ? {}
      : { [input.block_id]: { [input.element.action_id]: { type: 'plain_text_input', value: text } } };
  return stage.slack.submitView({ as: personas[actor].id, viewId: modal.id, values });
}

/** Presses Approve and submits the modal. */
export async function approve(stage: Stage, actor: Actor, card: SeenMessage, comment = '') {
  await click(stage, actor, card, 'approve');
  return submit(stage, actor, comment);
}

/** Presses Deny and submits the modal with a reason. */
export async function deny(stage: Stage, actor: Actor, card: SeenMessage, reason: string) {
  await click(stage, actor, card, 'deny');
  return submit(stage, actor, reason);
}
