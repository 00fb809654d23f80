import { noFacts } from '../../../src/domain/request.js';
import type { InboundRequest, InboundResult } from '../../../src/ports/chat.js';
import { defined } from '../../../src/shared/language.js';
import { takeInboundApproval } from '../../../src/use-cases/approvals/observe.js';
import { anInstance } from '../../support/an-approval.js';
import type { World } from '../world/open-world.js';

/** What a test may want a workflow to say differently. */
export interface Saying extends Partial<Omit<InboundRequest, 'instance'>> {
  readonly run?: string;
  readonly step?: string;
  readonly facts?: Partial<InboundRequest['instance']['facts']>;
}

/** A workflow's word that run-1 waits for people, under the key `leave`, asked for by Kim. */
export function request({ run = 'run-1', step, facts = {}, ...rest }: Saying = {}): InboundRequest {
  const { key, activityId } = { key: 'leave', ...rest };
  const { startedAtMs: _start, modifiedAtMs: _change, ...instance } = anInstance();
  const uniqueName = step ?? (key === undefined ? `activity:${activityId}` : `key:${key}`);
  return {
    instance: {
      ...instance,
      ref: { system: 'command', id: run },
      title: facts.subject ?? 'Two weeks of leave',
      status: { kind: 'suspended', raw: '' },
      step: { uniqueName, name: 'Approval' },
      facts: {
        ...noFacts,
        requesters: ['KEYEXAMPLE\\rkim'],
        subject: 'Two weeks of leave',
        ...facts,
        isInbound: true,
      },
      fingerprint: '',
    },
    suggested: [],
    ...defined({ key }),
    ...rest,
  };
}

/** The same word without a key: all that is known is which activity waits. */
export function requestByActivity(activityId: string, saying: Saying = {}): InboundRequest {
  const { key: _none, ...rest } = request({ activityId, step: `activity:${activityId}`, ...saying });
  return rest;
}

/** Starts a run that waits where nobody could observe it, and lets it tell. */
export async function send(world: World, saying: Saying = {}): Promise<InboundResult> {
  const { run = 'run-1', key = 'leave' } = saying;
  world.command.start(run, [
    { uniqueName: `key:${key}`, needed: 1 },
    { uniqueName: 'what-follows', needed: 1 },
  ]);
  world.command.set(run, { isForBot: false });
  const reply = await takeInboundApproval(world.context, request(saying));
  await world.deliver();
  return reply;
}

/** Lets the workflow say something more about what it told before. */
export async function say(world: World, more: InboundRequest): Promise<InboundResult> {
  const reply = await takeInboundApproval(world.context, more);
  await world.deliver();
  return reply;
}
