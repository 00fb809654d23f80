import type { SeenMessage } from '../../simulators/slack/hands/shown.js';
import type { Demo } from '../open-demo.js';
import { channels } from '../scene/cast.js';

const waitTimeoutMs = 20_000;

/** Gives everything a person reads in a message, in one string. */
export function textOf(message: SeenMessage): string {
  return JSON.stringify(message.blocks.length > 0 ? message.blocks : message.text)
    .replaceAll('\\n', '\n')
    .replaceAll('\\\\', '\\');
}

/** Gives the heading of a card. */
export function headingOf(card: SeenMessage): string {
  return (
    /"type":"header","text":\{[^}]*?"text":"([^"]*)"/.exec(JSON.stringify(card.blocks))?.[1] ?? card.text
  );
}

/** Tells whether a message has buttons that decide something. */
export function isLive(message: SeenMessage): boolean {
  return /"approval\.(approve|deny|withdraw|take-back)(#\d+)?"/.test(JSON.stringify(message.blocks));
}

/** Lists the cards of a run in all channels but that of alerts; its link is what they are told by. */
export function cardsOf({ slack }: Demo, runId: string): readonly SeenMessage[] {
  return Object.values(channels)
    .filter((channel) => channel !== channels.alerts)
    .flatMap(({ id }) => slack.messages(id))
    .filter((message) => message.isFromApp && textOf(message).includes(`/runs/${runId}`));
}

/** Waits until the card of a run says something; throws with what it says instead. */
export function cardSaying(demo: Demo, runId: string, text: RegExp): Promise<SeenMessage> {
  return cardThat(demo, runId, { fits: (card) => text.test(textOf(card)), is: `says ${text}` });
}

/** Waits for the card of a run with buttons to press. */
export function liveCard(demo: Demo, runId: string): Promise<SeenMessage> {
  return cardThat(demo, runId, { fits: isLive, is: 'has buttons' });
}

/** Waits for a card of Work Tasks that says all of this. */
export function workTasksCard({ slack }: Demo, ...text: readonly RegExp[]): Promise<SeenMessage> {
  return slack.waitFor(
    () =>
      slack
        .messages(channels.plant.id)
        .find((one) => one.isFromApp && text.every((word) => word.test(textOf(one)))),
    { whatFor: `a card in #${channels.plant.name}: ${text.join(' ')}`, timeoutMs: waitTimeoutMs },
  );
}

async function cardThat(
  demo: Demo,
  runId: string,
  wanted: { readonly fits: (card: SeenMessage) => boolean; readonly is: string },
): Promise<SeenMessage> {
  const find = () => cardsOf(demo, runId).find(wanted.fits);
  try {
    return await demo.slack.waitFor(find, { timeoutMs: waitTimeoutMs });
  } catch {
    const said = cardsOf(demo, runId).map((card) => `${headingOf(card)} (${textOf(card)})`);
    throw new Error(`No card of this run ${wanted.is}; seen: ${said.join(' and ') || 'none'}`);
  }
}
