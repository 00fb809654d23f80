import type { Instance } from '../../../../src/domain/instance.js';
import type { Operations } from '../../../../src/ports/backend.js';
import type { Bench } from '../start-bench.js';
import { bot, secrets } from '../start-bench.js';

/** Everything an operator's bot may do. */
export const wide = [
  '/workflows/instances/read/',
  '/workflows/definitions/read/',
  '/workflows/instances/manage/',
];

/** What a bot that only approves is given. */
export const narrow = ['/workflows/instances/read/pending/', '/workflows/definitions/read/'];

/** Gives the bot other permissions while it runs. */
export function permit({ command }: Bench, permissions: readonly string[], roles = ['Approvers']): void {
  command.addIdentity({ name: bot, password: secrets.password, roles, permissions });
}

/** Gives every operation there is; this system lacks none of them. */
export function operationsOf({ backend }: Bench): Required<Omit<Operations, 'output' | 'variable'>> {
  const { find, list, definitions, last, change, findSuccessors, latestVersion, ...others } =
    backend.operations;
  if (!find || !list || !definitions || !last || !change || !findSuccessors || !latestVersion) {
    throw new Error('An operation is missing.');
  }
  return { find, list, definitions, last, change, findSuccessors, latestVersion, ...others };
}

/** Starts runs of one definition, a minute apart, and gives their ids, oldest first. */
export function startRuns(bench: Bench, titles: readonly string[], definition: string): readonly string[] {
  return titles.map((title) => {
    bench.advanceClock(60_000);
    return bench.command.startInstance({ definition, title, initiator: 'CORP\\jsmith' });
  });
}

export function idsOf(instances: readonly Instance[]): readonly string[] {
  return instances.map(({ ref }) => ref.id);
}

/** Gives the queries that reached a path, decoded. */
export function queriesAt({ command }: Bench, path: RegExp): readonly string[] {
  return command.requests.filter((one) => path.test(one.path)).map(({ query }) => decodeURIComponent(query));
}
