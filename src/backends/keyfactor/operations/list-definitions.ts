import type { Definition } from '../../../domain/instance.js';
import type { Log } from '../../../ports/log.js';
import { isSuccess } from '../http/answer.js';
import type { Client } from '../http/client.js';
import { pageQuery } from '../instances/page-query.js';
import type { KeyfactorServer } from '../settings.js';
import { type DefinitionRow, definitionRow } from '../wire/definition-wire.js';
import { readRows } from '../wire/read-rows.js';
import { collectRows } from './search/collect-rows.js';
import { containsAll, hasTerms, termsOf } from './search/words.js';

/** Lists definitions whose name has all words of a text in it, by name. */
export type ListDefinitions = (text: string) => Promise<readonly Definition[]>;

const path = '/Workflow/Definitions';

/** Far more than one server has. */
const definitionsLimit = 1_000;

/** Creates the list of definitions. It throws `BackendError` and `ContractError`. */
export function createListDefinitions(deps: {
  readonly client: Client;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ListDefinitions {
  const { client, server, log } = deps;
  const wanted = server.apiVersion.definitions;
  // What a list shows is the same in both versions, and every server has the first.
  const version = wanted === 'auto' ? '1' : wanted;

  async function read(page: number, pageSize: number, queryString: string | undefined) {
    const order = { sortField: 'DisplayName', order: 'ascending' } as const;
    const query = pageQuery(path, { queryString, page, pageSize, ...order }, server);
    const response = await client.get(path, { version, query });
    if (!isSuccess(response)) throw client.unexpected(response, 'GET', path);
    return readRows(response, definitionRow, { system: server.name, path, log });
  }

  return async (text) => {
    const terms = termsOf(text);
    if (terms.length === 0 && text.trim() !== '') return [];
    const rows = await collectRows(read, {
      queryString: terms.length === 0 ? undefined : containsAll('DisplayName', terms),
      fits: ({ displayname }) => hasTerms(displayname, terms),
      count: definitionsLimit,
    });
    return rows.map(toDefinition).sort((a, b) => a.name.localeCompare(b.name));
  };
}

/** Tells the version that runs; one that was never published has only its draft. */
function toDefinition({ id, displayname, workflowtype, ...row }: DefinitionRow): Definition {
  const version = Number(row.publishedversion ?? row.draftversion ?? 0);
  return {
    id,
    name: displayname ?? '',
    version: Number.isInteger(version) ? version : 0,
    type: workflowtype ?? '',
  };
}
