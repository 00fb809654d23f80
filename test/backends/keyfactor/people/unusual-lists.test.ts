import { describe, expect, it } from '@jest/globals';
import type { Client, HttpResponse } from '../../../../src/backends/keyfactor/client.js';
import {
  createInstances,
  createReadPage,
  createWaitingStatuses,
} from '../../../../src/backends/keyfactor/instances.js';
import { createObserve } from '../../../../src/backends/keyfactor/observe.js';
import { keyfactorServer } from '../../../../src/backends/keyfactor/settings.js';
import { instanceDetail, instanceRow } from '../../../../src/backends/keyfactor/wire.js';
import { toTheEnd } from '../polling-backend.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const notes = { getNote: async () => undefined, putNote: async () => {} };
const server = keyfactorServer.parse({ name: 'corp', hostname: 'kf.example.com', auth: { kind: 'token' } });

describe('a run that waits for something other than people', () => {
  const raw = { Id: 'a', Status: 'Suspended', CurrentStepUniqueName: 'Wait1' };

  it.each([
    ['Callback', false],
    ['ApprovalStatus', true],
  ])('is told by its signals: %s', async (SignalName, isAssigned) => {
    const instances = createInstances({
      system: 'corp',
      list: async () => ({ rows: [instanceRow.parse(raw)], pages: 1 }),
      readDetail: async () => instanceDetail.parse({ ...raw, Signals: [{ SignalName }] }),
      statuses: createWaitingStatuses('corp', notes),
      signalAs: 'person',
    });
    const findSuccessors = async () => [];
    const observe = toTheEnd(
      createObserve({
        system: 'corp',
        instances,
        findSuccessors,
        pollChanges: async () => ({ isUnchanged: false }),
        signalAs: 'person',
        log: quiet,
      }),
    );
    expect((await observe([])).snapshots).toMatchObject([{ kind: 'seen', isAssigned }]);
    expect(await instances.isAssigned({ system: 'corp', id: 'a' })).toBe(isAssigned);
  });
});

describe('a server that does not sort by every field', () => {
  const reader = (replyTo: (sortField: unknown) => Partial<HttpResponse>) => {
    const requested: unknown[] = [];
    const client: Pick<Client, 'get' | 'unexpected'> = {
      async get(_path, { query }) {
        requested.push(query?.SortField);
        return { status: 200, headers: {}, body: '[]', ...replyTo(query?.SortField) };
      },
      unexpected: ({ status }) => new Error(`answered ${status}`),
    };
    return { asked: requested, readPage: createReadPage({ client, server, log: quiet }) };
  };
  const waiting = { list: '/Workflow/Instances', queryString: 'Status -eq "Suspended"' } as const;

  it('is asked for another one from then on, also where a query leaves rows out', async () => {
    const { asked: requested, readPage } = reader((field) => ({ status: field === 'StartDate' ? 200 : 400 }));
    expect((await readPage(waiting, 1)).rows).toEqual([]);
    expect((await readPage(waiting, 2)).rows).toEqual([]);
    expect(requested).toEqual(['ReferenceId', 'StartDate', 'StartDate']);
  });

  it('is not misjudged when it is the query that it refuses', async () => {
    let isBroken = true;
    const { asked: requested, readPage } = reader(() => ({ status: isBroken ? 400 : 200 }));
    await expect(readPage(waiting, 1)).rejects.toThrow('answered 400');
    isBroken = false;
    await readPage(waiting, 1);
    expect(requested).toEqual(['ReferenceId', 'StartDate', 'ReferenceId']);
  });
});
