import { validate } from 'node-cron';
import { z } from 'zod';
import { parseDuration } from '../../shared/parse-duration.js';

const expectedCron = 'a cron expression with or without seconds, such as "*/15 * * * * *"';
const second = 1_000;
const minute = 60_000;

/** How often the bot looks, and when it says that a system cannot be reached. */
export const observeSchema = z
  .strictObject({
    every: z
      .string('an interval such as 15s or 5m')
      .superRefine((text, context) => {
        const expected = intervalProblem(text);
        if (expected !== undefined) context.addIssue({ code: 'custom', message: expected });
      })
      .optional()
      .describe(
        'How often every system is looked at; must divide a minute or an hour. 15s unless cron is given.',
      )
      .meta({ examples: ['15s'] }),
    cron: z
      .string(expectedCron)
      .refine((text) => validate(text), expectedCron)
      .optional()
      .describe('When every system is looked at, as a cron expression; instead of every.')
      .meta({ examples: ['*/15 * * * * *'] }),
    unreachableAfter: z
      .int()
      .min(1)
      .prefault(3)
      .describe(
        'After how many observations in a row without an answer from a system slack.operatorsChannel is told, once; it is told again when the system is back.',
      )
      .meta({ examples: [3] }),
  })
  .refine(({ every, cron }) => every === undefined || cron === undefined, {
    path: ['cron'],
    message: 'either every or cron, not both',
  });

/** Writes an interval that the schema let pass as a cron expression with seconds. */
export function cronOf(every: string): string {
  const everyMs = parseDuration(every) ?? Number.NaN;
  if (everyMs < minute) return everyMs === second ? '* * * * * *' : `*/${everyMs / second} * * * * *`;
  if (everyMs === minute) return '0 * * * * *';
  return everyMs === 60 * minute ? '0 0 * * * *' : `0 */${everyMs / minute} * * * *`;
}

/** Says what an interval should have been; undefined if clocks can keep it. */
function intervalProblem(text: string): string | undefined {
  const everyMs = parseDuration(text);
  if (everyMs === undefined) return 'an interval such as 15s or 5m';
  if (possibleIntervalsMs.includes(everyMs)) return undefined;
  const shorter = possibleIntervalsMs.filter((possible) => possible < everyMs).at(-1);
  const longer = possibleIntervalsMs.find((possible) => possible > everyMs);
  const near = [shorter, longer].filter((value) => value !== undefined).map(asText);
  return `an interval that divides a minute or an hour evenly, such as ${near.join(' or ')}`;
}

const possibleIntervalsMs: readonly number[] = [
  ...divisorsOf60().map((seconds) => seconds * second),
  ...divisorsOf60().map((minutes) => minutes * minute),
].filter((value, index, all) => all.indexOf(value) === index);

function divisorsOf60(): readonly number[] {
  return Array.from({ length: 60 }, (_, index) => index + 1).filter((number) => 60 % number === 0);
}

function asText(intervalMs: number): string {
  if (intervalMs === 60 * minute) return '1h';
  return intervalMs >= minute ? `${intervalMs / minute}m` : `${intervalMs / second}s`;
}
