import { describe, expect, it } from '@jest/globals';
import { approve, cardSaying, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';

/** The lines of the page of metrics that begin with a name of ours. */
async function metricsOf(stage: Stage): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${stage.bot().operationsPort}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  return response.text();
}

describe.each(transports)('the metrics of a bot over %s', (transport) => {
  it('follow an approval from waiting to its end, and name nobody', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    stage.clock.advance(5_000);
    await stage.observe();
    stage.clock.advance(60_000);
    await approve(stage, 'ana', theCard(stage), 'Checked');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    stage.command.fail({ method: 'GET', path: '/Workflow', fault: 'http-500', times: 100 });
    await stage.observeAfter(15_000);
    stage.command.clearFaults();
    const text = await metricsOf(stage);
    for (const line of [
      'countersign_pending_to_posted_seconds_sum{system="corp"} 5',
      'countersign_posted_to_decided_seconds_sum{system="corp"} 60',
      'countersign_posted_to_decided_seconds_count{system="corp"} 1',
      'countersign_decided_to_advanced_seconds_count{system="corp"} 1',
      'countersign_decisions_total{system="corp",verdict="approve"} 1',
      'countersign_signals_total{system="corp",outcome="accepted"} 1',
      'countersign_approvals_ended_total{system="corp",ending="approved"} 1',
      'countersign_click_seconds_count{verb="approve",answer="decided"} 1',
      'countersign_ack_seconds_count{kind="press"} 1',
      'countersign_ack_seconds_count{kind="submission"} 1',
      'countersign_observation_seconds_count{system="corp"} 1',
      'countersign_approvals_open{system="corp"} 0',
      'countersign_approvals_without_card{reason="given-up"} 0',
      'countersign_store_readable 1',
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
    expect(text).toMatch(/\ncountersign_system_errors_total\{system="corp",code="server-error"\} [1-9]/);
    for (const secret of [id, 'U0ANA', 'Ana Ruiz', 'jsmith']) expect(text).not.toContain(secret);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });

  it('count each answer of Slack that asks to slow down', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    stage.slack.fail({ method: 'chat.postMessage', fault: 'ratelimited', retryAfterS: 1 });
    await stage.observe();
    await stage.observeAfter(2_000);
    expect(await metricsOf(stage)).toContain('\ncountersign_slack_throttled_total 1\n');
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });
});
