import { z } from 'zod';

/** Makes the setting of one call's path, below the base address. */
function path(usual: string, what: string) {
  return z
    .string()
    .regex(/^[^/?#\s][^?#\s]*$/, 'write a path without a leading slash, such as api/workflow/status')
    .prefault(usual)
    .describe(what)
    .meta({ examples: [usual] });
}

/**
 * Where each call lies below the base address; the defaults are spelt as AVEVA prints them.
 *
 * The spelling of `AlertEngine` matters to proxies that compare letter by letter.
 */
export const pathSettings = z.strictObject({
  execute: path('api/workflow/execute', 'Starts a workflow.'),
  executeWithVariables: path('api/workflow/executewithvariables', 'Starts a workflow with variables.'),
  abort: path('api/workflow/abort', 'Aborts an execution.'),
  pause: path('api/workflow/pause', 'Pauses an execution.'),
  resume: path('api/workflow/resume', 'Resumes a paused execution.'),
  resumeAfterError: path('api/workflow/resumeworkflowwitherrors', 'Resumes an execution after an error.'),
  alert: path('api/workflow/AlertEngine', 'Tells a sleeping activity which way to go.'),
  status: path('api/workflow/status', 'Reads the status of an execution.'),
  lastInstance: path('api/workflow/lastinstance', 'Finds the latest execution of a workflow.'),
  activityOutput: path('api/workflow/activityoutput', 'Reads an activity’s output, or a variable.'),
  variableValue: path('api/workflow/variablevalue', 'Asked for a variable where the path above has none.'),
});
