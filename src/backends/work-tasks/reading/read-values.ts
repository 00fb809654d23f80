import type { InstanceRef } from '../../../domain/instance.js';
import type { ValueReading } from '../../../ports/operations.js';
import type { HttpResponse } from '../../../shared/http/http-answer.js';
import type { Client } from '../http/client.js';
import { saysNoSuchCall } from '../http/errors.js';
import { parseExecutionRef } from '../translate/execution-ref.js';
import { outcomeOf } from '../translate/outcome-of.js';
import { failureIn } from '../wire/failure-in.js';
import { valueIn } from '../wire/value-in.js';

type ReadValue = (ref: InstanceRef, name: string) => Promise<ValueReading>;

/** The calls that give a variable; the vendor's page prints one and heads its table with the other. */
type VariableCall = 'activityOutput' | 'variableValue';

/** Creates the readers of activities' outputs and of variables, one repository's. */
export function createReadValues(
  client: Client,
  repository: string,
): { readonly output: ReadValue; readonly variable: ReadValue } {
  let variableCall: VariableCall = 'activityOutput';

  async function askForVariable(query: Readonly<Record<string, string>>) {
    const response = await client.get(variableCall, query);
    if (!saysNoSuchCall(response) || variableCall === 'variableValue')
      return { answer: response, call: variableCall };
    const other = await client.get('variableValue', query);
    if (saysNoSuchCall(other)) return { answer: response, call: variableCall };
    variableCall = 'variableValue';
    return { answer: other, call: variableCall };
  }

  function judge(response: HttpResponse, call: VariableCall, name: string): ValueReading {
    const outcome = outcomeOf(response, failureIn);
    if (outcome.kind === 'done') return valueIn(outcome.body, name);
    if (outcome.kind === 'unclear' || !['not-found', 'bad-request'].includes(outcome.reason)) {
      throw client.unexpected(response, call);
    }
    return { kind: 'not-found', ...(outcome.said === '' ? {} : { said: outcome.said }) };
  }

  return {
    async output(ref, activity) {
      const executionid = parseExecutionRef(ref.id)?.executionId;
      if (executionid === undefined) return { kind: 'not-found' };
      const response = await client.get('activityOutput', {
        repo: repository,
        executionid,
        activityname: activity,
      });
      return judge(response, 'activityOutput', activity);
    },
    async variable(ref, name) {
      const executionid = parseExecutionRef(ref.id)?.executionId;
      if (executionid === undefined) return { kind: 'not-found' };
      const { answer: response, call } = await askForVariable({
        repo: repository,
        executionid,
        variablename: name,
      });
      return judge(response, call, name);
    },
  };
}
