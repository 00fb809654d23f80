/** A repository, as far as its name goes. */
interface Named {
  readonly name?: string | undefined;
  readonly repository: string;
}

/** A server, as far as the names of its systems go. */
interface Holder {
  readonly name: string;
  readonly repositories: readonly Named[];
}

/** Names the system of one repository: as configured, or after the server and the repository. */
export function systemName(server: string, { name, repository }: Named): string {
  if (name !== undefined) return name;
  const slug = repository
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return slug === '' ? server : `${server}-${slug}`;
}

/** Lists the systems a server makes: one for each repository, under the name that rules use. */
export function systemsOf({ name, repositories }: Holder): readonly string[] {
  return repositories.map((repository) => systemName(name, repository));
}
