import type { z } from 'zod';
import { systemsOf } from '../../backends/work-tasks/settings.js';
import { looksSecret } from '../problems/describe-found.js';
import type { Path } from '../problems/path-text.js';
import { entriesOf, type RawGroup, valueAt } from '../raw.js';
import { type AlertRuleEntry, alertRuleSchema } from '../schema/alerts-schema.js';
import { type OperatorEntry, operatorSchema } from '../schema/operator-schema.js';
import { type PersonEntry, personSchema } from '../schema/people-schema.js';
import { type ApproverEntry, approverSchema, type RouteEntry, routeSchema } from '../schema/rule-schema.js';

/** An entry of a list in the file, with its place there. */
export interface Entry<T> {
  readonly index: number;
  readonly value: T;
}

/** A system the file speaks of. */
export interface DraftSystem {
  readonly name: string;
  /** Where the file describes it. */
  readonly path: Path;
  /** Whether it puts approvals to people. */
  readonly hasApprovals: boolean;
  /** Whether it has to know in whose name a change is made, and what tells it. */
  readonly actsFor: 'anybody' | 'identity' | 'identity-or-email';
}

/** As much of the settings as can be read, so that one mistake does not hide others behind it. */
export interface Draft {
  readonly team: string | undefined;
  readonly isEmailMatching: boolean;
  /** Whether a server is described at all, readable or not. */
  readonly hasServer: boolean;
  readonly systems: readonly DraftSystem[];
  /** Names of Work Tasks servers, which are no systems themselves. */
  readonly workTasks: readonly Entry<string>[];
  readonly people: readonly Entry<PersonEntry>[];
  /** Names under `people`, also of entries that cannot be read in full. */
  readonly names: readonly string[];
  readonly approvers: readonly Entry<ApproverEntry>[];
  readonly routes: readonly Entry<RouteEntry>[];
  readonly operators: readonly Entry<OperatorEntry>[];
  readonly alertRules: readonly Entry<AlertRuleEntry>[];
  readonly areAlertsOff: boolean;
}

/** Reads as much of the settings as can be read. */
export function draftOf(raw: RawGroup): Draft {
  const team = valueAt(raw, ['slack', 'team']);
  return {
    team: typeof team === 'string' ? team : undefined,
    isEmailMatching: raw.emailMatching === 'on',
    hasServer: [raw.keyfactor, raw.workTasks].some((list) => !isNothing(list)),
    systems: [...keyfactorSystems(raw.keyfactor), ...workTasksSystems(raw.workTasks)],
    workTasks: namesOf(raw.workTasks),
    people: readable(raw.people, personSchema),
    names: namesOf(raw.people).map(({ value }) => value),
    approvers: readable(raw.approvers, approverSchema),
    routes: readable(raw.routes, routeSchema),
    operators: readable(raw.operators, operatorSchema),
    alertRules: readable(valueAt(raw, ['alerts', 'rules']), alertRuleSchema),
    areAlertsOff: valueAt(raw, ['alerts', 'enabled']) === 'off',
  };
}

function isNothing(list: unknown): boolean {
  return list === undefined || list === null || (Array.isArray(list) && list.length === 0);
}

function keyfactorSystems(list: unknown): readonly DraftSystem[] {
  return namesOf(list).map(({ index, value }) => ({
    name: value,
    path: ['keyfactor', index],
    hasApprovals: true,
    actsFor: 'anybody',
  }));
}

function workTasksSystems(list: unknown): readonly DraftSystem[] {
  return namesOf(list).flatMap(({ index, value: server }) => {
    const entry = entriesOf(list)[index];
    const actsFor =
      valueAt(entry, ['userTemplate']) === undefined ? ('identity' as const) : ('identity-or-email' as const);
    return entriesOf(valueAt(entry, ['repositories'])).flatMap((one, at) => {
      const name = repositorySystem(server, one);
      const path = ['workTasks', index, 'repositories', at];
      return name === undefined
        ? []
        : [{ name, path, hasApprovals: valueAt(one, ['hook']) === 'on', actsFor }];
    });
  });
}

function repositorySystem(server: string, entry: unknown): string | undefined {
  const [name, repository] = [valueAt(entry, ['name']), valueAt(entry, ['repository'])];
  if (typeof repository !== 'string' || (name !== undefined && typeof name !== 'string')) return undefined;
  const [system] = systemsOf({ name: server, repositories: [{ name, repository }] });
  return system === undefined || looksSecret(system) ? undefined : system;
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
