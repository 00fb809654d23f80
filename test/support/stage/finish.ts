import { expect } from '@jest/globals';
import type { Stage } from './open-stage.js';
import { personas, places } from './personas.js';

/** Everything a journey is allowed to have caused; what is not named must not have happened. */
export interface Aftermath {
  /** Posts per place: a channel's name, or a person's direct messages as `@ana`. */
  readonly posts: Readonly<Record<string, number>>;
  /** Private answers per person. */
  readonly answers?: Readonly<Record<string, number>>;
  /** Signals that counted in Command, as `approve by KEYEXAMPLE\\svc-countersign`. */
  readonly signals: readonly string[];
}

/** Ends a journey: checks that nothing happened that the story does not tell, then clears the stage. */
export async function finish(stage: Stage, expected: Aftermath): Promise<void> {
  await stage.bot().deliver();
  const seen = {
    posts: countPosts(stage),
    answers: countReplies(stage),
    signals: signalsOf(stage),
    errors: stage.log.errors(),
  };
  await stage.close();
  expect(seen).toEqual({ answers: {}, ...expected, errors: [] });
}

function countPosts(stage: Stage): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, id] of Object.entries(places)) count(counts, name, appMessages(stage, id));
  for (const [name, { id }] of Object.entries(personas))
    count(counts, `@${name}`, appMessages(stage, stage.slack.im(id).id));
  return counts;
}

function countReplies(stage: Stage): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, { id }] of Object.entries(personas)) {
    const ephemeral = Object.values(places).flatMap((place) =>
      stage.slack.messages(place, id).filter((one) => one.isEphemeral),
    );
    count(counts, name, ephemeral.length);
  }
  return counts;
}

function count(counts: Record<string, number>, name: string, value: number): void {
  if (value > 0) counts[name] = value;
}

function appMessages(stage: Stage, channel: string): number {
  return stage.slack.messages(channel).filter(({ isFromApp, isEphemeral }) => isFromApp && !isEphemeral)
    .length;
}

function signalsOf(stage: Stage): readonly string[] {
  return stage.command.effectiveSignals.map(
    ({ approved, identity }) => `${approved ? 'approve' : 'deny'} by ${identity}`,
  );
}
