import type { FailureReport } from '../../../../domain/reply.js';
import { listSome } from '../../../../shared/list-words.js';
import type { RenderContext } from '../wording.js';
import { mentionsText } from './alert-lines.js';

/** Explains where a failure is told, by which rule, whom that calls, and whether it is muted. */
export function routeLines(
  report: FailureReport | undefined,
  { formatter }: RenderContext,
): readonly string[] {
  if (!report) return [`${formatter.label('Alerts')} are off, so nobody is told of failures`];
  const { route, mute, hasFailed } = report;
  const { rule, channels, mentions, severity, quietUntilMs } = route;
  const by = rule === undefined ? 'no alert rule fits, so the default' : `“${formatter.text(rule, 80)}”`;
  const places = listSome(channels.map(formatter.channel), 8);
  const calls = mentions.length === 0 ? 'calls nobody' : `calls ${mentionsText(mentions, formatter)}`;
  const quiet =
    quietUntilMs === undefined || mentions.length === 0
      ? ''
      : `, but nobody before ${formatter.moment(quietUntilMs)}, because of quiet hours`;
  const head = hasFailed ? 'Its failure is told in' : 'If it fails at this step, that is told in';
  return [
    `${formatter.label(head)} ${places} (${by}) as ${severity}; ${calls}${quiet}`,
    ...(mute
      ? [
          `🔕 Muted by ${formatter.text(mute.name, 60)} until ${formatter.moment(mute.untilMs)}: nobody is told so long`,
        ]
      : []),
  ];
}
