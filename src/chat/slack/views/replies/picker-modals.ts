import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Row } from '../../../../domain/reply.js';
import { pickerCallback, pickerFields } from '../../command-ids.js';
import { mrkdwnInk } from '../../messages/ink.js';
import { type PickerVerb, pickerWords } from '../../messages/replies/picker-words.js';
import { section } from '../blocks.js';
import { rowOptions } from './row-options.js';

/** Opens at once, while what can be chosen is still being looked for. */
export function waitingPicker(verb: PickerVerb, pickerId: string): ModalView {
  return pickerModal({ verb, pickerId, blocks: [section([pickerWords.looking])] });
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
    const typed = mrkdwnInk.exact(`${command} ${verb} K7F3`);
    const why = rows ? pickerWords.nothing : pickerWords.notSearched;
    return pickerModal({ verb, pickerId, blocks: [section([`${why} ${pickerWords.canType} ${typed}`])] });
  }
  const blocks = [
    menu({ block: pickerFields.run, label: 'Workflow', options: choices }),
    ...furtherInputs(verb),
  ];
  return pickerModal({ verb, pickerId, blocks, submit: pickerWords.submit[verb] });
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
    title: { type: 'plain_text', text: pickerWords.title[verb] },
    close: { type: 'plain_text', text: pickerWords.close },
    ...(submit === undefined ? {} : { submit: { type: 'plain_text' as const, text: submit } }),
    blocks: [...blocks],
  };
}

function furtherInputs(verb: PickerVerb): readonly InputBlock[] {
  switch (verb) {
    case 'output':
      return [textInput({ block: pickerFields.name, label: 'Activity', hint: pickerWords.activityHint })];
    case 'variable':
      return [textInput({ block: pickerFields.name, label: 'Variable', hint: pickerWords.variableHint })];
    case 'restart':
      return [
        {
          ...textInput({ block: pickerFields.version, label: 'Version', hint: pickerWords.versionHint }),
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
      placeholder: { type: 'plain_text', text: pickerWords.choose },
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
