import { type RawBuilder, sql } from 'kysely';

/** Writes a time as it was given; the cast tells an engine what kind of value it is where it cannot know. */
export function givenTime(ms: number): RawBuilder<number> {
  return sql<number>`cast(${ms} as bigint)`;
}
