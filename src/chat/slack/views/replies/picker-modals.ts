import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Row } from '../../../../domain/reply.js';
import { pickerCallback, pickerFields } from '../../command-ids.js';
import { mrkdwnFormatter } from '../../messages/ink.js';
import { type PickerVerb, pickerText } from '../../messages/replies/picker-words.js';
import { section } from '../blocks.js';
import { rowOptions } from './row-options.js';

/** Opens at once, while what can be chosen is still being looked for. */
export function waitingPicker(verb: PickerVerb, pickerId: string): ModalView {
  return pickerModal({ verb, pickerId, blocks: [section([pickerText.looking])] });
}

/** Asks which run, and for what else the verb needs. Without rows there is nothing to submit. */
export function runPicker(options: {
  readonly verb: PickerVerb;
  readonly pickerId: string;
  /** Absent when they could not be looked for. */
  readonly rows: readonly Row[] | undefined;
  readonly command: string;
}): ModalView {
  const { verb, pickerId, rows, command } = options;
  const choices = rowOptions(rows ?? [], 'modal');
  if (choices.length === 0) {
    const typed = mrkdwnFormatter.exact(`${command} ${verb} K7F3`);
    const why = rows ? pickerText.nothing : pickerText.notSearched;
    return pickerModal({ verb, pickerId, blocks: [section([`${why} ${pickerText.canType} ${typed}`])] });
  }
  const blocks = [
    menu({ block: pickerFields.run, label: 'Workflow', options: choices }),
    ...furtherInputs(verb),
  ];
  return pickerModal({ verb, pickerId, blocks, submit: pickerText.submit[verb] });
}

/** Makes a modal of a command; without a word for it there is nothing to submit. */
export function pickerModal(options: {
  readonly verb: PickerVerb;
  readonly pickerId: string;
  readonly blocks: readonly KnownBlock[];
  readonly submit?: string;
}): ModalView {
  const { verb, pickerId, blocks, submit } = options;
  return {
    type: 'modal',
    callback_id: pickerCallback,
    private_metadata: pickerId,
    title: { type: 'plain_text', text: pickerText.title[verb] },
    close: { type: 'plain_text', text: pickerText.close },
    ...(submit === undefined ? {} : { submit: { type: 'plain_text' as const, text: submit } }),
    blocks: [...blocks],
  };
}

function furtherInputs(verb: PickerVerb): readonly InputBlock[] {
  switch (verb) {
    case 'output':
      return [textInput({ block: pickerFields.name, label: 'Activity', hint: pickerText.activityHint })];
    case 'variable':
      return [textInput({ block: pickerFields.name, label: 'Variable', hint: pickerText.variableHint })];
    case 'restart':
      return [
        {
          ...textInput({ block: pickerFields.version, label: 'Version', hint: pickerText.versionHint }),
          optional: true,
        },
      ];
    default:
      return [];
  }
}

function menu(options: {
  readonly block: string;
  readonly label: string;
  readonly options: readonly PlainTextOption[];
}): InputBlock {
  const { block, label } = options;
  return {
    type: 'input',
    block_id: block,
    label: { type: 'plain_text', text: label },
    element: {
      type: 'static_select',
      action_id: block,
      placeholder: { type: 'plain_text', text: pickerText.choose },
      options: [...options.options],
    },
  };
}

function textInput(options: {
  readonly block: string;
  readonly label: string;
  readonly hint: string;
}): InputBlock {
  const { block, label, hint } = options;
  return {
    type: 'input',
    block_id: block,
    label: { type: 'plain_text', text: label },
    hint: { type: 'plain_text', text: hint },
    element: { type: 'plain_text_input', action_id: block, max_length: 200 },
  };
}
