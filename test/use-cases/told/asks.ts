import { noFacts } from '../../../src/domain/request-facts.js';
import type { Asked, InboundResult } from '../../../src/ports/told-desk.js';
import { takeInboundApproval } from '../../../src/use-cases/observation/take-told-approval.js';
import { anInstance } from '../../support/an-approval.js';
import type { World } from '../world/open-world.js';

/** What a test may want a workflow to say differently. */
export interface Saying extends Partial<Omit<Asked, 'instance'>> {
  readonly run?: string;
  readonly step?: string;
  readonly facts?: Partial<Asked['instance']['facts']>;
}

/** A workflow's word that run-1 waits for people, under the key `leave`, asked for by Kim. */
export function asked({ run = 'run-1', step, facts = {}, ...rest }: Saying = {}): Asked {
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
        isTold: true,
      },
      fingerprint: '',
    },
    suggested: [],
    ...(key === undefined ? {} : { key }),
    ...rest,
  };
}

/** The same word without a key: all that is known is which activity waits. */
export function askedByActivity(activityId: string, saying: Saying = {}): Asked {
  const { key: _none, ...rest } = asked({ activityId, step: `activity:${activityId}`, ...saying });
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
  const reply = await takeInboundApproval(world.context, asked(saying));
  await world.deliver();
  return reply;
}

/** Lets the workflow say something more about what it told before. */
export async function say(world: World, more: Asked): Promise<InboundResult> {
  const reply = await takeInboundApproval(world.context, more);
  await world.deliver();
  return reply;
}
