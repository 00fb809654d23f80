import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Call, type Faults, json, OAuthRefusal, type Reply, readCall, refused } from './exchange.js';
import type { World } from './world.js';

type OrderedFault = ReturnType<Faults['take']>;

/** Creates the handler of HTTP calls: lets ordered faults happen, writes answers and keeps the record. */
export function createServe(deps: {
  readonly world: World;
  readonly faults: Faults;
  /** Path under which the issuer lives. */
  readonly issuerPath: string;
  readonly respond: (call: Call) => Promise<Reply>;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { world, faults, issuerPath, respond } = deps;
  return async (request, response) => {
    const call = await readCall(request, issuerPath);
    const fault = faults.take(call.path ?? '');
    const reply = await replyWith(fault, () => respondOrRefuse(respond, call));
    const isSilent = fault !== undefined && /^(hang|drop)-/.test(fault.fault);
    world.records.requests.push({
      method: call.method,
      path: call.path ?? '',
      grantType: call.form.get('grant_type'),
      status: isSilent ? 'none' : reply.status,
      at: world.now(),
    });
    if (fault?.fault.startsWith('drop-')) request.socket.destroy();
    if (isSilent) return;
    if (fault?.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.delayMs).unref());
    // Clients measure clock skew by this header, so it has to follow the injected clock.
    response.setHeader('Date', new Date(world.now()).toUTCString());
    response.writeHead(reply.status, { ...reply.headers });
    response.end(reply.body);
  };
}

async function respondOrRefuse(respond: (call: Call) => Promise<Reply>, call: Call): Promise<Reply> {
  try {
    return await respond(call);
  } catch (error) {
    if (error instanceof OAuthRefusal) return refused(error);
    throw error;
  }
}

async function replyWith(fault: OrderedFault, respond: () => Promise<Reply>): Promise<Reply> {
  const gateway = (status: number, headers = {}): Reply => ({ status, headers, body: 'Bad gateway' });
  switch (fault?.fault) {
    case undefined:
    case 'slow':
    case 'hang-after-effect':
    case 'drop-after-effect':
      return respond();
    case 'http-429':
      return gateway(429, { 'Retry-After': '1' });
    case 'http-503':
      return gateway(503);
    case 'not-json':
      return { ...json(null), body: '{"access_token": <!-- proxy -->' };
    default:
      return gateway(500);
  }
}
