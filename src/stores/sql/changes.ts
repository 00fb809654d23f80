import type { Selectable } from 'kysely';
import { type Change, type ChangeRecord, systemOfChange } from '../../domain/change.js';
import { personKey } from '../../domain/person.js';
import type { ChangeRepository } from '../../ports/store.js';
import { bodies } from './bodies.js';
import { didChange, firstOf, listOf } from './database.js';
import type { Db, Tables } from './tables.js';

const openPhases: readonly ChangeRecord['phase'][] = ['confirmed', 'sending', 'following'];

/** Remembers changes in a database. Adding one under an id that was used before throws. */
export function createChangeRepository(db: Db): ChangeRepository {
  const changes = () => db.selectFrom('changes').selectAll();
  const confirmed = () =>
    changes().where('confirmed_at_ms', 'is not', null).orderBy('confirmed_at_ms', 'desc').orderBy('id');
  return {
    async addChange(record) {
      await db
        .insertInto('changes')
        .values({ id: record.id, ...toColumns(record) })
        .execute();
    },
    findChange: (id) => firstOf(changes().where('id', '=', id), toRecord),
    saveChange: (record, phase) =>
      didChange(
        db
          .updateTable('changes')
          .set(toColumns(record))
          .where('id', '=', record.id)
          .where('phase', '=', phase),
      ),
    listOpenChanges: () =>
      listOf(changes().where('phase', 'in', openPhases).orderBy('confirmed_at_ms').orderBy('id'), toRecord),
    listBatch: (batchId) =>
      listOf(changes().where('batch_id', '=', batchId).orderBy('batch_place').orderBy('id'), toRecord),
    listChangesOn: ({ system, id }) =>
      listOf(confirmed().where('system', '=', system).where('instance_id', '=', id), toRecord),
    listAnswersTo(system, activityId) {
      const start = answerKeyStart(activityId);
      const answers = confirmed()
        .where('system', '=', system)
        .where((is) => is.fn('substr', ['twin_key', is.lit(1), is.lit(start.length)]), '=', start);
      return listOf(answers, toRecord);
    },
    findTwin: (record, sinceMs) =>
      firstOf(
        changes()
          .where('person', '=', personKey(record.person))
          .where('twin_key', '=', twinKey(record.change))
          .where('confirmed_at_ms', '>=', sinceMs)
          .where('id', '<>', record.id)
          .orderBy('confirmed_at_ms', 'desc')
          .orderBy('id', 'desc')
          .limit(1),
        toRecord,
      ),
  };
}

function toColumns({ responseUrl, ...record }: ChangeRecord) {
  return {
    person: personKey(record.person),
    system: systemOfChange(record.change),
    instance_id: record.change.kind === 'execute' ? null : record.change.instance.id,
    batch_id: record.batch?.id ?? null,
    batch_place: record.batch?.place ?? null,
    twin_key: twinKey(record.change),
    phase: record.phase,
    proposed_at_ms: record.proposedAtMs,
    confirmed_at_ms: record.confirmedAtMs ?? null,
    response_url: responseUrl ?? null,
    body: bodies.change.write(record),
  };
}

function toRecord({ id, body, response_url }: Selectable<Tables['changes']>): ChangeRecord {
  return {
    ...bodies.change.read(id, body),
    ...(response_url === null ? {} : { responseUrl: response_url }),
  };
}

/** Writes a change so that two that ask for the same thing are the same text, in whatever order it is said. */
function twinKey(change: Change): string {
  const sorted = change.kind === 'execute' ? { ...change, variables: byName(change.variables) } : change;
  const stored = bodies.requestedChange.form.toStored(sorted);
  return JSON.stringify(stored, (_key, value: unknown) => (isRecord(value) ? withSortedKeys(value) : value));
}

/** Gives what the keys of all changes that answer an activity begin with, and those of no others. */
function answerKeyStart(activityId: string): string {
  return `{"activityId":${JSON.stringify(activityId)},`;
}

function byName<T extends { readonly name: string }>(ones: readonly T[]): readonly T[] {
  return [...ones].sort((a, b) => compare(a.name, b.name));
}

function withSortedKeys(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compare(a, b)));
}

/** By code unit, since how a language sorts may change with the machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
