import { expect, it } from '@jest/globals';
import type { Snapshot } from '../../src/domain/approval-lifecycle.js';
import { createObservationLease } from '../../src/use-cases/leases.js';
import { createResponseTimes, type ResponseTime } from '../../src/use-cases/monitoring.js';
import { observeAlone } from '../../src/use-cases/replicas.js';
import { anInstance } from '../support/an-approval.js';
import { createWorlds } from './world/worlds.js';

const worlds = createWorlds();
const system = 'command';

it('takes everything a long look finds for an answer of the system', async () => {
  const { context, command, clock } = await worlds.open();
  const responseTimes = createResponseTimes();
  const times: ResponseTime[] = [];
  async function* slowly(): AsyncGenerator<Snapshot, void> {
    for (const id of ['1', '2', '3']) {
      times.push(responseTimes.of(system));
      for (let poll = 0; poll < 3; poll += 1) responseTimes.notePoll(system);
      command.start(id);
      yield { kind: 'seen', instance: anInstance({ ref: { system, id } }), isAssigned: true };
    }
  }
  const backend = { ...command.backend, observe: async () => ({ snapshots: slowly() }) };
  await observeAlone(context, { backend, lease: createObservationLease(context, system), responseTimes });
  const answered = { respondedAtMs: clock.now(), pollsSince: 0 };
  expect(times).toEqual([answered, answered, answered]);
  expect(await context.store.listTracked(system)).toHaveLength(3);
});
