import { describe, expect, it } from '@jest/globals';
import type { StartableWorkflow } from '../../../../src/domain/change.js';
import type { CommandLine } from '../../../../src/domain/commands.js';
import type { LiveBackend } from '../../../../src/ports/backend.js';
import { defined } from '../../../../src/shared/language.js';
import { useCasesOn } from '../../../../src/slack/use-cases.js';
import { aPolicy } from '../../../domain/a-policy.js';
import { noonMs } from '../../../support/an-approval.js';
import { createFakeBackend } from '../../../support/fake-backend.js';
import { people } from '../../world/people.js';
import { createWorlds } from '../../world/worlds.js';

const worlds = createWorlds();
const startables: readonly StartableWorkflow[] = [
  { system: 'plant', definition: 'Leave WF', title: 'Leave request', variables: [] },
  { system: 'office', definition: 'Leave WF', variables: [] },
  { system: 'plant', definition: 'Shut the plant down', variables: [] },
  { system: 'reader', definition: 'Read only', variables: [] },
];

function aSystem(system: string, changes: LiveBackend['operations']['changes']): LiveBackend {
  const { backend } = createFakeBackend({ now: () => noonMs });
  return { ...backend, system, label: `The ${system}`, operations: { changes, changeTimeoutMs: 1_000 } };
}

/** Ada may start leave workflows anywhere, and Gus, a guest, is named by the rule too. */
async function aService() {
  const world = await worlds.open();
  const backends = [
    aSystem('plant', ['execute']),
    aSystem('office', ['execute']),
    aSystem('reader', ['restart']),
  ];
  world.restart({
    policy: aPolicy({
      startables,
      operators: [
        {
          name: 'Leave',
          people: [people.ada.id, people.gus.id],
          verbs: ['execute'],
          definitions: ['Leave*', 'Read*'],
        },
      ],
    }),
    backends: new Map(backends.map((backend) => [backend.system, backend])),
  });
  const service = useCasesOn(world.context).commands;
  const line = (workflow?: string, system?: string): Extract<CommandLine, { verb: 'execute' }> => ({
    verb: 'execute',
    values: [],
    ...defined({ workflow, system }),
  });
  const run = (workflow: string, system?: string) =>
    service.run(line(workflow, system), { person: people.ada.id });
  const isOpen = (workflow?: string) => service.isStartOpen(line(workflow), { person: people.ada.id });
  const offered = async (actor: 'ada' | 'bo' | 'gus') =>
    (await service.startOptions({ person: people[actor].id })).map(
      ({ label, startable }) => `${label}: ${startable.definition}`,
    );
  return { world, run, isOpen, offered };
}

describe('what can be started', () => {
  it('is offered to whom a rule lets start it, where a system starts any', async () => {
    const { offered } = await aService();
    expect(await offered('ada')).toEqual(['The office: Leave WF', 'The plant: Leave WF']);
    expect(await offered('bo')).toEqual([]);
  });

  it('is not offered to a guest, although the rule names them', async () => {
    const { offered } = await aService();
    expect(await offered('gus')).toEqual([]);
  });

  it('has yet to be chosen while nothing was named, several fit or none does', async () => {
    const { isOpen } = await aService();
    expect([isOpen(), isOpen('Leave WF'), isOpen('leave'), isOpen('nonsense')]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([isOpen('Leave request'), isOpen('request')]).toEqual([false, false]);
  });

  it('stays hidden from whoever may not start it, unless it was named exactly', async () => {
    const { isOpen, run } = await aService();
    expect([isOpen('plant down'), isOpen('Shut the plant down')]).toEqual([true, false]);
    expect(await run('plant down')).toMatchObject({ kind: 'not-found' });
    expect(await run('Shut the plant down')).toMatchObject({ kind: 'not-allowed' });
    expect(await run('Read only')).toMatchObject({ kind: 'unsupported' });
  });

  it('is proposed in the system it was chosen in, where two have one of that name', async () => {
    const { run } = await aService();
    expect(await run('Leave WF', 'office')).toMatchObject({
      kind: 'proposal',
      record: { change: { system: 'office', definition: 'Leave WF' }, phase: 'proposed' },
    });
    expect(await run('Leave WF')).toMatchObject({ kind: 'bad-value', name: 'workflow' });
  });
});
