import type { InstanceStatus } from '../../../../../domain/instance.js';
import type { StatusReport } from '../../../../../domain/reply.js';
import { listSome } from '../../../../../shared/list-words.js';
import { stateSentence } from '../../cards/states.js';
import { typedLine, type Wording } from '../../wording.js';
import { eventLines } from './event-lines.js';
import { stateMark, stepWords } from './run-lines.js';

/** Tells where a run stands, in labelled lines. */
export function statusLines(status: StatusReport, wording: Wording): readonly string[] {
  const { ink } = wording;
  const { code, instance, label } = status;
  const { definition, referenceId, ref } = instance;
  const number = referenceId === undefined ? [] : [`reference ${ink.exact(referenceId, 60)}`];
  return [
    ink.label(ink.words(instance.title, 300)),
    [ink.exact(code, 24), ink.words(label, 60), ...number, `run ${ink.exact(ref.id, 80)}`].join(' · '),
    stateLine(status, wording),
    rawLine(status, wording),
    `${ink.label('Workflow')} ${ink.words(definition.name, 150)}${definition.version > 0 ? `, version ${definition.version}` : ''}`,
    ...requestLines(status, wording),
    ...timeLines(status, wording),
    ...signalLines(status, wording),
    ...approvalLines(status, wording),
    ...canActLines(status, wording),
    nextLine(status, wording),
    ...eventLines(status.history, wording),
  ];
}

function stateLine({ instance }: StatusReport, wording: Wording): string {
  const { ink } = wording;
  const [step] = stepWords(instance, wording);
  const said = instance.statusMessage ? `: ${ink.words(instance.statusMessage, 500)}` : '';
  return `${stateMark(instance.status, wording)}${step === undefined ? '' : ` at step ${step}`}${said}`;
}

/** What the system itself calls the state, letter by letter, and what that means. */
function rawLine({ instance: { status }, label }: StatusReport, { ink }: Wording): string {
  return `${ink.label('Status')} ${ink.words(label, 60)} says ${ink.exact(status.raw, 80)}: ${meanings[status.kind]}`;
}

const meanings: Readonly<Record<InstanceStatus['kind'], string>> = {
  running: 'it is being carried out.',
  suspended: 'it waits for somebody or something.',
  complete: 'it has come to its end.',
  rejected: 'it was turned down and goes no further.',
  failed: 'it stopped at an error.',
  'canceled-for-restart': 'it was given up for a new run.',
  paused: 'it stands still until somebody resumes it.',
  aborted: 'it was ended and goes no further.',
  unknown: 'Countersign does not know what that means.',
};

/** Whether a system means its signals for its caller or for all is not known, so it is told as its word. */
function signalLines(
  { instance: { signals = [] }, label }: StatusReport,
  { ink }: Wording,
): readonly string[] {
  if (signals.length === 0) return [];
  const reported = signals
    .slice(0, 8)
    .map(({ name, isReceived }) => `${ink.exact(name, 60)} ${isReceived ? 'received' : 'not received'}`);
  return [`${ink.label('Signals')} ${ink.words(label, 60)} tells Countersign: ${reported.join(', ')}`];
}

function canActLines({ canAct }: StatusReport, wording: Wording): readonly string[] {
  if (!canAct) return [];
  const { ink } = wording;
  const names = listSome(canAct.map(ink.person), 12);
  return [`${ink.label('Can still decide')} ${names || 'nobody that the settings name'}`];
}

function requestLines({ instance: { facts } }: StatusReport, { ink }: Wording): readonly string[] {
  const [chief] = facts.requesters;
  return [
    ...(facts.subject === undefined ? [] : [`${ink.label('Subject')} ${ink.exact(facts.subject, 300)}`]),
    ...(chief === undefined ? [] : [`${ink.label('Requested by')} ${ink.exact(chief, 120)}`]),
  ];
}

function timeLines({ instance }: StatusReport, { ink }: Wording): readonly string[] {
  const { startedAtMs, modifiedAtMs } = instance;
  const parts = [
    ...(startedAtMs === undefined ? [] : [`${ink.label('Started')} ${ink.moment(startedAtMs)}`]),
    ...(modifiedAtMs === undefined ? [] : [`${ink.label('Last changed')} ${ink.moment(modifiedAtMs)}`]),
  ];
  return parts.length === 0 ? [] : [parts.join(' · ')];
}

function approvalLines({ approval, requirement }: StatusReport, wording: Wording): readonly string[] {
  const { ink } = wording;
  const { needed, roles = [] } = requirement ?? {};
  const wants = [
    ...(needed === undefined ? [] : [`${needed} ${needed === 1 ? 'approval' : 'approvals'}`]),
    ...(roles.length === 0
      ? []
      : [
          `of ${roles
            .slice(0, 8)
            .map((role) => ink.words(role, 60))
            .join(', ')}`,
        ]),
  ];
  return [
    ...(approval ? [`${ink.label('Approval')} ${stateSentence(approval, wording)}`] : []),
    ...(wants.length === 0 ? [] : [`${ink.label('The step wants')} ${wants.join(' ')}`]),
  ];
}

function nextLine({ legal, code }: StatusReport, wording: Wording): string {
  const { ink } = wording;
  if (legal.length === 0) return `${ink.label('Next')} nothing can be done to it by command in this state.`;
  const lines = legal.map((kind) =>
    typedLine(wording, `${kind} ${code}${kind === 'alert' ? ' <activity id> <output>' : ''}`),
  );
  return `${ink.label('Next')} ${lines.join(' · ')}`;
}
