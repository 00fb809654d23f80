import { Migrator } from 'kysely';
import { migrations } from './migrations/migrations.js';
import type { Db } from './tables.js';

/** Brings the tables up to this program's form; throws, having changed nothing, when that cannot be done. */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  throw new Error(
    'The store cannot be brought into the form this version needs; was it last used by a newer one?',
    { cause: error },
  );
}
