import type { SqliteDatabase, SqliteStatement } from 'kysely';

const keptStatements = 200;

/**
 * Makes an engine safe to use: values it cannot bind are refused, and statements are prepared once.
 *
 * One of the engines ends the whole process when it is asked to bind a boolean, a date or an object, and
 * frees a statement only when the event loop turns.
 */
export function guardDatabase(engine: SqliteDatabase): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare(text) {
      const kept = statements.get(text);
      const statement = kept ?? guardStatement(engine.prepare(text));
      // Put last again, so that the first is always the one not used for longest.
      statements.delete(text);
      statements.set(text, statement);
      const [oldest] = statements.keys();
      if (statements.size > keptStatements && oldest !== undefined) statements.delete(oldest);
      return statement;
    },
    close() {
      statements.clear();
      engine.close();
    },
  };
}

function guardStatement(statement: SqliteStatement): SqliteStatement {
  return {
    reader: statement.reader,
    all: (values) => statement.all(checkValues(values)),
    run: (values) => statement.run(checkValues(values)),
    iterate: (values) => statement.iterate(checkValues(values)),
  };
}

function checkValues(values: readonly unknown[]): readonly unknown[] {
  const at = values.findIndex((value) => !canBind(value));
  if (at >= 0) throw new TypeError(`Value ${at + 1} is a ${typeof values[at]} the database cannot keep`);
  return values;
}

/** Whole numbers beyond what JavaScript keeps exactly come back rounded. */
function canBind(value: unknown): boolean {
  if (value === null || typeof value === 'string') return true;
  return (
    typeof value === 'number' &&
    (Number.isSafeInteger(value) || !Number.isInteger(value)) &&
    Number.isFinite(value)
  );
}
