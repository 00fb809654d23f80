import type { RepositorySettings } from '../settings.js';
import type { BodyProblem } from './read-told.js';
import type { InboundBody } from './told-body.js';

/** Finds outputs that would never be sent, because the settings list those of the workflow and not these. */
export function strangeOutputs(
  { workflow, outputs = [] }: Pick<InboundBody, 'workflow' | 'outputs'>,
  { workflows }: Pick<RepositorySettings, 'workflows'>,
): readonly BodyProblem[] {
  const activities = workflows.find(({ name }) => name === workflow)?.activities ?? [];
  const listed = activities.flatMap((activity) => activity.outputs);
  if (listed.length === 0) return [];
  return outputs.flatMap(({ name }, at) =>
    listed.some((label) => label.toLowerCase() === name.toLowerCase())
      ? []
      : [{ path: `outputs[${at}]`, expected: 'an output that the settings list for this workflow' }],
  );
}
