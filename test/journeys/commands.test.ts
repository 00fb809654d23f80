import { describe, expect, it } from '@jest/globals';
import { approve, privateWord, textOf, theCard } from '../support/stage/cards.js';
import { confirm, type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas, places, serviceAccount } from '../support/stage/personas.js';

const manage = [...serviceAccount.permissions, '/workflows/instances/manage/'];

describe.each(transports)('commands to Keyfactor Command, over %s', (transport) => {
  it('answers help from the table of verbs, and a misspelt verb with a near one', async () => {
    const stage = await openStage(transport);
    await type(stage, 'ana', 'help');
    await privateWord(stage, 'ana', /restart <ref>|restart &lt;ref&gt;/);
    await type(stage, 'ana', 'restrat K7F3');
    await privateWord(stage, 'ana', /restrat.*restart/s);
    await finish(stage, { posts: {}, answers: { ana: 2 }, signals: [] });
  });

  it('shows the status of a workflow by the short code of its card', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    const code = /K\d+/.exec(textOf(theCard(stage)))?.[0] ?? '';
    await type(stage, 'ana', `status ${code}`);
    const shown = await privateWord(stage, 'ana', /Security approval/);
    expect(textOf(shown)).toContain(code);
    expect(textOf(shown)).toMatch(/Command says `Suspended`: it is waiting/);
    expect(textOf(shown)).toMatch(/Signals\* according to Command: `ApprovalStatus` not received/);
    expect(textOf(shown)).toMatch(/it started waiting at Security approval; card/);
    const [, deciders = ''] = /Can still decide\*(.*)/.exec(textOf(shown)) ?? [];
    for (const { id } of [personas.ana, personas.li]) expect(deciders).toContain(id);
    for (const { id } of [personas.sam, personas.gia]) expect(deciders).not.toContain(id);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('tells in a status what became of a decision, and that a system has the signal', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage), 'as agreed');
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Complete');
    await stage.observeAfter(15_000);
    await type(stage, 'ana', `status ${id}`);
    const shown = textOf(await privateWord(stage, 'ana', /What Countersign knows about it/));
    expect(shown).toMatch(/started waiting.*Ana Ruiz approved: “as agreed”.*Ana Ruiz/s);
    expect(shown).not.toContain('Can still decide');
    await stage.close();
  });

  it('refuses whoever no rule allows, privately, and does nothing', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'bo', `stop ${id}`);
    await privateWord(stage, 'bo', /may not|No rule|nobody|not allowed/i);
    expect(stage.command.instance(id).status).toBe('Suspended');
    expect(stage.log.lines.some((line) => line.includes('"answer":"not-allowed"'))).toBe(true);
    await finish(stage, { posts: { pki: 1 }, answers: { bo: 1 }, signals: [] });
  });

  it('stops a workflow only after a confirmation that says what will happen', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    stage.command.addIdentity({ ...serviceAccount, permissions: manage });
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', `stop ${id}`);
    const proposal = await privateWord(stage, 'ana', /cannot be undone/);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await confirm(stage, 'ana', proposal);
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Rejected');
    await privateWord(stage, 'ana', /[Rr]ejected/);
    await stage.observeAfter(15_000);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('restarts a failed workflow, follows it to its new id, and says how it ended', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    stage.command.addIdentity({ ...serviceAccount, permissions: manage });
    const id = await askForCertificate(stage);
    stage.command.failInstance(id, 'The CA did not answer.');
    stage.clock.advance(60_000);
    await type(stage, 'ana', `restart ${id}`);
    const proposal = await privateWord(stage, 'ana', /from step 1/);
    await confirm(stage, 'ana', proposal);
    await stage.command.waitFor(() => stage.command.instance(id).status === 'CanceledForRestart');
    await privateWord(stage, 'ana', /[Rr]estarted/);
    expect(stage.command.instances()).toHaveLength(2);
    await stage.observeAfter(15_000);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('says that its account may not, when Command refuses a restart', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', `restart ${id}`);
    await confirm(stage, 'ana', await privateWord(stage, 'ana', /from step 1/));
    await privateWord(stage, 'ana', /permission/i);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('says "unknown" and sends nothing again when the answer to a stop is lost', async () => {
    const stage = await openStage(transport, { operators: ['ana'], signalTimeout: '300ms' });
    stage.command.addIdentity({ ...serviceAccount, permissions: manage });
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', `stop ${id}`);
    stage.command.fail({ method: 'POST', path: '/Stop', fault: 'hang-after-effect' });
    await confirm(stage, 'ana', await privateWord(stage, 'ana', /cannot be undone/));
    await privateWord(stage, 'ana', /not known|unknown/i);
    await stage.observeAfter(60_000);
    const stops = stage.command.requests.filter(({ path }) => path.endsWith('/Stop'));
    expect(stops).toHaveLength(1);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('confirms once, however often it is pressed', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    stage.command.addIdentity({ ...serviceAccount, permissions: manage });
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', `stop ${id}`);
    const proposal = await privateWord(stage, 'ana', /cannot be undone/);
    await Promise.all([confirm(stage, 'ana', proposal), confirm(stage, 'ana', proposal)]);
    await stage.command.waitFor(() => stage.command.instance(id).status === 'Rejected');
    await privateWord(stage, 'ana', /[Rr]ejected/);
    expect(stage.command.requests.filter(({ path }) => path.endsWith('/Stop'))).toHaveLength(1);
    await stage.observeAfter(15_000);
    await stage.close();
  });

  it('lists what failed, privately, and only to whom a rule shows it', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    const id = await askForCertificate(stage, { host: 'broken.keyexample.com' });
    stage.command.failInstance(id, 'The CA did not answer.');
    await type(stage, 'ana', 'list failed');
    await privateWord(stage, 'ana', /broken\.keyexample\.com/);
    await type(stage, 'bo', 'list failed');
    const nothing = await privateWord(stage, 'bo', /./);
    expect(textOf(nothing)).not.toContain('broken');
    await finish(stage, { posts: {}, answers: { ana: 1, bo: 1 }, signals: [] });
  });

  it('explains who may decide and why others may not', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    const code = /K\d+/.exec(textOf(theCard(stage)))?.[0] ?? '';
    await type(stage, 'ana', `why ${code}`);
    const why = textOf(await privateWord(stage, 'ana', /PKI Approvers/));
    for (const { id } of [personas.ana, personas.sam, personas.gia]) expect(why).toContain(id);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('opens a picker when no workflow is named, and goes on with the one chosen', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    await askForCertificate(stage, { host: 'picked.keyexample.com' });
    await stage.observe();
    await type(stage, 'ana', 'status');
    const modal = await stage.slack.waitFor(() =>
      stage.slack.views(personas.ana.id).find(({ view }) => JSON.stringify(view).includes('static_select')),
    );
    expect(JSON.stringify(modal.view)).toContain('picked.keyexample.com');
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('says that nothing was changed when Command is away', async () => {
    const stage = await openStage(transport, { operators: ['ana'] });
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', `stop ${id}`);
    const proposal = await privateWord(stage, 'ana', /cannot be undone/);
    await stage.command.goDown();
    await confirm(stage, 'ana', proposal);
    await privateWord(stage, 'ana', /[Nn]othing was changed/);
    expect(stage.slack.messages(places.pki)).toHaveLength(1);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });
});
