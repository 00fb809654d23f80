/** The days of a week, as settings name them, Monday first. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** One day of the week. */
export type Weekday = (typeof weekdays)[number];

/** When nobody is called: hours of every day, which may go across midnight, and days that are quiet as a whole. */
export interface QuietHours {
  /** Minutes since midnight; equal times are no hours at all. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** A name such as `Europe/Berlin`. */
  readonly timeZone: string;
  readonly days?: readonly Weekday[];
}

/** What was learned of names, since asking costs more than the rest of looking somebody up. */
const learnedZones = new Map<string, boolean>();

/** There are some six hundred names; of more than these not all can be true. */
const mostZones = 1_000;

/** Tells whether a name is that of a clock this program knows. */
export function isTimeZone(name: string | undefined): name is string {
  if (name === undefined) return false;
  const learned = learnedZones.get(name) ?? isKnownZone(name);
  if (learnedZones.size < mostZones) learnedZones.set(name, learned);
  return learned;
}

function isKnownZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const minuteMs = 60_000;

/** A week of quiet days, and a day with a change of the clock. */
const longestMs = 8 * 24 * 60 * minuteMs;

/** Tells until when nobody is to be called; undefined outside quiet hours. */
export function quietUntil(hours: QuietHours, nowMs: number): number | undefined {
  const clock = clockOf(hours.timeZone);
  if (!isQuiet(hours, clock, nowMs)) return undefined;
  const thisMinuteMs = Math.floor(nowMs / minuteMs) * minuteMs;
  // By steps of a minute, since clocks may be put forward or back in between.
  for (let atMs = thisMinuteMs + minuteMs; atMs < nowMs + longestMs; atMs += minuteMs) {
    if (!isQuiet(hours, clock, atMs)) return atMs;
  }
  return nowMs + longestMs;
}

/** Names the day of something that is due once a day; undefined before its time of day. */
export function dayDue(
  { dailyAtMinute, timeZone }: { readonly dailyAtMinute: number; readonly timeZone: string },
  nowMs: number,
): string | undefined {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const [day = '', time = ''] = parts.format(nowMs).split(' ');
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute >= dailyAtMinute ? day : undefined;
}

function isQuiet(
  { fromMinute, toMinute, days = [] }: QuietHours,
  clock: Intl.DateTimeFormat,
  nowMs: number,
): boolean {
  const [, day = '', hour, minutes] = /^(\w+),? (\d+):(\d+)$/.exec(clock.format(nowMs)) ?? [];
  if (days.some((quiet) => quiet === day.toLowerCase())) return true;
  const minute = Number(hour) * 60 + Number(minutes);
  if (fromMinute === toMinute) return false;
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute;
  return minute >= fromMinute || minute < toMinute;
}

/** Writes a time as `Mon 09:30`, or with a comma, as the runtime has it. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
