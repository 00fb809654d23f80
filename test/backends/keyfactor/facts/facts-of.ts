import { readFacts } from '../../../../src/backends/keyfactor/facts.js';
import { instanceDetail } from '../../../../src/backends/keyfactor/wire.js';
import type { RequestFacts } from '../../../../src/domain/request.js';

/** Reads the facts of an instance with these values, as they would come over the wire. */
export async function factsOf(
  current: unknown,
  rest: { readonly initial?: unknown; readonly title?: string; readonly type?: string } = {},
): Promise<RequestFacts> {
  return readFacts(
    instanceDetail.parse({
      Id: '8f98032a-29b9-4307-9d7b-dc19575191f2',
      Status: 'Suspended',
      Title: rest.title ?? null,
      Definition: { Id: 'd', DisplayName: 'Any', Version: 1, WorkflowType: rest.type ?? 'Enrollment' },
      InitialData: rest.initial ?? null,
      CurrentStateData: current,
    }),
  );
}
