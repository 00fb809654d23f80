import type { Change } from '../../../domain/change.js';
import type { ChangeRefusal, ChangeResult } from '../../../ports/operations.js';
import type { HttpResponse } from '../http/answer.js';
import type { Client, Query } from '../http/client.js';
import { messageIn } from '../http/describe-answer.js';
import { judgeWrite } from '../http/judge-write.js';
import { instancePath } from '../instances/read-instance.js';
import type { KeyfactorServer } from '../settings.js';

/** The kinds of change this platform takes. */
export const keyfactorChanges = ['restart', 'stop'] as const satisfies readonly Change['kind'][];

/**
 * Creates the maker of changes; each is sent once, whatever comes of it.
 *
 * Throws `BackendError` for everything that leaves open what happened. The answer to a restart does not name the
 * run that was started.
 */
export function createChange(deps: {
  readonly server: KeyfactorServer;
  readonly client: Client;
}): (change: Change) => Promise<ChangeResult> {
  const { server, client } = deps;
  return async (change) => {
    const { id, action, query } = orderOf(change);
    // Anything else in the place of an id could lead to another address.
    if (!/^[\w-]+$/.test(id)) return { kind: 'refused', reason: 'not-found' };
    const path = `${instancePath(id)}/${action}`;
    const response = await client.post(path, {
      version: server.apiVersion.instances,
      query,
      deadline: AbortSignal.timeout(server.signalTimeout),
    });
    const judged = judge(response);
    if (judged === undefined) throw client.unexpected(response, 'POST', path);
    return judged;
  };
}

function orderOf(change: Change): {
  readonly id: string;
  readonly action: 'Restart' | 'Stop';
  readonly query: Query;
} {
  switch (change.kind) {
    case 'restart':
      return { id: change.instance.id, action: 'Restart', query: { version: change.version } };
    case 'stop':
      return { id: change.instance.id, action: 'Stop', query: {} };
    default:
      throw new Error(`Keyfactor Command takes no change of the kind ${change.kind}.`);
  }
}

function judge(response: HttpResponse): ChangeResult | undefined {
  const judgement = judgeWrite(response);
  if (judgement === undefined) return undefined;
  if (judgement === 'done') return { kind: 'accepted' };
  const said = messageIn(response);
  const reason = judgement === 'bad-request' ? rejectionOf(response) : reasons[judgement];
  return { kind: 'refused', reason, ...(said === undefined ? {} : { said }) };
}

const reasons = {
  'sign-in': 'sign-in',
  forbidden: 'no-permission',
  'not-there': 'not-found',
} as const;

/** The server rejects what does not fit the state of a run, and has no other code for a bad request. */
function rejectionOf({ status }: HttpResponse): ChangeRefusal {
  return status === 400 || status === 409 ? 'wrong-state' : 'bad-request';
}
