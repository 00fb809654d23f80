import type { Kysely, Migration } from 'kysely';

/** Makes room for accounts people linked, and for invitations to link one. */
export const links: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('links')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('system', 'text', (column) => column.notNull())
      .addColumn('person', 'text', (column) => column.notNull())
      .addColumn('identity', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .addColumn('token', 'text', (column) => column.notNull())
      .addColumn('linked_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addUniqueConstraint('links_person', ['system', 'person'])
      .addUniqueConstraint('links_identity', ['system', 'identity'])
      .addUniqueConstraint('links_subject', ['system', 'subject'])
      .execute();
    await schema
      .createTable('link_requests')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('begun', 'text')
      .execute();
  },
};
