import { type Change, isAllowed } from '../../../domain/change.js';
import type { Instance, InstanceRef } from '../../../domain/instance.js';
import type { InstanceReading } from '../../../ports/backend.js';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { ActingIdentity, ChangeResult } from '../../../ports/operations.js';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import type { Client } from '../http/client.js';
import { executionRef } from '../translate/execution-ref.js';
import { outcomeOf } from '../translate/outcome-of.js';
import { executionIdOf } from '../wire/execution-id-of.js';
import { failureOfChange } from '../wire/failure-in.js';
import { type Body, readBody } from '../wire/read-body.js';
import { saidBy } from '../wire/said-by.js';
import type { PlanContext } from './plan.js';
import { planChange } from './plan-change.js';
import { withoutValues } from './without-values.js';

/** Makes a change on behalf of somebody. Throws `BackendError` when it may have been made all the same. */
export type MakeChange = (change: Change, as: ActingIdentity) => Promise<ChangeResult>;

/** Creates the maker of changes: each is sent once, and never again by itself. */
export function createMakeChange(
  deps: PlanContext & {
    readonly system: string;
    readonly client: Client;
    readonly read: (ref: InstanceRef) => Promise<InstanceReading>;
  },
): MakeChange {
  const { system, client, read } = deps;
  return async (change, as) => {
    const plan = planChange(change, as, deps);
    if (plan.kind === 'refused') return plan;
    const response = await client.post(plan.call, plan.body);
    const outcome = outcomeOf(response, failureOfChange);
    if (outcome.kind === 'done') {
      return change.kind === 'execute' ? startedAs(outcome.body, system, nameIn(plan.body)) : accepted;
    }
    // Left out before the sentence is cut, so that no half of a value stays.
    const quiet = { ...response, body: withoutValues(response.body, plan.confidential) };
    if (outcome.kind === 'unclear') throw client.unexpected(response, plan.call, saidBy(readBody(quiet)));
    const { reason } = outcome;
    const isVague = change.kind !== 'execute' && (reason === 'engine-down' || reason === 'bad-request');
    return refused(isVague && (await isOutOfPlace(change, read)) ? 'wrong-state' : reason, saidIn(quiet));
  };
}

const accepted: ChangeResult = { kind: 'accepted' };

function refused(reason: Extract<ChangeResult, { kind: 'refused' }>['reason'], said: string): ChangeResult {
  return { kind: 'refused', reason, ...(said === '' ? {} : { said }) };
}

function saidIn(response: HttpResponse): string {
  const outcome = outcomeOf(response, failureOfChange);
  return outcome.kind === 'refused' ? outcome.said : '';
}

/** Names what was started; a server that says yes without an id has started it all the same. */
function startedAs(body: Body, system: string, workflow: string): ChangeResult {
  const reading = executionIdOf(body);
  if (reading.kind === 'none-made') return refused('bad-request', 'the server made no execution');
  if (reading.kind === 'absent') return accepted;
  return { kind: 'accepted', started: executionRef(system, { workflow, executionId: reading.executionId }) };
}

function nameIn({ workflow }: Readonly<Record<string, unknown>>): string {
  return typeof workflow === 'string' ? workflow : '';
}

/** Tells whether a run stands where the change makes no sense, which vague refusals may have meant. */
async function isOutOfPlace(
  change: Exclude<Change, { kind: 'execute' }>,
  read: (ref: InstanceRef) => Promise<InstanceReading>,
): Promise<boolean> {
  try {
    const reading = await read(change.instance);
    return reading.kind === 'found' && !fits(change, reading.instance);
  } catch (error) {
    if (error instanceof BackendError || error instanceof ContractError) return false;
    throw error;
  }
}

/** A paused run resumes; one that failed resumes after its error. */
function fits(change: Exclude<Change, { kind: 'execute' }>, instance: Instance): boolean {
  const { kind } = instance.status;
  if (change.kind === 'resume' && (kind === 'paused' || kind === 'failed')) {
    return change.afterError === (kind === 'failed');
  }
  return isAllowed(change.kind, instance);
}
