import type { InstanceStatus } from '../../../domain/instance.js';

type Kind = InstanceStatus['kind'];

const codes: Readonly<Record<string, Kind>> = {
  ep: 'running',
  ex: 'running',
  sl: 'suspended',
  fn: 'complete',
  fe: 'failed',
  ab: 'aborted',
  pa: 'paused',
};

/** Words a server may use instead of a code; they count only as the whole text. */
const phrase: readonly (readonly [RegExp, Kind])[] = [
  [/^(execution )?pending$/, 'running'],
  [/^(executing|execution|in progress|running|started)$/, 'running'],
  [/^(sleep|sleeping|asleep|slept|suspended)$/, 'suspended'],
  [/^(finished|finish|completed?|success|succeeded)( successfully)?$/, 'complete'],
  [/^((finished|completed|ended) with errors?|finished error|errors?|failed)$/, 'failed'],
  [/^(abort|aborted|aborting)$/, 'aborted'],
  [/^(pause|paused)$/, 'paused'],
];

/**
 * Reads a status from a code, with or without its meaning, or from a well-known word.
 *
 * A designer may put any text of their own in its place. Such a text stays unknown: to search it for words
 * would call a run finished that merely mentions the word.
 */
export function toStatus(said: string): InstanceStatus {
  const raw = said.trim();
  return { kind: kindOf(raw), raw };
}

function kindOf(raw: string): Kind {
  const text = raw.toLowerCase().replace(/^(workflow |execution )?status\s*[:=]\s*/, '');
  const [, code, rest = ''] = /^([a-z]{2})(?:\s*[-–:,(]\s*(.*?)\)?)?$/.exec(text) ?? [];
  const byCode = code !== undefined && Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (byCode !== undefined && (rest === '' || kindOfWord(rest) === byCode)) return byCode;
  return kindOfWord(text) ?? 'unknown';
}

function kindOfWord(text: string): Kind | undefined {
  const plain = text
    .replace(/[\s_-]+/g, ' ')
    .replace(/[.!]$/, '')
    .trim();
  return phrase.find(([pattern]) => pattern.test(plain))?.[1];
}
