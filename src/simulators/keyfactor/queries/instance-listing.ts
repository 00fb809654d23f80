import type { Instance } from '../engine/model.js';
import { stepNamed } from '../engine/model.js';
import { reportedChange } from '../wire/instance-json.js';
import type { World } from '../world/world.js';
import type { Field } from './match-query.js';
import type { Listing } from './paging.js';

const twoHoursMs = 7_200_000;

/** Gives the columns of the lists of runs. */
export function instanceListing(world: World): Listing<Instance> {
  const step = (instance: Instance) => stepNamed(world.stepsOf(instance), instance.stepName);
  const definition = (instance: Instance) => world.definitions.find(instance.definitionId);
  return {
    defaultSort: 'CurrentStepDisplayName',
    fields: [
      text('Id', ({ id }) => id),
      text('DefinitionId', ({ definitionId }) => definitionId),
      text('InitiatingUserName', ({ initiator }) => initiator),
      text('Status', ({ status }) => status),
      text('Title', ({ title }) => title),
      text('WorkflowType', (instance) => definition(instance)?.workflowType ?? null),
      text('CurrentStepDisplayName', (instance) => step(instance)?.displayName ?? null, false),
      text('CurrentStepUniqueName', ({ stepName }) => stepName, false),
      { name: 'ReferenceId', kind: 'number', read: ({ referenceId }) => referenceId, isFilter: true },
      { name: 'StartDate', kind: 'date', read: ({ startedAt }) => startedAt, isFilter: true },
      changeField(world),
    ],
  };
}

function text(name: string, read: (instance: Instance) => string | null, isFilter = true): Field<Instance> {
  return { name, kind: 'text', read, isFilter };
}

function changeField(world: World): Field<Instance> {
  const { queriesByChange, sortsByChange } = world.behaviour();
  const read = (instance: Instance) => reportedChange(world, instance);
  const lateBy = queriesByChange === 'late' ? twoHoursMs : 0;
  return {
    name: 'LastModified',
    kind: 'date',
    read,
    compared: (instance) => {
      const at = read(instance);
      return at === null ? null : at - lateBy;
    },
    isFilter: queriesByChange !== 'refused',
    isIgnored: queriesByChange === 'ignored',
    isSorted: sortsByChange,
  };
}
