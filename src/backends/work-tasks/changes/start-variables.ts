import type { Variable, VariableType } from '../../../domain/change.js';
import type { WorkflowSettings } from '../settings/workflow.js';
import type { WorkTasksServer } from '../settings.js';

/** A variable as it is sent, with the keys AVEVA prints. */
interface SentVariable {
  readonly id?: string;
  readonly name: string;
  readonly value: string;
  readonly type: VariableType;
}

/** Variables ready to send, or what is wrong with them; never tells a value. */
export type StartVariables =
  | { readonly kind: 'ready'; readonly variables: readonly SentVariable[] }
  | { readonly kind: 'wrong'; readonly said: string };

type Forms = Pick<WorkTasksServer, 'variableId' | 'dates'>;

/** Holds given values to what the settings say of a workflow, and fills in the defaults. */
export function startVariables(
  given: readonly Variable[],
  { variables }: Pick<WorkflowSettings, 'variables'>,
  forms: Forms,
): StartVariables {
  const stranger = given.find(({ name }) => !variables.some((known) => known.name === name));
  if (stranger !== undefined)
    return { kind: 'wrong', said: `the settings list no variable ${stranger.name}` };
  const sent: SentVariable[] = [];
  for (const known of variables) {
    const { name, type, id } = known;
    const text = given.find((one) => one.name === name)?.value ?? known.default;
    if (text === undefined || (text.trim() === '' && type !== 'string')) {
      if (known.required) return { kind: 'wrong', said: `${name} is required` };
      continue;
    }
    const value = written(text, type, forms.dates);
    if (value === undefined) return { kind: 'wrong', said: `${name} has to be a ${type}` };
    const idSent = id ?? (forms.variableId === 'name' ? name : undefined);
    sent.push({ ...(idSent === undefined ? {} : { id: idSent }), name, value, type });
  }
  return { kind: 'ready', variables: sent };
}

function written(text: string, type: VariableType, dates: Forms['dates']): string | undefined {
  const plain = text.trim();
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(plain) ? plain : undefined;
    case 'boolean':
      return /^(true|false)$/i.test(plain) ? plain.toLowerCase() : undefined;
    case 'date':
      return writtenDate(plain, dates);
  }
}

/** Takes `2026-12-31` and `12/31/2026`, and writes the one that is wanted. */
function writtenDate(text: string, dates: Forms['dates']): string | undefined {
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  const us = /^(\d\d?)\/(\d\d?)\/(\d{4})$/.exec(text);
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : [us?.[3], us?.[1], us?.[2]];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const [mm, dd] = [month.padStart(2, '0'), day.padStart(2, '0')];
  const atMs = Date.parse(`${year}-${mm}-${dd}T00:00:00Z`);
  if (Number.isNaN(atMs) || new Date(atMs).getUTCDate() !== Number(dd)) return undefined;
  return dates === 'iso' ? `${year}-${mm}-${dd}` : `${mm}/${dd}/${year}`;
}
