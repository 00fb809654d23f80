/** Verbs that ask in a modal for what was not typed. */
export type PickerVerb =
  | 'status'
  | 'why'
  | 'restart'
  | 'stop'
  | 'pause'
  | 'resume'
  | 'abort'
  | 'output'
  | 'variable'
  | 'alert'
  | 'execute';

/** The words of the modals that ask for a workflow. Titles and buttons of a modal may have 24 characters. */
export const pickerWords = {
  title: {
    status: 'Status of a workflow',
    why: 'Why is it where it is?',
    restart: 'Restart a workflow',
    stop: 'Stop a workflow',
    pause: 'Pause a workflow',
    resume: 'Resume a workflow',
    abort: 'Abort a workflow',
    output: 'Output of an activity',
    variable: 'Variable of a workflow',
    alert: 'Answer an activity',
    execute: 'Start a workflow',
  },
  /** What changes something is shown once more before it happens. */
  submit: {
    status: 'Show',
    why: 'Explain',
    restart: 'Next',
    stop: 'Next',
    pause: 'Next',
    resume: 'Next',
    abort: 'Next',
    output: 'Show',
    variable: 'Show',
    alert: 'Next',
    execute: 'Next',
  },
  close: 'Close',
  choose: 'Choose a workflow',
  looking: '⏳ Looking for workflows…',
  nothing: 'There is no workflow that you may use this on, or a system could not be asked.',
  notLooked: 'Workflows could not be looked for just now.',
  canType: 'If you know which one you mean, close this window and type, for example,',
  activityHint: 'The name of the activity, as it is called in the workflow.',
  variableHint: 'The name of the variable, as it is called in the workflow.',
  versionHint: 'Version of the workflow to run; empty means the one the system chooses.',
  workflowHint: 'The name of the workflow, as the settings call it.',
  valuesHint: 'One name=value a line. They are checked before anything is started.',
} as const satisfies {
  readonly title: Readonly<Record<PickerVerb, string>>;
  readonly submit: Readonly<Record<PickerVerb, string>>;
} & Readonly<Record<string, unknown>>;
