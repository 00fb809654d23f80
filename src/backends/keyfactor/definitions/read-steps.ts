import type { Log } from '../../../ports/log.js';
import { correlationIdOf, type HttpResponse, isSuccess, saysNothingThere } from '../http/answer.js';
import type { Client } from '../http/client.js';
import type { KeyfactorServer } from '../settings.js';
import { catalogueEntry, definitionWire, type StepWire } from '../wire/definition-wire.js';
import { readJson } from '../wire/read-json.js';

/** Reads definitions. Everything throws `BackendError` and `ContractError`. */
export interface ReadDefinitions {
  /** Gives the steps of one version; undefined if they may not be read. */
  steps(id: string, version: number): Promise<readonly StepWire[] | undefined>;
  /** Gives what the catalogue says of the parameters of approval steps; undefined if it may not be read. */
  approvalParameters(): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** Creates the reader of definitions, without a memory. */
export function createReadDefinitions(deps: {
  readonly client: Client;
  readonly server: KeyfactorServer;
  readonly log: Log;
}): ReadDefinitions {
  const { client, server, log } = deps;
  const wanted = server.apiVersion.definitions;
  let warned = false;

  async function read(path: string, version: string, definitionVersion?: number) {
    const response = await client.get(path, { version, query: { definitionVersion } });
    if (isSuccess(response)) return response;
    if (!saysNothingThere(response)) throw client.unexpected(response, 'GET', path);
    if (!warned) {
      warned = true;
      const fields = {
        system: server.name,
        path,
        status: response.status,
        correlationId: correlationIdOf(response),
      };
      log.warn(fields, 'Definitions may not be read; cards will not say who may approve');
    }
    return undefined;
  }

  return {
    async steps(id, version) {
      const path = `/Workflow/Definitions/${encodeURIComponent(id)}`;
      const parse = (response: HttpResponse) =>
        readJson(response, definitionWire, { system: server.name, path }).steps;
      const first = await read(path, wanted === 'auto' ? '1' : wanted, version);
      if (first === undefined) return undefined;
      if (wanted !== 'auto' || !offersVersion2(first)) return parse(first);
      // Version 2 names the roles, version 1 only numbers them.
      const better = await client.get(path, { version: '2', query: { definitionVersion: version } });
      return parse(isSuccess(better) ? better : first);
    },
    async approvalParameters() {
      const path = '/Workflow/Definitions/Steps/RequireApproval';
      const response = await read(path, '1');
      if (response === undefined) return undefined;
      return readJson(response, catalogueEntry, { system: server.name, path })
        .configurationparametersdefinition;
    },
  };
}

function offersVersion2(response: HttpResponse): boolean {
  return /(^|[\s,])2(\.0)?($|[\s,])/.test(response.headers['api-supported-versions'] ?? '');
}
