/** The words that start a command. */
export type Verb =
  | 'help'
  | 'status'
  | 'list'
  | 'restart'
  | 'stop'
  | 'execute'
  | 'pause'
  | 'resume'
  | 'abort'
  | 'output'
  | 'variable'
  | 'alert'
  | 'last'
  | 'definitions'
  | 'approvals'
  | 'why'
  | 'doctor'
  | 'history'
  | 'receipt'
  | 'restore'
  | 'link'
  | 'unlink'
  | 'whoami';

/** Verbs that show something about workflows and change nothing; a rule must allow these too. */
export const readingVerbs = [
  'status',
  'list',
  'output',
  'variable',
  'last',
  'definitions',
  'why',
  'doctor',
  'history',
  'receipt',
] as const;

/** Verbs that change something. */
export const changingVerbs = [
  'restart',
  'stop',
  'execute',
  'pause',
  'resume',
  'abort',
  'alert',
  'restore',
] as const;
