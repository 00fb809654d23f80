/**
 * Reads back a body this bot once wrote.
 *
 * Throws an error that names the table and the row, since a body that cannot be read is found by nobody
 * otherwise.
 */
export function readBody<T>(row: { readonly table: string; readonly id: string; readonly body: string }): T {
  try {
    return JSON.parse(row.body);
  } catch (cause) {
    throw new Error(`The body of ${row.id} in table ${row.table} is not JSON`, { cause });
  }
}
