import { readFacts } from '../../dist/backends/keyfactor/facts.js';
import { instanceDetail } from '../../dist/backends/keyfactor/wire.js';
import { createCsr } from '../../dist/sandbox/keyfactor/samples.js';
import { cpuMsOf, median } from './measure.mjs';

/** How long a request of many names takes to be read, once the parser is loaded. */
export async function measureReading({ isShort }) {
  const dns = Array.from({ length: 1_000 }, (_, at) => `host-${at}.plant.keyexample.com`);
  const csr = await createCsr({ subject: `CN=${dns[0]}`, sans: { dns } });
  const detail = instanceDetail.parse({
    Id: '8f98032a-29b9-4307-9d7b-dc19575191f2',
    Status: 'Suspended',
    Definition: { Id: 'd', DisplayName: 'Any', Version: 1, WorkflowType: 'Enrollment' },
    CurrentStateData: { CSR: csr },
  });
  const taken = [];
  for (let run = 0; run < (isShort ? 20 : 50); run += 1) {
    let facts;
    taken.push(
      await cpuMsOf(async () => {
        facts = await readFacts(detail);
      }),
    );
    if (facts.names.length !== dns.length) throw new Error('Names are missing');
  }
  const [, ...warm] = taken;
  return [
    {
      name: 'a request of 1,000 names read, processor time',
      value: median(warm),
      spread: warm,
      unit: 'ms',
      floor: 20,
      floorName: 'the limit of 20 ms',
      target: 1,
    },
  ];
}
