import { ContractError } from '../../../ports/errors.js';
import { isSuccess, saysNothingThere } from '../http/answer.js';
import type { Client } from '../http/client.js';
import type { KeyfactorServer } from '../settings.js';
import { type InstanceDetail, instanceDetail } from '../wire/instance-wire.js';
import { readJson } from '../wire/read-json.js';

/** Reads one instance in full; undefined if it is not there, or not for us. */
export type ReadInstance = (id: string) => Promise<InstanceDetail | undefined>;

/** Creates the reader of single instances. It throws `BackendError` and `ContractError`. */
export function createReadInstance(client: Client, server: KeyfactorServer): ReadInstance {
  return async (id) => {
    const path = instancePath(id);
    const response = await client.get(path, { version: server.apiVersion.instances });
    if (saysNothingThere(response)) return undefined;
    if (!isSuccess(response)) throw client.unexpected(response, 'GET', path);
    const detail = readJson(response, instanceDetail, { system: server.name, path });
    if (detail.id === id.toLowerCase()) return detail;
    throw new ContractError(`${path} was answered with another instance`, {
      system: server.name,
      paths: ['Id'],
    });
  };
}

/** Gives the path of one instance. */
export function instancePath(id: string): string {
  return `/Workflow/Instances/${encodeURIComponent(id)}`;
}
