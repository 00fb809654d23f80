const parts: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date: { day: 'numeric', month: 'long', year: 'numeric' },
  date_num: { day: '2-digit', month: '2-digit', year: 'numeric' },
  date_short: { day: 'numeric', month: 'short', year: 'numeric' },
  date_long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
};
const dayMs = 86_400_000;

/** When a text is read, and where. */
export interface Reading {
  readonly nowMs: number;
  /** IANA zone; the reader's own when absent. */
  readonly timeZone?: string;
}

/**
 * Fills the placeholders of a `<!date^…>` for its reader.
 *
 * The `_pretty` forms say "today" and its neighbours; an unknown placeholder stays as it was written.
 */
export function formatSlackDate(format: string, seconds: number, reading: Reading): string {
  const atMs = seconds * 1000;
  return format.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (name === 'ago') return ago(reading.nowMs - atMs);
    const near = name.endsWith('_pretty') ? nearbyDay(atMs, reading) : undefined;
    const options = parts[name.replace(/_pretty$/, '')];
    return near ?? (options === undefined ? whole : formatted(atMs, options, reading));
  });
}

/** Says which day a moment fell on: "Today", "Yesterday" or a date. */
export function dayName(atMs: number, reading: Reading): string {
  const near = nearbyDay(atMs, reading);
  if (near !== undefined) return near.charAt(0).toUpperCase() + near.slice(1);
  return formatted(atMs, { weekday: 'long', day: 'numeric', month: 'long' }, reading);
}

/** Says the time of day, hours and minutes. */
export function clockTime(atMs: number, reading: Reading): string {
  return formatted(atMs, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, reading);
}

function nearbyDay(atMs: number, reading: Reading): string | undefined {
  const day = (ms: number): string => formatted(ms, { dateStyle: 'short' }, reading);
  if (day(atMs) === day(reading.nowMs)) return 'today';
  if (day(atMs) === day(reading.nowMs - dayMs)) return 'yesterday';
  return day(atMs) === day(reading.nowMs + dayMs) ? 'tomorrow' : undefined;
}

function formatted(atMs: number, options: Intl.DateTimeFormatOptions, reading: Reading): string {
  const zone = reading.timeZone === undefined ? {} : { timeZone: reading.timeZone };
  return new Intl.DateTimeFormat('en-GB', { ...options, ...zone }).format(atMs);
}

function ago(elapsedMs: number): string {
  const minutes = Math.round(Math.abs(elapsedMs) / 60_000);
  const [count, unit] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 1440
        ? [Math.round(minutes / 60), 'hour']
        : [Math.round(minutes / 1440), 'day'];
  if (count === 0) return 'just now';
  const text = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return elapsedMs < 0 ? `in ${text}` : `${text} ago`;
}
