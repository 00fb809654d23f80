import { assertNever } from '../../../shared/assert-never.js';
import type { Execution, ExecutionStatus } from '../engine/model.js';

/**
 * How a status is told, which is documented nowhere.
 *
 * `business`: the designer's own text where there is one. `both`: code and text under two names.
 */
export type StatusForm = 'code' | 'lower' | 'padded' | 'word' | 'business' | 'both';

const text: Readonly<Record<ExecutionStatus, string>> = {
  EP: 'Pending',
  EX: 'Executing',
  SL: 'Sleep',
  FN: 'Finished',
  FE: 'Finished with errors',
  AB: 'Aborted',
  PA: 'Paused',
};

/** Tells the status of an execution by the names the form calls for; the first one is the main one. */
export function statusFacts(execution: Execution, form: StatusForm): Readonly<Record<string, string>> {
  const { status } = execution;
  const business = execution.statusText ?? text[status];
  switch (form) {
    case 'code':
      return { Status: status };
    case 'lower':
      return { Status: status.toLowerCase() };
    case 'padded':
      return { Status: ` ${status}  ` };
    case 'word':
      return { Status: text[status] };
    case 'business':
      return { Status: business };
    case 'both':
      return { InternalStatus: status, StatusMessage: business };
    default:
      return assertNever(form);
  }
}
