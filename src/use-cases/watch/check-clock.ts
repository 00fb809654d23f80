import type { CheckUp } from '../../ports/check-up.js';
import { clockSkewMs } from '../../shared/clock-skew.js';

/** Requests signed in HTTP mode are good for five minutes; well before that somebody should hear of it. */
const mostSkewMs = 30_000;

/** Says whether this machine's clock goes by that of a server, by the `Date` the server answered with. */
export function checkClock(name: string, date: string | undefined, nowMs: number): CheckUp {
  const skewMs = clockSkewMs(date, nowMs);
  if (skewMs === undefined)
    return { name: `${name}: clock`, verdict: 'unknown', detail: 'it does not say what time it is' };
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Math.abs(skewMs) <= mostSkewMs)
    return { name: `${name}: clock`, verdict: 'good', detail: `within ${seconds} s of this machine` };
  return {
    name: `${name}: clock`,
    verdict: 'bad',
    detail: `it is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine`,
    fix: 'let this machine take its time from the network (NTP)',
  };
}
