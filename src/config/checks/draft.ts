import type { z } from 'zod';
import { looksSecret } from '../problems/describe-found.js';
import { entriesOf, type RawGroup, valueAt } from '../raw.js';
import { type PersonEntry, personSchema } from '../schema/people-schema.js';
import { type ApproverEntry, approverSchema, type RouteEntry, routeSchema } from '../schema/rule-schema.js';

/** An entry of a list in the file, with its place there. */
export interface Entry<T> {
  readonly index: number;
  readonly value: T;
}

/** As much of the settings as can be read, so that one mistake does not hide others behind it. */
export interface Draft {
  readonly team: string | undefined;
  readonly isEmailMatching: boolean;
  readonly systems: readonly Entry<string>[];
  readonly people: readonly Entry<PersonEntry>[];
  /** Names under `people`, also of entries that cannot be read in full. */
  readonly names: readonly string[];
  readonly approvers: readonly Entry<ApproverEntry>[];
  readonly routes: readonly Entry<RouteEntry>[];
}

/** Reads as much of the settings as can be read. */
export function draftOf(raw: RawGroup): Draft {
  const team = valueAt(raw, ['slack', 'team']);
  return {
    team: typeof team === 'string' ? team : undefined,
    isEmailMatching: raw.emailMatching === 'on',
    systems: namesOf(raw.keyfactor),
    people: readable(raw.people, personSchema),
    names: namesOf(raw.people).map(({ value }) => value),
    approvers: readable(raw.approvers, approverSchema),
    routes: readable(raw.routes, routeSchema),
  };
}

function namesOf(list: unknown): readonly Entry<string>[] {
  return entriesOf(list).flatMap((entry, index) => {
    const name = valueAt(entry, ['name']);
    return typeof name === 'string' && !looksSecret(name) ? [{ index, value: name }] : [];
  });
}

function readable<T>(list: unknown, schema: z.ZodType<T>): readonly Entry<T>[] {
  return entriesOf(list).flatMap((entry, index) => {
    const result = schema.safeParse(entry);
    return result.success ? [{ index, value: result.data }] : [];
  });
}
