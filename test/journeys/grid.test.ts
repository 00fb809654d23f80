import { describe, expect, it } from '@jest/globals';
import { ask } from '../support/stage/ask.js';
import { approve, cardSaying, click, privateWord, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

const gridId = 'E0GRID';
const shapes = ['home', 'organization', 'absent'] as const;
const played = transports.flatMap((transport) => shapes.map((teamIdIs) => [transport, teamIdIs] as const));
const approvers = ['ana', 'wen', 'otto'] as const;

describe.each(played)(
  'a workspace of an Enterprise Grid over %s, where the team_id of a person is %s',
  (transport, teamIdIs) => {
    const grid = { id: gridId, teamIdIs };

    it('lets an approver decide who is in the workspace and at home in another', async () => {
      const stage = await openStage(transport, { grid, approvers });
      const id = await askForCertificate(stage);
      await stage.observe();
      await approve(stage, 'wen', theCard(stage), 'Checked');
      await cardSaying(stage, /Approved by Wen Grid/);
      expect(stage.command.instance(id).status).toBe('Complete');
      await finish(stage, {
        posts: { pki: 1, '@sam': 1 },
        signals: ['approve by KEYEXAMPLE\\svc-countersign'],
      });
    });

    it('refuses a member of another workspace of the Grid, whatever the rule says', async () => {
      const stage = await openStage(transport, { grid, approvers, approveWith: 'one-click' });
      const id = await askForCertificate(stage);
      await stage.observe();
      await click(stage, 'otto', theCard(stage), 'approve');
      await privateWord(stage, 'otto', /Slack says you belong to another workspace/);
      expect(stage.command.instance(id).status).toBe('Suspended');
      await finish(stage, { posts: { pki: 1 }, answers: { otto: 1 }, signals: [] });
    });

    it('counts one person once in a quorum, and answers their commands', async () => {
      const stage = await openStage(transport, {
        grid,
        approvers,
        quorum: 2,
        approveWith: 'one-click',
        operators: ['wen'],
      });
      await askForCertificate(stage);
      await stage.observe();
      const card = theCard(stage);
      await click(stage, 'wen', card, 'approve');
      await cardSaying(stage, /1 of 2/);
      await click(stage, 'wen', card, 'approve');
      await privateWord(stage, 'wen', /already|once/i);
      await ask(stage, { as: 'wen', line: 'list', shows: /Web server enrollment/ });
      expect(personas.wen.id).toMatch(/^W/);
      await finish(stage, { posts: { pki: 1 }, answers: { wen: 3 }, signals: [] });
    });
  },
);
