import type { Change } from '../../../domain/change.js';
import type { Sent } from '../http/client.js';
import type { Plan, PlanContext } from './plan.js';
import { startVariables } from './start-variables.js';

/** Works out the call that starts a workflow; only workflows the settings list are started. */
export function planStart(
  { definition, variables }: Extract<Change, { kind: 'execute' }>,
  user: string,
  { server, repository, secrets }: PlanContext,
): Plan {
  const known = repository.workflows.find(({ name }) => name.toLowerCase() === definition.toLowerCase());
  if (known === undefined) {
    return { kind: 'refused', reason: 'not-sendable', said: 'the settings list no such workflow' };
  }
  const start = startVariables(variables, known, server);
  if (start.kind === 'wrong') return { kind: 'refused', reason: 'not-sendable', said: start.said };
  const names = { repository: repository.repository, workflow: known.name };
  if (start.variables.length === 0) {
    // An empty version means the latest.
    return { kind: 'send', call: 'execute', body: { ...names, version: '', user }, confidential: [] };
  }
  const refreshTokenInfo = server.sendRefreshTokenInfo ? secrets.refreshTokenInfo : undefined;
  const body: Sent = {
    ...names,
    user,
    data: server.dataDefault,
    variables: server.variables === 'array' ? start.variables : JSON.stringify(start.variables),
    ...(refreshTokenInfo === undefined ? {} : { refreshtokeninfo: asGiven(refreshTokenInfo) }),
  };
  const values = start.variables.map(({ value }) => value);
  return {
    kind: 'send',
    call: 'executeWithVariables',
    body,
    confidential: [server.dataDefault, ...values, ...textsIn(refreshTokenInfo)],
  };
}

/** Its keys are documented nowhere: what is given is passed on. */
function asGiven(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

function textsIn(refreshTokenInfo: string | undefined): readonly string[] {
  if (refreshTokenInfo === undefined) return [];
  const value = asGiven(refreshTokenInfo);
  const inner = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return [refreshTokenInfo, ...inner.filter((one) => typeof one === 'string')];
}
