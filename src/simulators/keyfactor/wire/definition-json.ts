import { approvalSignal } from '../engine/apply-signal.js';
import type { Step } from '../engine/model.js';
import type { Definition } from '../world/definitions.js';
import type { World } from '../world/world.js';

/** Versions of the API that know definitions; version 2 has several keys and named roles. */
export type ApiVersion = 1 | 2;

/** Writes the row of a definition in a list. */
export function definitionRow(definition: Definition, version: ApiVersion): Record<string, unknown> {
  const { id, displayName, description, workflowType, enabled, publishedVersion } = definition;
  return {
    Id: id,
    DisplayName: displayName,
    ...(version === 2 ? { Description: description } : {}),
    ...keysOf(definition, version),
    WorkflowType: workflowType,
    DraftVersion: definition.versions.length,
    PublishedVersion: publishedVersion,
    Enabled: enabled,
  };
}

/** Writes one version of a definition with its steps; an exportable copy carries no roles. */
export function definitionDetail(
  world: World,
  definition: Definition,
  steps: readonly Step[],
  form: { readonly version: ApiVersion; readonly isExport: boolean },
): Record<string, unknown> {
  return {
    ...definitionRow(definition, form.version),
    Description: definition.description,
    IsPublished: definition.publishedVersion !== null,
    Steps: steps.map((step) => stepJson(world, step, form)),
  };
}

function keysOf({ key, keyDisplayName }: Definition, version: ApiVersion): Record<string, unknown> {
  if (version === 1) return { Key: key, KeyDisplayName: keyDisplayName };
  return { Keys: key === null ? [] : [{ DisplayName: keyDisplayName, Value: key }] };
}

function stepJson(
  world: World,
  step: Step,
  form: { readonly version: ApiVersion; readonly isExport: boolean },
): Record<string, unknown> {
  const { minimumApprovalsParameter } = world.behaviour();
  const minimum =
    step.approval !== null && minimumApprovalsParameter !== null
      ? { [minimumApprovalsParameter]: step.approval.minimumApprovals }
      : {};
  return {
    Id: step.id,
    DisplayName: step.displayName,
    UniqueName: step.uniqueName,
    ExtensionName: step.extensionName,
    Enabled: step.enabled,
    ConfigurationParameters: { ...minimum, ...step.configuration },
    Signals: signalsOf(world, step, form),
    Conditions: step.conditions.map(({ id, value }) => ({ Id: id, Value: value })),
    Outputs: step.outputs,
  };
}

function signalsOf(
  world: World,
  { approval }: Step,
  form: { readonly version: ApiVersion; readonly isExport: boolean },
): Record<string, unknown>[] {
  if (approval === null) return [];
  const roles = form.isExport ? [] : approval.roles;
  const ids = roles.map((role) => world.directory.roleId(role));
  const named = roles.map((role, index) => ({ RoleId: String(ids[index]), RoleName: role }));
  const requested = form.version === 1 ? { RoleIds: ids } : { Roles: named };
  return [{ SignalName: approvalSignal, ...requested, RoleTokens: approval.roleTokens }];
}
