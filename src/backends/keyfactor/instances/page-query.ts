import type { Query } from '../http/client.js';
import type { KeyfactorServer } from '../settings.js';

/** Which page of a list is wanted, and in what order. */
export interface WantedPage {
  readonly queryString: string | undefined;
  /** Counted from 1. */
  readonly page: number;
  readonly pageSize: number;
  readonly sortField: string | undefined;
  readonly order: 'ascending' | 'descending';
}

/** Writes the paging parameters of a list under the names its server knows. */
export function pageQuery(
  path: string,
  { queryString, page, pageSize, sortField, order }: WantedPage,
  { queryPrefix }: Pick<KeyfactorServer, 'queryPrefix'>,
): Query {
  const name = (bare: string) =>
    queryPrefix === 'pq' ? `${oldPrefixOf(path)}.${bare.charAt(0).toLowerCase()}${bare.slice(1)}` : bare;
  return {
    [name('QueryString')]: queryString,
    [name('PageReturned')]: page,
    [name('ReturnLimit')]: pageSize,
    [name('SortField')]: sortField,
    // The parameter is an enumeration, in which 1 means descending whatever its name says.
    [name('SortAscending')]: order === 'ascending' ? 0 : 1,
  };
}

/** Old servers name the parameters after the kind of query a list takes. */
function oldPrefixOf(path: string): string {
  if (path.startsWith('/Workflow/Definitions')) return 'query';
  return path.endsWith('/My') ? 'instanceQuery' : 'pq';
}
