import { describe, expect, it } from '@jest/globals';
import type { FailureReport } from '../../../src/domain/reply.js';
import { mrkdwnFormatter } from '../../../src/slack/format.js';
import { routeLines } from '../../../src/slack/text/alert.js';
import { aPersonId, noonMs } from '../../support/an-approval.js';

const renderContext = {
  formatter: mrkdwnFormatter,
  labelOf: (system: string) => system,
  command: '/workflow',
};
const route = {
  rule: 'Issuing *now*',
  channels: ['C0OPS', 'C0WEB'],
  mentions: [
    { kind: 'person', person: aPersonId() },
    { kind: 'group', groupId: 'S0OPS' },
  ],
  severity: 'critical',
} as const;

function said(report: FailureReport | undefined): string {
  return routeLines(report, renderContext).join('\n');
}

describe('why a failure is told where it is', () => {
  it('names the places, the rule, how much it matters, and whom it calls', () => {
    expect(said({ hasFailed: true, route })).toBe(
      '*Its failure is posted in* <#C0OPS>, <#C0WEB> (“`Issuing *now*`”), severity critical; mentions <@U0ADA> <!subteam^S0OPS>',
    );
  });

  it('says that no rule fits, and that nobody is called', () => {
    const nobody = { channels: ['C0ALERTS'], mentions: [], severity: 'warning' } as const;
    expect(said({ hasFailed: false, route: nobody })).toBe(
      '*If it fails at this step, that is posted in* <#C0ALERTS> (no alert rule matches, so the default), severity warning; mentions nobody',
    );
  });

  it('says until when nobody is called, and until when nobody is told at all', () => {
    const mute = { key: 'k', untilMs: noonMs + 60_000, person: aPersonId(), name: 'Ada <Okafor>' };
    const text = said({ hasFailed: true, route: { ...route, quietUntilMs: noonMs }, mute });
    expect(text).toMatch(/, but nobody before <!date\^\d+\^.*>, because of quiet hours\n🔕/);
    expect(text).toMatch(/Muted by Ada &lt;Okafor&gt; until <!date\^\d+\^.*>: failures are not posted$/);
  });

  it('says that alerts are off', () => {
    expect(said(undefined)).toBe('*Alerts* are off, so failures are not posted');
  });
});
