import { approvalSignal } from '../engine/apply-signal.js';

/** A kind of step the server offers. */
export interface AvailableStep {
  readonly displayName: string;
  readonly extensionName: string;
  readonly workflowTypes: readonly string[];
  readonly outputs: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly signals: Readonly<Record<string, unknown>>;
}

/** Workflow types with the kind of key their definitions have and the data their runs carry. */
export const workflowTypes: readonly WorkflowKind[] = [
  {
    name: 'Enrollment',
    keyType: 'Template',
    contextParameters: [
      'CSR',
      'Subject',
      'SANs',
      'Template',
      'CA',
      'AdditionalAttributes',
      'InitiatingUserName',
    ],
  },
  {
    name: 'Revocation',
    keyType: 'Template',
    contextParameters: ['certid', 'cn', 'CA', 'code', 'cmnt', 'EffectiveDate', 'InitiatingUserName'],
  },
  { name: 'CertificateEnteredCollection', keyType: 'Collection', contextParameters: ['certid', 'cn'] },
  { name: 'CertificateLeftCollection', keyType: 'Collection', contextParameters: ['certid', 'cn'] },
  { name: 'Expiration', keyType: 'Alert', contextParameters: ['AlertId', 'CertificateId', 'RenewedCertId'] },
];

/** A workflow type as the catalogue describes it. */
export interface WorkflowKind {
  readonly name: string;
  readonly keyType: string;
  readonly contextParameters: readonly string[];
}

const everyType = workflowTypes.map(({ name }) => name);

/** The steps on offer; `minimumApprovals` is the name under which the number of approvals is asked, if it is. */
export function stepCatalogue(minimumApprovals: string | null): readonly AvailableStep[] {
  const texts = (...names: string[]): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, parameter(name)]));
  const plain = { workflowTypes: everyType, outputs: ['continue'], parameters: {}, signals: {} };
  const emails = texts(
    'DenialEmailSubject',
    'DenialEmailMessage',
    'ApprovalEmailSubject',
    'ApprovalEmailMessage',
  );
  const minimum = minimumApprovals === null ? {} : { [minimumApprovals]: parameter('Minimum approvals', 1) };
  return [
    {
      ...plain,
      displayName: 'Require Approval',
      extensionName: 'RequireApproval',
      parameters: { ...minimum, ...emails },
      signals: {
        [approvalSignal]: {
          InputParameters: {
            Approved: { ...parameter('Approved', 3), Required: true },
            Comment: parameter('Comment'),
          },
        },
      },
    },
    { ...plain, displayName: 'Send Email', extensionName: 'Email', parameters: texts('Subject', 'Message') },
    { ...plain, displayName: 'No operation', extensionName: 'NOOPStep' },
    {
      ...plain,
      displayName: 'Enroll',
      extensionName: 'EnrollStep',
      workflowTypes: ['Enrollment'],
    },
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
