import type { Behaviour } from '../behaviour.js';

/** Writes an instant the way the chosen server version does. */
export function writeDate(atMs: number, style: Behaviour['dates']): string {
  const [seconds = '', fraction = '000Z'] = new Date(atMs).toISOString().split('.');
  const milliseconds = fraction.slice(0, 3);
  switch (style) {
    case 'utc':
      return `${seconds}${milliseconds === '000' ? '' : `.${milliseconds.replace(/0+$/, '')}`}Z`;
    case 'utc-seconds':
      return `${seconds}Z`;
    case 'utc-fraction':
      return `${seconds}.${milliseconds}0000Z`;
    case 'no-zone':
      return `${seconds}.${milliseconds}`;
    default:
      return style satisfies never;
  }
}
