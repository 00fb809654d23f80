import { BackendError } from '../../../../ports/errors.js';
import type { Log } from '../../../../ports/log.js';
import { isSuccess } from '../../http/answer.js';
import type { Client } from '../../http/client.js';
import { pageQuery } from '../../instances/page-query.js';
import type { ListName } from '../../instances/read-page.js';
import type { WideAccess } from '../../instances/wide-access.js';
import type { KeyfactorServer } from '../../settings.js';
import { type InstanceRow, instanceRow } from '../../wire/instance-wire.js';
import { parseTime } from '../../wire/parse-time.js';
import { readRows } from '../../wire/read-rows.js';
import { collectRows, type Sought } from './collect-rows.js';

/** Finds instances, newest first. Everything throws `BackendError` and `ContractError`. */
export interface NewestInstances {
  /** Looks among all instances, or else among those the account may see. */
  find(sought: Sought<InstanceRow>): Promise<readonly InstanceRow[]>;
  /** Looks among those that wait for the account or were started by it; undefined if it may see neither. */
  findOurs(sought: Sought<InstanceRow>): Promise<readonly InstanceRow[] | undefined>;
}

const everyInstance: ListName = '/Workflow/Instances';
const ourInstances: readonly ListName[] = ['/Workflow/Instances/AssignedToMe', '/Workflow/Instances/My'];

/** Creates that search. */
export function createNewestInstances(deps: {
  readonly client: Client;
  readonly server: KeyfactorServer;
  readonly wideAccess: WideAccess;
  readonly log: Log;
}): NewestInstances {
  const { client, server, wideAccess, log } = deps;

  /** Gives undefined if the account may not read the list. */
  async function findIn(list: ListName, sought: Sought<InstanceRow>) {
    const read = async (page: number, pageSize: number, queryString: string | undefined) => {
      const order = { sortField: 'StartDate', order: 'descending' } as const;
      const query = pageQuery(list, { queryString, page, pageSize, ...order }, server);
      const response = await client.get(list, { version: server.apiVersion.instances, query });
      if (!isSuccess(response)) throw client.unexpected(response, 'GET', list);
      return readRows(response, instanceRow, { system: server.name, path: list, log });
    };
    try {
      return await collectRows(read, sought);
    } catch (error) {
      if (error instanceof BackendError && error.code === 'forbidden') return undefined;
      throw error;
    }
  }

  async function findOurs(sought: Sought<InstanceRow>) {
    const found = await Promise.all(ourInstances.map((list) => findIn(list, sought)));
    const readable = found.filter((rows) => rows !== undefined);
    return readable.length === 0 ? undefined : newestOf(readable.flat(), sought.count);
  }

  return {
    findOurs,
    async find(sought) {
      if (wideAccess.isWorthTrying()) {
        const all = await findIn(everyInstance, sought);
        if (all !== undefined) return newestOf(all, sought.count);
        wideAccess.noteRefusal();
      }
      const ours = await findOurs(sought);
      if (ours !== undefined) return ours;
      throw new BackendError('The account may read no list of instances', {
        code: 'forbidden',
        system: server.name,
        retryable: false,
        applied: 'no',
      });
    },
  };
}

/** Puts rows of several lists into one order; among those that started together the higher number is newer. */
function newestOf(rows: readonly InstanceRow[], count: number): readonly InstanceRow[] {
  const distinct = [...new Map(rows.map((row) => [row.id, row])).values()];
  return distinct
    .sort((a, b) => startOf(b) - startOf(a) || Number(b.referenceid ?? 0) - Number(a.referenceid ?? 0))
    .slice(0, count);
}

function startOf({ startdate }: InstanceRow): number {
  return parseTime(startdate) ?? 0;
}
