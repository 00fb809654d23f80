/** The operations as the vendor spells them; the last one is the other name of reading a variable. */
export type OperationName =
  | 'execute'
  | 'executewithvariables'
  | 'abort'
  | 'pause'
  | 'resume'
  | 'resumeworkflowwitherrors'
  | 'AlertEngine'
  | 'status'
  | 'lastinstance'
  | 'activityoutput'
  | 'variablevalue';
