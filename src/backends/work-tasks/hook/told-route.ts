import type { InboundService } from '../../../ports/told-desk.js';
import type { WebRequest, WebResponse, WebRoute } from '../../../ports/web.js';
import { inboundResponse, refuse } from './answers.js';
import { type HookServer, type Keyholder, keyholdersOf, whoHolds } from './keyholders.js';
import { type InboundReading, readInbound, repositoryIn } from './read-told.js';
import { strangeOutputs } from './strange-outputs.js';
import { toInboundRequest } from './to-asked.js';

/** Where workflows tell that they wait. */
const inboundPath = '/hooks/work-tasks/approvals';

const maxBodyBytes = 65_536;

/**
 * Creates the address at which workflows tell that a step of theirs waits for people; undefined while no
 * repository has its hook on.
 */
export function createInboundRoute({
  servers,
  service,
}: {
  readonly servers: readonly HookServer[];
  readonly service: InboundService;
}): WebRoute | undefined {
  const keyholders = keyholdersOf(servers);
  if (keyholders.length === 0) return undefined;
  return {
    method: 'POST',
    path: inboundPath,
    maxBodyBytes,
    handle: (request) => handle(request, keyholders, service),
  };
}

async function handle(
  { headers, body }: WebRequest,
  keyholders: readonly Keyholder[],
  service: InboundService,
): Promise<WebResponse> {
  const own = whoHolds(headers.authorization ?? '', keyholders);
  if (own.length === 0) return refuse('unauthorized');
  if (!/^application\/json *(;|$)/i.test(headers['content-type'] ?? '')) return refuse('not-json');
  const named = repositoryIn(body);
  const holder = own.find(({ repository }) => repository.repository === named);
  if (named !== undefined && !holder) return refuse('other-repository');
  const reading = readInbound(body);
  const problems = problemsOf(reading, holder);
  if (reading.kind === 'wrong' || !holder || problems.length > 0) return refuse('malformed', problems);
  const result = await service.take(toInboundRequest(holder.system, reading.told));
  return inboundResponse(result, { ignored: reading.ignored, leftOut: reading.told.data?.leftOut ?? [] });
}

function problemsOf(reading: InboundReading, holder: Keyholder | undefined) {
  if (reading.kind === 'wrong') return reading.problems;
  return holder ? strangeOutputs(reading.told, holder.repository) : [];
}
