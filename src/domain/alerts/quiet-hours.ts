/** Hours of the day during which nobody is called; `from` may be later than `to`, across midnight. */
export interface QuietHours {
  /** Minutes since midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** A name such as `Europe/Berlin`. */
  readonly timeZone: string;
}

const minuteMs = 60_000;
/** A day with a change of the clock is up to an hour longer or shorter. */
const longestMs = 26 * 60 * minuteMs;

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

function isQuiet({ fromMinute, toMinute }: QuietHours, clock: Intl.DateTimeFormat, nowMs: number): boolean {
  const [hour = 0, minutes = 0] = clock.format(nowMs).split(':').map(Number);
  const minute = hour * 60 + minutes;
  if (fromMinute === toMinute) return false;
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute;
  return minute >= fromMinute || minute < toMinute;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}
