import type { CheckUp } from '../../ports/check-up.js';

const marks: Readonly<Record<CheckUp['verdict'], string>> = { good: '✓', bad: '✗', unknown: '–' };

/** Writes one line for each check, the fix under what needs one, and how many are wrong. */
export function renderCheckUps(checks: readonly CheckUp[]): string {
  const lines = checks.flatMap(({ name, verdict, detail, fix }) => [
    `${marks[verdict]} ${name}: ${detail}`,
    ...(fix === undefined || verdict === 'good' ? [] : [`    → ${fix}`]),
  ]);
  return `${[...lines, '', endLine(checks)].join('\n')}\n`;
}

function endLine(checks: readonly CheckUp[]): string {
  const wrong = checks.filter(({ verdict }) => verdict === 'bad').length;
  const open = checks.filter(({ verdict }) => verdict === 'unknown').length;
  const rest = open === 0 ? '' : ` ${open} could not be told from here (–).`;
  if (wrong === 0) return `Nothing is wrong.${rest}`;
  return `${wrong === 1 ? 'One thing is' : `${wrong} things are`} wrong (✗).${rest}`;
}
