/** Tells whether a text is the address of a PostgreSQL database, with its host and the database's name. */
export function isPostgresUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname } = new URL(text);
  return hostname !== '' && pathname.length > 1;
}
