import { mrkdwnFormatter, plainFormatter } from '../ink.js';

/** Verbs that ask in a modal for what was not typed. */
export type PickerVerb =
  | 'status'
  | 'why'
  | 'history'
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
export const pickerText = {
  title: {
    status: 'Status of a workflow',
    why: 'Why is it where it is?',
    history: 'History of a workflow',
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
    history: 'Show',
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
  notSearched: 'Workflows could not be looked for just now.',
  canType: 'If you know which one you mean, close this window and type, for example,',
  activityHint: 'The name of the activity, as it is called in the workflow.',
  variableHint: 'The name of the variable, as it is called in the workflow.',
  versionHint: 'Version of the workflow to run; empty means the one the system chooses.',
  nothingToStart: 'There is no workflow that you may start.',
  noValues: 'This workflow takes no values.',
  tooManyValues: 'This workflow takes more values than a window can hold. Close it and type, for example,',
  yes: 'Yes',
  no: 'No',
} as const satisfies {
  readonly title: Readonly<Record<PickerVerb, string>>;
  readonly submit: Readonly<Record<PickerVerb, string>>;
} & Readonly<Record<string, unknown>>;

/** Says that what was typed leaves open which workflow is meant. */
export function notOneText({ workflow, fits }: TypedWorkflow): string {
  const typed = mrkdwnFormatter.exact(workflow, 120);
  return fits === 'several'
    ? `Several workflows fit ${typed}. Please choose one.`
    : `No workflow that you may start fits ${typed}. Please choose one.`;
}

/** Says what a field left empty comes to. */
export function defaultHint(value: string): string {
  return `Left empty, it is ${plainFormatter.text(value, 100)}.`;
}

/** A name somebody typed that fits no workflow, or several. */
export interface TypedWorkflow {
  readonly workflow: string;
  readonly fits: 'several' | 'none';
}
