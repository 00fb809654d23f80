import { z } from 'zod';

const expectedTime = 'a time of the day such as "22:00", in quotes';
const expectedZone = 'a time zone such as Europe/Berlin or UTC';

/** Hours of the day, every day; `to` may be before `from`, across midnight. */
export const quietHoursSchema = z
  .strictObject({
    from: timeOfDay('When they begin.', '22:00'),
    to: timeOfDay('When they end; the next day if that is earlier.', '06:00'),
    timeZone: z
      .string(expectedZone)
      .refine(isTimeZone, expectedZone)
      .describe('By which clock, changes of the clock included.')
      .meta({ examples: ['Europe/Berlin'] }),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    message: 'another time than from; equal times are no hours at all',
  });

/** Gives the minute of the day that a time such as `22:00` names. */
export function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function timeOfDay(meaning: string, example: string) {
  return z
    .string(expectedTime)
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, expectedTime)
    .describe(meaning)
    .meta({ examples: [example] });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
