import type { Ending } from './approval.js';
import { namesNobody } from './person.js';
import type { ApproverRule } from './policy.js';
import type { RoleGap } from './voting.js';

/** Why nobody could have decided a request from Slack, or why it was never shown. */
export const shadowReasons = [
  'no-rule',
  'nobody-named',
  'nobody-can',
  'too-few',
  'portal-only',
  'several-accounts',
  /** It was over before a poll saw it wait. */
  'not-seen',
  /** It waited and could not be read in full. */
  'unreadable',
] as const;

/** One of them. */
export type ShadowReason = (typeof shadowReasons)[number];

/** What shadow mode noted of one run: what live mode would have done, and when the run ended in its system. */
export interface ShadowRecord {
  /** The approval's id; of a run that was missed, a name made of the run. */
  readonly id: string;
  readonly system: string;
  /** The run's id in its system. */
  readonly run: string;
  /** When it could have been shown, or was found to be missed. */
  readonly atMs: number;
  readonly how: 'asked' | 'refused' | 'missed';
  readonly reason?: ShadowReason;
  readonly rule?: string;
  /** Names of those who would have been asked. */
  readonly people: readonly string[];
  readonly endedAtMs?: number;
  readonly ending?: Ending['kind'];
}

/** What live mode would have done in a span of time, and what happened instead. */
export interface ShadowSum {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Requests that would have been posted. */
  readonly posted: number;
  /** Who would have been asked how often, the most often first. */
  readonly asked: readonly ShadowCount[];
  /** Posted requests nobody could have decided from Slack, by reason. */
  readonly refused: readonly ShadowCount[];
  /** Requests that would not have been shown in time or whole, by reason. */
  readonly missed: readonly ShadowCount[];
  /** How many were decided in their system. */
  readonly decided: number;
  /** Half of those were decided within that time after they could have been decided from Slack. */
  readonly medianMs?: number;
  /** How many still wait. */
  readonly waiting: number;
}

/** How often something was counted: a person's name, or a reason. */
export interface ShadowCount {
  readonly name: string;
  readonly count: number;
}

/** Says why nobody could decide a request from Slack; undefined if somebody could. */
export function whyRefused(
  rule: ApproverRule | undefined,
  about: { readonly isBeyondOneAccount: boolean; readonly gap: RoleGap | undefined },
): ShadowReason | undefined {
  if (!rule) return 'no-rule';
  if (namesNobody(rule)) return 'nobody-named';
  if (rule.approveWith === 'portal-only') return 'portal-only';
  if (about.isBeyondOneAccount) return 'several-accounts';
  if (!about.gap) return undefined;
  return about.gap.able === 0 ? 'nobody-can' : 'too-few';
}

/** Adds records up, whatever their order; takes one at a time, so that a year of them needs no memory. */
export function createShadowSum(span: Pick<ShadowSum, 'sinceMs' | 'untilMs'>) {
  const counts = { posted: 0, decided: 0, waiting: 0 };
  const [asked, refused, missed] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const tookMs: number[] = [];
  return {
    add({ how, people, reason, atMs, endedAtMs, ending }: ShadowRecord): void {
      if (how === 'missed') increment(missed, reason ?? 'unreadable');
      if (how === 'missed' && reason === 'not-seen') return;
      counts.posted += 1;
      for (const name of people) increment(asked, name);
      if (how === 'refused' && reason) increment(refused, reason);
      if (endedAtMs === undefined) counts.waiting += 1;
      if (endedAtMs === undefined || ending !== 'decided-elsewhere') return;
      counts.decided += 1;
      tookMs.push(endedAtMs - atMs);
    },
    sum(): ShadowSum {
      const median = tookMs.sort((a, b) => a - b)[Math.floor((tookMs.length - 1) / 2)];
      return {
        ...span,
        ...counts,
        asked: listed(asked),
        refused: listed(refused),
        missed: listed(missed),
        ...(median === undefined ? {} : { medianMs: median }),
      };
    },
  };
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function listed(counts: ReadonlyMap<string, number>): readonly ShadowCount[] {
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
}
