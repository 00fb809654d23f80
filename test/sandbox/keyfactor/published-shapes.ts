/** Member names of an answer with their types, as the vendor publishes them for versions 1 and 2 of the API. */
export type Shape = Readonly<
  Record<string, 'guid' | 'text' | 'text?' | 'int' | 'int?' | 'bool' | 'date' | 'list' | 'object'>
>;

const row: Shape = {
  Id: 'guid',
  Status: 'text',
  CurrentStepId: 'guid',
  StatusMessage: 'text?',
  Definition: 'object',
  CurrentStepDisplayName: 'text?',
  CurrentStepUniqueName: 'text?',
  Title: 'text?',
  LastModified: 'date',
  StartDate: 'date',
  ReferenceId: 'int',
};
const detail: Shape = { ...row, Signals: 'list', InitialData: 'object', CurrentStateData: 'object' };
const definitionOfInstance: Shape = { Id: 'guid', DisplayName: 'text', Version: 'int', WorkflowType: 'text' };
const openSignal: Shape = { SignalName: 'text', StepSignalId: 'guid', SignalReceived: 'bool' };
const definitionRow: Shape = {
  Id: 'guid',
  DisplayName: 'text',
  Key: 'text?',
  KeyDisplayName: 'text?',
  WorkflowType: 'text',
  DraftVersion: 'int',
  PublishedVersion: 'int?',
  Enabled: 'bool',
};
const { Key: _key, KeyDisplayName: _keyName, ...unkeyedRow } = definitionRow;
const definitionRow2: Shape = { ...unkeyedRow, Description: 'text?', Keys: 'list' };
const definitionDetail: Shape = {
  ...definitionRow,
  Description: 'text?',
  IsPublished: 'bool',
  Steps: 'list',
};
const definitionDetail2: Shape = { ...definitionRow2, IsPublished: 'bool', Steps: 'list' };
const step: Shape = {
  Id: 'guid',
  DisplayName: 'text',
  UniqueName: 'text',
  ExtensionName: 'text',
  Enabled: 'bool',
  ConfigurationParameters: 'object',
  Signals: 'list',
  Conditions: 'list',
  Outputs: 'object',
};
const availableStepRow: Shape = {
  DisplayName: 'text',
  ExtensionName: 'text',
  SupportedWorkflowTypes: 'list',
  ConfigurationParametersDefinition: 'object',
  SignalsDefinition: 'object',
};
const { SupportedWorkflowTypes: _types, ...unlisted } = availableStepRow;
const availableStep: Shape = { ...unlisted, Outputs: 'list' };
const parameter: Shape = {
  DisplayName: 'text',
  ParameterType: 'int',
  Required: 'bool',
  DefaultValue: 'text?',
  ControlType: 'int',
  PotentialValues: 'text?',
  SupportTokenReplacement: 'bool',
  DependsOn: 'text?',
  ToolTipContents: 'text?',
  QueryEndpoint: 'text?',
  QueryFieldName: 'text?',
  QueryGroupBy: 'text?',
};
const workflowType: Shape = {
  WorkflowType: 'text',
  KeyType: 'text',
  ContextParameters: 'list',
  BuiltInSteps: 'list',
};

/** The published shapes by what they describe. */
export const published = {
  row,
  detail,
  definitionOfInstance,
  openSignal,
  definitionRow,
  definitionRow2,
  definitionDetail,
  definitionDetail2,
  step,
  availableStepRow,
  availableStep,
  parameter,
  workflowType,
} as const;

/** Describes a value in the words of a shape. */
function describeAs(value: unknown, wanted: string): string {
  if (value === null) return wanted.endsWith('?') ? wanted : 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') {
    if (wanted === 'guid' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) return 'guid';
    if (wanted === 'date' && !Number.isNaN(Date.parse(value))) return 'date';
    return wanted.startsWith('text') ? wanted : 'text';
  }
  if (typeof value === 'number' && Number.isInteger(value)) return wanted.startsWith('int') ? wanted : 'int';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Describes every member of an answer in the words of a shape. */
export function shapeOf(value: unknown, wanted: Shape): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([key, inner]) => [key, describeAs(inner, wanted[key] ?? 'text')]));
}
