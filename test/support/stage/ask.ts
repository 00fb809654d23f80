import type { SeenMessage } from '../../../src/sandbox/slack/interactions.js';
import { textOf } from './cards.js';
import { confirm, type } from './commands.js';
import type { Stage } from './open-stage.js';
import { type Actor, personas, places } from './personas.js';

/** A line somebody types, and what the answer says. */
export interface RequestInfo {
  /** Ana unless told. */
  readonly as?: Actor;
  readonly line: string;
  readonly shows: RegExp;
}

/** Types a line and waits for an answer that was not there before. */
export async function ask(stage: Stage, { as = 'ana', line, shows }: RequestInfo): Promise<SeenMessage> {
  const before = new Set(repliesTo(stage, as).map(({ ts }) => ts));
  const fresh = () => repliesTo(stage, as).filter(({ ts }) => !before.has(ts));
  await type(stage, as, line);
  return soon(
    stage,
    () => fresh().find((one) => shows.test(textOf(one))),
    () => `"${line}" to show ${shows}; it shows ${fresh().map(textOf).join(' | ')}`,
  );
}

/** Waits until an answer that is there says something else. */
export function becomes(stage: Stage, reply: SeenMessage, text: RegExp): Promise<SeenMessage> {
  const now = () => stage.slack.message(reply.channel, reply.ts) ?? reply;
  return soon(
    stage,
    () => (text.test(textOf(now())) ? now() : undefined),
    () => `an answer to become ${text}; it is ${textOf(now())}`,
  );
}

/** A change somebody asks for and confirms. */
export interface Ordered extends RequestInfo {
  /** What the answer says once it was confirmed. */
  readonly ends: RegExp;
}

/** Types a line, confirms what is proposed, and waits for the end; gives the answer as it then is. */
export async function order(stage: Stage, { ends, ...requested }: Ordered): Promise<SeenMessage> {
  const proposed = await ask(stage, requested);
  await confirm(stage, requested.as ?? 'ana', proposed);
  return becomes(stage, proposed, ends);
}

function repliesTo(stage: Stage, actor: Actor): readonly SeenMessage[] {
  return stage.slack
    .messages(places.pki, personas[actor].id)
    .filter(({ visibleTo }) => visibleTo !== undefined);
}

/** Waits, and tells what there was instead when it was in vain. */
async function soon<T>(stage: Stage, read: () => T | undefined, reported: () => string): Promise<T> {
  try {
    return await stage.slack.waitFor(read);
  } catch (error) {
    throw new Error(`Waited in vain for ${reported()}`, { cause: error });
  }
}
