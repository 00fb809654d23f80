import type { Instance, InstanceRef } from '../../../domain/instance.js';
import { BackendError } from '../../../ports/errors.js';
import type { KeyfactorServer } from '../settings.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import { parseTime } from '../wire/parse-time.js';
import type { ListInstances } from './list-instances.js';
import { createWideAccess } from './wide-access.js';

/** Lists the instances as which a restarted one may go on, among all that may be read or else among `rows`. */
export type FindSuccessors = (
  restarted: Instance,
  rows: readonly InstanceRow[],
) => Promise<readonly InstanceRef[]>;

/** The old instance is marked at about the moment the new one starts, in no promised order. */
const slackMs = 2_000;

/** Creates the search for what a restarted instance became; its new id is told nowhere. */
export function createFindSuccessors(deps: {
  readonly server: KeyfactorServer;
  readonly list: ListInstances;
  readonly now: () => number;
}): FindSuccessors {
  const { server, list, now } = deps;
  const wideAccess = createWideAccess(server, now);

  async function listStarted(definitionId: string, sinceMs: number) {
    if (!wideAccess.isWorthTrying()) return undefined;
    const since = new Date(sinceMs).toISOString();
    const queryString = `DefinitionId -eq "${definitionId}" AND StartDate -ge "${since}"`;
    try {
      return (await list({ list: '/Workflow/Instances', queryString })).rows;
    } catch (error) {
      const isRefused = error instanceof BackendError && ['forbidden', 'rejected'].includes(error.code);
      if (!isRefused) throw error;
      wideAccess.noteRefusal();
      return undefined;
    }
  }

  return async (restarted, rows) => {
    const { definition, modifiedAtMs, startedAtMs, title, ref } = restarted;
    const endedAtMs = modifiedAtMs ?? startedAtMs;
    if (endedAtMs === undefined || !/^[\w-]+$/.test(definition.id)) return [];
    const sinceMs = endedAtMs - slackMs;
    const candidates = (await listStarted(definition.id, sinceMs)) ?? rows;
    return candidates
      .filter(
        (row) =>
          row.id !== ref.id &&
          row.definition?.id === definition.id &&
          (row.title ?? '') === title &&
          (parseTime(row.startdate) ?? 0) >= sinceMs,
      )
      .map(({ id }) => ({ system: server.name, id }));
  };
}
