import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import {
  alertMessage,
  alertModal,
  followUpMessage,
  plainAlert,
  plainFollowUp,
  plainRecovery,
  recoveryMessage,
  sentenceModal,
} from '../../../src/slack/blocks/alert.js';
import { mrkdwnFormatter } from '../../../src/slack/format.js';
import { alertReplyText } from '../../../src/slack/text/alert.js';
import { aPersonId } from '../../support/an-approval.js';
import { createSoundness } from '../sound.js';
import { anyAlert, anyFollowUp, anyPlainReply, anyProposal } from './any-alert.js';

const labelOf = (system: string) => system;
/** Markup only we may write: mentions of ids and channels, and dates. */
const ours =
  /<@[A-Z][A-Z0-9]{2,30}>|<#[CG][A-Z0-9]{2,30}>|<!subteam\^S[A-Z0-9]{2,30}>|<!date\^\d+\^[{}a-z_ ]+\|[\dTA-Z: -]+(?:at \d\d:\d\d UTC)?>/g;

const { expectNoForeignMarkup, expectSound, expectSoundModal } = createSoundness(ours);

describe('whatever fails', () => {
  it('its alert is one Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        expectSound(alertMessage(alert, labelOf));
        expectSound(plainAlert(alert, labelOf));
      }),
      { numRuns: 300 },
    );
  });

  it('its thread is one Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyFollowUp, (followUp) => {
        expectSound(followUpMessage(followUp, labelOf));
        expectSound(plainFollowUp(followUp, labelOf));
      }),
      { numRuns: 200 },
    );
  });

  it('what is asked and answered about it privately is sound too', () => {
    fc.assert(
      fc.property(anyProposal, anyPlainReply, (proposal, reply) => {
        expectSound(recoveryMessage(proposal, labelOf));
        expectSound(plainRecovery(proposal, labelOf));
        const renderContext = { formatter: mrkdwnFormatter, labelOf };
        const received = alertReplyText(reply, { person: aPersonId(), renderContext });
        expectNoForeignMarkup([received]);
        expectSoundModal(sentenceModal(received));
      }),
      { numRuns: 150 },
    );
  });

  it('its window is one Slack takes, with no markup from outside', () => {
    fc.assert(
      fc.property(anyAlert, (alert) => {
        const view = alertModal(alert, labelOf);
        expectSoundModal(view);
      }),
      { numRuns: 150 },
    );
  });
});
