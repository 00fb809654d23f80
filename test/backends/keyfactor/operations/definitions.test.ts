import { afterEach, describe, expect, it } from '@jest/globals';
import { approvalStep, type Bench, startBench } from '../start-bench.js';
import { idsOf, narrow, operationsOf, startRuns } from './an-operations-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const define = (displayName: string, change = {}) =>
  bench.command.addDefinition({
    displayName,
    workflowType: 'Enrollment',
    steps: [approvalStep()],
    ...change,
  });

describe('definitions', () => {
  const definitions = (text: string) => operationsOf(bench).definitions(text);

  it.each(['auto', '1', '2'])(
    'are listed by name through version %s, with the version that runs',
    async (version) => {
      bench = await startBench({ settings: { apiVersion: { definitions: version } } });
      const web = define('Web server');
      bench.command.addVersion(web, [approvalStep()]);
      define('Mail', { publish: false, workflowType: 'Revocation' });
      expect(await definitions('')).toEqual([
        { id: expect.any(String), name: 'Mail', version: 1, type: 'Revocation' },
        { id: web, name: 'Web server', version: 1, type: 'Enrollment' },
      ]);
      bench.command.publish(web);
      expect(await definitions('SERVER web')).toMatchObject([{ id: web, version: 2 }]);
    },
  );

  it.each(['" OR DisplayName -contains "', '%', '"'])('are none for %j', async (text) => {
    bench = await startBench();
    define('Web');
    expect(await definitions(text)).toEqual([]);
  });

  it('may be out of reach', async () => {
    bench = await startBench({ permissions: ['/workflows/instances/read/'] });
    expect(await bench.failure(definitions(''))).toMatchObject({ code: 'forbidden' });
  });

  it('are read to the end of a long list', async () => {
    bench = await startBench({ behaviour: { totalCountHeader: false } });
    for (let count = 0; count < 510; count += 1) define(`Web ${count}`);
    expect(await definitions('web')).toHaveLength(510);
  });
});

describe('the last run of a definition', () => {
  const last = (definition: string) => operationsOf(bench).last(definition);

  it('is the newest one, by the name or the id of the definition, read in full', async () => {
    bench = await startBench();
    const web = define('Web');
    const [, newest = ''] = startRuns(bench, ['a', 'b'], web);
    startRuns(bench, ['c'], define('Web server'));
    const full = await bench.found(newest);
    expect(await last(' web ')).toEqual(full);
    expect(await last(web.toUpperCase())).toEqual(full);
  });

  it('is the newest of all definitions with that name', async () => {
    bench = await startBench();
    startRuns(bench, ['a'], define('Web'));
    const ids = startRuns(bench, ['b'], define('Web'));
    expect((await last('Web'))?.ref.id).toBe(ids[0]);
  });

  it('is absent where there is none, or no such definition', async () => {
    bench = await startBench();
    startRuns(bench, ['a'], define('Web'));
    define('Mail');
    expect([
      await last('Mail'),
      await last('Web" OR DefinitionId -ne "x'),
      await last('We'),
      await last(''),
      await last('00000000-0000-4000-8000-000000000000'),
    ]).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('is found by the name its rows tell when definitions may not be read', async () => {
    bench = await startBench({ permissions: ['/workflows/instances/read/'] });
    const ids = startRuns(bench, ['a', 'b'], define('Web'));
    startRuns(bench, ['c'], define('Mail'));
    expect((await last('web'))?.ref.id).toBe(ids[1]);
  });

  it('is the newest that may be seen', async () => {
    bench = await startBench({ permissions: narrow });
    const ours = startRuns(bench, ['a'], define('Web'));
    startRuns(bench, ['b'], define('Web', { steps: [approvalStep({ roles: ['Others'] })] }));
    const run = await last('Web');
    expect(idsOf(run === undefined ? [] : [run])).toEqual(ours);
  });
});
