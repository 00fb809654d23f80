import { z } from 'zod';
import { ContractError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import { correlationIdOf, type HttpResponse } from '../http/answer.js';
import { readJson } from './read-json.js';

/** Where a server tells how long the whole list is. */
export const totalHeader = 'x-total-count';

/** Rows of one page of a list. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** How many rows came, those that could not be read included. */
  readonly received: number;
  /** How many rows the whole list has, where the server tells. */
  readonly total: number | undefined;
}

/** Reads the rows of a page; one that is not as it should be is left out and logged. Throws `ContractError`. */
export function readRows<Schema extends z.ZodType>(
  response: HttpResponse,
  row: Schema,
  { system, path, log }: { readonly system: string; readonly path: string; readonly log: Log },
): Rows<z.output<Schema>> {
  const members = readJson(response, z.array(z.unknown()), { system, path });
  const read = members.map((member) => row.safeParse(member));
  const rows = read.flatMap((result) => (result.success ? [result.data] : []));
  const paths = read.flatMap(({ error }) => error?.issues.map((issue) => issue.path.join('.')) ?? []);
  if (rows.length === 0 && members.length > 0) {
    throw new ContractError(`No row of ${path} could be read`, { system, paths });
  }
  if (paths.length > 0) {
    log.error(
      { system, path, paths, correlationId: correlationIdOf(response) },
      'Some rows of a list could not be read',
    );
  }
  return { rows, received: members.length, total: totalOf(response) };
}

function totalOf(response: HttpResponse): number | undefined {
  const total = Number.parseInt(response.headers[totalHeader] ?? '', 10);
  return Number.isNaN(total) ? undefined : total;
}
