import { z } from 'zod';

const variable = z.strictObject({
  name: z.string().min(1).describe('Name of the variable, as the workflow’s designer wrote it.'),
  type: z
    .enum(['string', 'number', 'boolean', 'date'])
    .prefault('string')
    .describe('Kind of value it takes.'),
  required: z.boolean().prefault(false).describe('Whether the workflow cannot be started without it.'),
  default: z.string().optional().describe('Value when a person gives none.'),
  id: z
    .string()
    .min(1)
    .optional()
    .describe('Id of the variable inside the workflow, where the server wants it.'),
});

const activity = z.strictObject({
  name: z.string().min(1).describe('Name of the activity, as the workflow’s designer wrote it.'),
  outputs: z
    .array(z.string().min(1))
    .prefault([])
    .describe('Labels of the links that leave it, letter by letter.')
    .meta({ examples: [['Approved', 'Rejected']] }),
});

/** A workflow the bot may start, and what it has to know of it, because the API describes none. */
export const workflowSettings = z.strictObject({
  name: z
    .string()
    .min(1)
    .describe('Name of the workflow in the repository; letters, blanks and all.')
    .meta({ examples: ['Leave WF'] }),
  title: z
    .string()
    .min(1)
    .optional()
    .describe('What people read instead of the name.')
    .meta({ examples: ['Leave request'] }),
  watch: z
    .enum(['off', 'on'])
    .prefault('off')
    .describe(
      'Whether alerts tell of executions that others start as well. Only the latest one is seen at each look, so of several started between two looks, one is.',
    )
    .meta({ examples: ['on'] }),
  variables: z
    .array(variable)
    .prefault([])
    .describe('Values a person may give when starting it.')
    .meta({ examples: [[{ name: 'Days', type: 'number', required: true }]] }),
  activities: z
    .array(activity)
    .prefault([])
    .describe('Activities of interest. Once outputs are listed, no other output is sent to the workflow.')
    .meta({ examples: [[{ name: 'ManagerApproval', outputs: ['Approved', 'Rejected'] }]] }),
});

/** One workflow, as configured. */
export type WorkflowSettings = z.infer<typeof workflowSettings>;
