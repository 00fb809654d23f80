import type { StepSketch } from '../../simulators/keyfactor/engine/build-steps.js';
import type { KeyfactorCommand } from '../../simulators/keyfactor/keyfactor-command.js';

/** Something that goes wrong in the demo: a workflow, and what its runs fail with. */
interface DemoIncident {
  readonly definition: string;
  readonly title: string;
  readonly steps: readonly StepSketch[];
  readonly message: string;
}

/** What goes wrong in the demo, by the name the story has for it. */
export const demoIncidents = {
  share: {
    definition: 'CRL publishing',
    title: 'Publish the revocation list of CorpIssuingCA1',
    steps: [
      { extensionName: 'PowerShell', uniqueName: 'FetchCrl', displayName: 'Fetch the list' },
      { extensionName: 'PowerShell', uniqueName: 'CopyCrl', displayName: 'Copy to the web servers' },
    ],
    message: 'The network path \\\\cdp01\\crl was not found.',
  },
  authority: {
    definition: 'Certificate renewals',
    title: 'Renew',
    steps: [
      { extensionName: 'Email', uniqueName: 'TellOwner', displayName: 'Tell the owner' },
      { extensionName: 'EnrollStep', uniqueName: 'Enroll1', displayName: 'Enrol' },
    ],
    message: 'The CA CorpIssuingCA2 could not be reached: the RPC server is unavailable.',
  },
  mail: {
    definition: 'Expiry report',
    title: 'Report what expires this month',
    steps: [
      { extensionName: 'PowerShell', uniqueName: 'Collect', displayName: 'Collect' },
      { extensionName: 'Email', uniqueName: 'SendReport', displayName: 'Send the report' },
    ],
    message: 'The mail server mail.keyexample.com did not answer within 30 s.',
  },
} as const satisfies Readonly<Record<string, DemoIncident>>;

/** The version that is published goes through; the draft behind it fails at its last step. */
const failingVersion = 2;

/** Gives Command the workflows that go wrong; whoever restarts one of their runs finds the trouble over. */
export function seedIncidents(command: KeyfactorCommand): void {
  for (const { definition, steps, message } of Object.values(demoIncidents)) {
    const id = command.addDefinition({ displayName: definition, workflowType: 'Custom', steps });
    const last = steps.at(-1);
    command.addVersion(
      id,
      steps.map((step) => (step === last ? { ...step, failsWith: message } : step)),
    );
  }
}

/** Lets runs fail at once, and gives their ids. */
export function fail(
  command: Pick<KeyfactorCommand, 'startInstance'>,
  name: keyof typeof demoIncidents,
  about: readonly string[] = [''],
): readonly string[] {
  const { definition, title } = demoIncidents[name];
  return about.map((what) =>
    command.startInstance({
      definition,
      title: `${title} ${what}`.trim(),
      initiator: 'Timer Service',
      version: failingVersion,
    }),
  );
}

/** Names a dozen hosts whose certificates are renewed in the same night. */
export const renewedHosts: readonly string[] = Array.from(
  { length: 12 },
  (_none, index) => `node-${String(index + 1).padStart(2, '0')}.keyexample.com`,
);
