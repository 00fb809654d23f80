import { access } from '../access/permissions.js';
import type { Listing } from '../queries/paging.js';
import { respondPage } from '../queries/paging.js';
import type { Reply } from '../server/reply.js';
import { json, Refusal } from '../server/reply.js';
import { definitionDetail, definitionRow } from '../wire/definition-json.js';
import type { AvailableStep, WorkflowKind } from '../wire/step-catalogue.js';
import { availableStepJson, stepCatalogue, workflowKindJson, workflowTypes } from '../wire/step-catalogue.js';
import type { Definition } from '../world/definitions.js';
import type { World } from '../world/world.js';
import type { Call, Route } from './route.js';
import { pageRequest, requireAccess } from './route.js';

/** Creates the calls that read definitions, the step catalogue and the workflow types. */
export function definitionReads(world: World): readonly Route[] {
  const read = (path: string, versions: Route['versions'], respond: Route['respond']): Route => ({
    method: 'GET',
    pattern: `/Workflow/Definitions${path}`,
    versions,
    respond(call) {
      requireAccess(call.identity, access.readDefinitions);
      return respond(call);
    },
  });
  const catalogue = () => stepCatalogue(world.behaviour().minimumApprovalsParameter);
  return [
    read('', [1, 2], (call) =>
      respondPage(world.definitions.all(), definitionListing, pageRequest(world, call), (definition) =>
        definitionRow(definition, call.apiVersion),
      ),
    ),
    read('/Steps', [1], (call) =>
      respondPage(catalogue(), stepListing, pageRequest(world, call), (step) =>
        availableStepJson(step, 'row'),
      ),
    ),
    read('/Steps/{id}', [1], (call) => respondStep(catalogue(), call.id)),
    read('/Types', [1], (call) =>
      respondPage(workflowTypes, typeListing, pageRequest(world, call), (kind) =>
        workflowKindJson(kind, catalogue()),
      ),
    ),
    read('/{id}', [1, 2], (call) => respondDefinition(world, call)),
  ];
}

function respondStep(steps: readonly AvailableStep[], name: string): Reply {
  const step = steps.find(({ extensionName }) => extensionName.toLowerCase() === name.toLowerCase());
  if (step === undefined) throw new Refusal(404, `There is no step ${name}.`);
  return json(availableStepJson(step, 'detail'));
}

/** Without a version the draft is shown, not what runs: a trap clients have to know. */
function respondDefinition(world: World, call: Call): Reply {
  const definition = world.definitions.find(call.id);
  if (definition === undefined) throw new Refusal(404, `Workflow definition ${call.id} was not found.`);
  const wanted = call.parameters.get('definitionversion') || String(definition.versions.length);
  const steps = definition.versions[Number(wanted) - 1];
  if (steps === undefined) throw new Refusal(404, `Workflow definition ${call.id} has no version ${wanted}.`);
  const isExport = call.parameters.get('exportable')?.toLowerCase() === 'true';
  return json(definitionDetail(world, definition, steps, { version: call.apiVersion, isExport }));
}

const definitionListing: Listing<Definition> = {
  defaultSort: 'DisplayName',
  fields: [
    { name: 'DisplayName', kind: 'text', read: ({ displayName }) => displayName, isFilter: true },
    { name: 'Id', kind: 'text', read: ({ id }) => id, isFilter: true },
    { name: 'WorkflowType', kind: 'text', read: ({ workflowType }) => workflowType, isFilter: true },
    {
      name: 'IsPublished',
      kind: 'boolean',
      read: ({ publishedVersion }) => publishedVersion !== null,
      isFilter: true,
    },
  ],
};

const stepListing: Listing<AvailableStep> = {
  defaultSort: 'DisplayName',
  fields: [
    { name: 'DisplayName', kind: 'text', read: ({ displayName }) => displayName, isFilter: true },
    { name: 'ExtensionName', kind: 'text', read: ({ extensionName }) => extensionName, isFilter: true },
    { name: 'SupportedWorkflowTypes', kind: 'texts', read: (step) => step.workflowTypes, isFilter: true },
  ],
};

const typeListing: Listing<WorkflowKind> = {
  defaultSort: 'Name',
  fields: [{ name: 'Name', kind: 'text', read: ({ name }) => name, isFilter: true }],
};
