import type { Behaviour } from './behavior.js';
import {
  approvalSignal,
  type Definition,
  hasSignalled,
  type Instance,
  type InstanceStatus,
  type Step,
  stepNamed,
} from './engine.js';
import type { World } from './world.js';

/** Members whose content is free-form: their keys are data, not names of the model. */
const rawMembers = new Set(['InitialData', 'CurrentStateData', 'ConfigurationParameters', 'Outputs']);

/** Members that map free names to models. */
const dictionaries = new Set([
  'ConfigurationParametersDefinition',
  'SignalsDefinition',
  'InputParameters',
  'PotentialValues',
  'DependsOn',
]);

/** Lowers the first letter of every member name of a model, and leaves the keys of free-form data alone. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      rawMembers.has(key) ? inner : dictionaries.has(key) ? eachValue(inner) : camelCased(inner),
    ]),
  );
}

function eachValue(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, camelCased(inner)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
  const name = world.behaviour().minimumApprovalsParameter;
  const minimum = step.approval && name !== null ? { [name]: step.approval.minimumApprovals } : {};
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
  const ids = roles.map((role) => world.access.roleId(role));
  const named = roles.map((role, index) => ({ RoleId: String(ids[index]), RoleName: role }));
  const requested = form.version === 1 ? { RoleIds: ids } : { Roles: named };
  return [{ SignalName: approvalSignal, ...requested, RoleTokens: approval.roleTokens }];
}

/** Numbers for a server that sends integers. The real ones are unpublished; nobody may rely on these. */
const madeUpNumbers: Readonly<Record<InstanceStatus, number>> = {
  Suspended: 0,
  Failed: 2,
  CanceledForRestart: 3,
  Complete: 4,
  Running: 5,
  Rejected: 6,
};

/** Gives the last change of a run as far as the server tells it. */
export function reportedChange(world: World, { id, modifiedAt }: Instance): number | null {
  return world.behaviour().undated.includes(id) ? null : modifiedAt;
}

/** Writes the row of a run in a list. */
export function instanceRow(world: World, instance: Instance): Record<string, unknown> {
  const definition = world.definitions.find(instance.definitionId);
  const step = stepNamed(world.stepsOf(instance), instance.stepName);
  const { dates, namesSteps } = world.behaviour();
  const modifiedAt = reportedChange(world, instance);
  return {
    Id: instance.id,
    Status: writeStatus(world, instance.status),
    CurrentStepId: step?.id,
    StatusMessage: instance.statusMessage,
    Definition: {
      Id: instance.definitionId,
      DisplayName: definition?.displayName ?? null,
      Version: instance.definitionVersion,
      WorkflowType: definition?.workflowType ?? null,
    },
    CurrentStepDisplayName: namesSteps ? (step?.displayName ?? null) : null,
    CurrentStepUniqueName: namesSteps ? instance.stepName : null,
    Title: instance.title,
    LastModified: modifiedAt === null ? null : writeDate(modifiedAt, dates),
    StartDate: writeDate(instance.startedAt, dates),
    ReferenceId: instance.referenceId,
  };
}

/** Writes a run with its signals and data, which the lists leave out. */
export function instanceDetail(world: World, instance: Instance, caller: string): Record<string, unknown> {
  const step = stepNamed(world.stepsOf(instance), instance.stepName);
  return {
    ...instanceRow(world, instance),
    Signals: instance.status === 'Suspended' && step ? openSignals(world, instance, step, caller) : [],
    InitialData: instance.initialData,
    CurrentStateData: instance.stateData,
  };
}

function openSignals(world: World, instance: Instance, step: Step, caller: string): unknown[] {
  const isReceived =
    world.behaviour().signalReceived === 'caller'
      ? hasSignalled(instance, caller)
      : instance.received.length > 0;
  return [{ SignalName: approvalSignal, StepSignalId: signalId(step), SignalReceived: isReceived }];
}

/** The signal of a step has an id of its own; turning the step's id around gives one that stays the same. */
function signalId(step: Step): string {
  const digits = [...step.id.replaceAll('-', '')].reverse();
  return step.id.replace(/[^-]/g, () => digits.shift() ?? '0');
}

function writeStatus(world: World, status: InstanceStatus): string | number {
  const { statusAs, statusOverride } = world.behaviour();
  return statusOverride[status] ?? (statusAs === 'integer' ? madeUpNumbers[status] : status);
}

/** A kind of step the server offers. */
export interface AvailableStep {
  readonly displayName: string;
  readonly extensionName: string;
  readonly workflowTypes: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly signals: Readonly<Record<string, unknown>>;
}

/** A workflow type as the catalogue describes it. */
export interface WorkflowKind {
  readonly name: string;
  readonly keyType: string;
  readonly contextParameters: readonly string[];
}

/** Workflow types with the kind of key their definitions have and the data their runs carry. */
export const workflowTypes: readonly WorkflowKind[] = [
  kind('Enrollment', 'Template', 'CSR Subject SANs Template CA AdditionalAttributes InitiatingUserName'),
  kind('Revocation', 'Template', 'certid cn CA code cmnt EffectiveDate InitiatingUserName'),
  kind('CertificateEnteredCollection', 'Collection', 'certid cn'),
  kind('CertificateLeftCollection', 'Collection', 'certid cn'),
  kind('Expiration', 'Alert', 'AlertId CertificateId RenewedCertId'),
];

/** The certificate templates the server has imported, by their short and their shown names. */
export const templates: readonly { readonly commonName: string; readonly displayName: string }[] = [
  { commonName: 'WebServer', displayName: 'Web Server 2y' },
  { commonName: 'DomainController', displayName: 'Domain Controller 1y' },
  { commonName: 'CodeSigning', displayName: 'Code Signing 1y' },
  { commonName: 'Device', displayName: 'Device 5y' },
  { commonName: 'Lab', displayName: 'Lab 90d' },
];

/** The certificate authorities the server knows. */
export const authorities: readonly { readonly logicalName: string; readonly hostName: string }[] = [
  'CorpIssuingCA1',
  'CorpIssuingCA2',
  'CorpDeviceCA1',
  'LabCA1',
].map((logicalName) => ({ logicalName, hostName: `${logicalName.toLowerCase()}.keyexample.com` }));

function kind(name: string, keyType: string, parameters: string): WorkflowKind {
  return { name, keyType, contextParameters: parameters.split(' ') };
}

const everyType = workflowTypes.map(({ name }) => name);

/** The steps on offer; `minimumApprovals` is the name under which the number of approvals is asked, if it is. */
export function stepCatalogue(minimumApprovals: string | null): readonly AvailableStep[] {
  const texts = (...names: string[]): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, parameter(name)]));
  const plain = { workflowTypes: everyType, outputs: ['continue'], parameters: {}, signals: {} };
  const emails = ['DenialEmailSubject', 'DenialEmailMessage', 'ApprovalEmailSubject', 'ApprovalEmailMessage'];
  const minimum = minimumApprovals === null ? {} : { [minimumApprovals]: parameter('Minimum approvals', 1) };
  const InputParameters = {
    Approved: { ...parameter('Approved', 3), Required: true },
    Comment: parameter('Comment'),
  };
  return [
    {
      ...plain,
      displayName: 'Require Approval',
      extensionName: 'RequireApproval',
      parameters: { ...minimum, ...texts(...emails) },
      signals: { [approvalSignal]: { InputParameters } },
    },
    { ...plain, displayName: 'Send Email', extensionName: 'Email', parameters: texts('Subject', 'Message') },
    { ...plain, displayName: 'No operation', extensionName: 'NOOPStep' },
    { ...plain, displayName: 'Enroll', extensionName: 'EnrollStep', workflowTypes: ['Enrollment'] },
    { ...plain, displayName: 'Invoke REST Request', extensionName: 'RESTRequest', parameters: texts('URL') },
  ];
}

/** Writes a step for the list, or with its outputs for the single view. */
export function availableStepJson(step: AvailableStep, view: 'row' | 'detail'): Record<string, unknown> {
  return {
    DisplayName: step.displayName,
    ExtensionName: step.extensionName,
    ...(view === 'row' ? { SupportedWorkflowTypes: step.workflowTypes } : { Outputs: step.outputs }),
    ConfigurationParametersDefinition: step.parameters,
    SignalsDefinition: step.signals,
  };
}

/** Writes a workflow type with the steps that are built into it. */
export function workflowKindJson(
  kind: WorkflowKind,
  steps: readonly AvailableStep[],
): Record<string, unknown> {
  const builtIn = steps.filter(
    (step) => step.extensionName === 'NOOPStep' || step.workflowTypes.join() === kind.name,
  );
  return {
    WorkflowType: kind.name,
    KeyType: kind.keyType,
    ContextParameters: kind.contextParameters,
    BuiltInSteps: builtIn.map((step) => availableStepJson(step, 'detail')),
  };
}

/** The numbers of the data types are unnamed in the specification; these only have to be integers. */
function parameter(displayName: string, parameterType = 0): Record<string, unknown> {
  return {
    DisplayName: displayName,
    ParameterType: parameterType,
    Required: false,
    DefaultValue: null,
    ControlType: 0,
    PotentialValues: null,
    SupportTokenReplacement: true,
    DependsOn: null,
    ToolTipContents: null,
    QueryEndpoint: null,
    QueryFieldName: null,
    QueryGroupBy: null,
  };
}

/** Writes an instant the way the chosen server version does. */
function writeDate(atMs: number, style: Behaviour['dates']): string {
  const iso = new Date(atMs).toISOString();
  switch (style) {
    case 'utc':
      return iso.replace(/\.?0*Z$/, 'Z');
    case 'utc-seconds':
      return iso.replace(/\.\d+Z$/, 'Z');
    case 'utc-fraction':
      return iso.replace('Z', '0000Z');
    case 'no-zone':
      return iso.replace('Z', '');
    default:
      return style satisfies never;
  }
}
