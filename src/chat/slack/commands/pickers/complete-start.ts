import type { CommandLine } from '../../../../domain/command-line.js';
import { readVariables } from '../../../../domain/read-variables.js';
import { pickerFields, valueField } from '../../command-ids.js';
import { commandMessages, wrongValueText } from '../../messages/replies/command-remarks.js';
import type { PickerSubmission } from '../command-payloads.js';
import type { Complaints } from './complaints.js';
import type { StartPicker } from './picker-memory.js';

/** What a submitted picker comes to: a line to run, or what is wrong with it. */
export type Completed =
  | { readonly kind: 'line'; readonly line: CommandLine }
  | { readonly kind: 'complaints'; readonly complaints: Complaints };

/** Makes a line of what was chosen and put in; every value that does not fit is told beside its field. */
export function completeStart({ options }: StartPicker, submission: PickerSubmission): Completed {
  const { given } = submission;
  const place = options.findIndex((_option, index) => String(index) === given(pickerFields.workflow));
  const startable = options[place]?.startable;
  if (!startable) return complaints({ [pickerFields.workflow]: commandMessages.nothingChosen });
  const { system, definition, variables } = startable;
  const filled = variables.map((spec, index) => ({ spec, block: valueField(place, index) }));
  const wrong = filled.flatMap(({ spec, block }) => {
    const read = readVariables(valueIn(submission, spec.name, block), [spec]);
    return read.kind === 'bad-value' ? [[block, wrongValueText(read)] as const] : [];
  });
  if (wrong.some(([block]) => !submission.has(block))) {
    return complaints({ [pickerFields.workflow]: commandMessages.valuesNotShown });
  }
  if (wrong.length > 0) return complaints(Object.fromEntries(wrong));
  const values = filled.flatMap(({ spec, block }) => valueIn(submission, spec.name, block));
  return { kind: 'line', line: { verb: 'execute', workflow: definition, system, values } };
}

/** A field left empty gives no value: the workflow's own takes its place, as the field says. */
function valueIn({ given }: PickerSubmission, name: string, block: string) {
  const text = given(block);
  return text === '' ? [] : [{ name, text }];
}

function complaints(found: Complaints): Completed {
  return { kind: 'complaints', complaints: found };
}
