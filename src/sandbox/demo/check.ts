import { createLog } from '../../log.js';
import { messageOf } from '../../shared/language.js';
import { objectsAt } from '../slack/api-method.js';
import { findElements } from '../slack/elements.js';
import type { SeenMessage } from '../slack/interactions.js';
import type { OpenView } from '../slack/page/protocol.js';
import type { SlackWorkspace } from '../slack/workspace.js';
import { type Demo, openDemo } from './open-demo.js';
import {
  type Actor,
  channels,
  demoIncidents,
  everydayRequest,
  fail,
  instanceSketchOf,
  personas,
  pfxPassword,
  portalKim,
  portalPat,
  renewedHosts,
  serviceAccount,
} from './scene.js';

/** Plays every story in turn, prints each with what was seen, and returns 0 if all held, else 1. */
export async function runCheck(print: (text: string) => void): Promise<number> {
  const startedAtMs = performance.now();
  const logLines: string[] = [];
  const log = createLog({ level: 'debug', to: { write: (line: string) => void logLines.push(line) } });
  const demo = await openDemo({ port: 0, log });
  let held = 0;
  try {
    for (const story of stories) held += (await playOne(story, { ...demo, logLines }, print)) ? 1 : 0;
  } finally {
    await demo.close();
  }
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  print(`\n${held} of ${stories.length} held, in ${seconds} s.\n`);
  return held === stories.length ? 0 : 1;
}

async function playOne(story: Story, demo: CheckedDemo, print: (text: string) => void): Promise<boolean> {
  try {
    const seen = await story.play(demo);
    print(`✓ ${story.title}\n    ${seen}\n`);
    return true;
  } catch (error) {
    print(`✗ ${story.title}\n    ${messageOf(error)}\n`);
    return false;
  }
}

/** The demo while it is checked, with what the bot wrote into its log. */
interface CheckedDemo extends Demo {
  readonly logLines: readonly string[];
}

/** One thing the bot promises, played from beginning to end. */
interface Story {
  readonly title: string;
  /** Plays it and says what was seen; throws when something else was. */
  play(demo: CheckedDemo): Promise<string>;
}

function story(title: string, play: Story['play']): Story {
  return { title, play };
}

const refusals: readonly { readonly actor: Actor; readonly who: string; readonly text: RegExp }[] = [
  { actor: 'sam', who: 'the requester', text: /You requested this/ },
  { actor: 'bo', who: 'somebody who is no approver', text: /not one of the approvers/ },
  { actor: 'gia', who: 'a guest', text: /you are a guest/ },
  {
    actor: 'una',
    who: 'an approver without a Command username',
    text: /doesn't know your username in the system this comes from/,
  },
];

const stories: readonly Story[] = [
  // Every request is put up, with what stands out.
  story('Every waiting request gets one card', async (demo) => {
    const ids = Object.values(demo.opening);
    for (const id of ids) await liveCard(demo, id);
    const counts = ids.map((id) => cardsOf(demo, id).length);
    insist(
      counts.every((count) => count === 1),
      `cards per request: ${counts.join(', ')}`,
    );
    return `${ids.length} requests, ${ids.length} cards`;
  }),
  story('Cards point out what stands out', async (demo) => {
    const { wildcard, weak, outside, renewal, manyNames } = demo.opening;
    await cardSaying(demo, wildcard, /1 wildcard/);
    await cardSaying(demo, weak, /weak key: RSA 1024/);
    await cardSaying(demo, outside, /2 names outside your domains/);
    await cardSaying(demo, renewal, /replaces a certificate[\s\S]*adds 1 name/);
    await cardSaying(demo, manyNames, /40 more names/);
    return 'a wildcard, a weak key, 2 names outside the zones, a renewal with a new name, 60 names';
  }),
  story(
    'Ana is reminded once of all that has waited a long time, and operators hear of the longest',
    async (demo) => {
      const own = () => privateText(demo.slack, personas.ana.id).filter((one) => textOf(one).includes('⏰'));
      const [reminder] = await demo.slack.waitFor(() => own().length > 0 && own(), {
        whatFor: 'a reminder of Ana',
        timeoutMs: waitTimeoutMs,
      });
      const escalated = () => demo.slack.messages(channels.ops.id).find((one) => /shop/.test(textOf(one)));
      await demo.slack.waitFor(escalated, { whatFor: 'a word to operators', timeoutMs: waitTimeoutMs });
      insist(own().length === 1, `${own().length} reminders`);
      return plainly(reminder ? textOf(reminder) : '').split('\n')[0] ?? '';
    },
  ),
  // One person, one decision.
  story('Ana approves with a comment, the workflow moves, and the card says who it was', async (demo) => {
    const id = demo.opening.shop;
    await person(demo, 'ana').approve(await liveCard(demo, id), 'Checked with the web team');
    const card = await cardSaying(demo, id, /Approved by Ana Ruiz/);
    const { status } = demo.command.instance(id);
    const comment = demo.command.effectiveSignals.find(({ instance }) => instance === id)?.comment ?? '';
    insist(status === 'Complete', `Command says ${status}`);
    insist(/Checked with the web team.*Ana Ruiz/.test(comment), `Command was told: ${comment}`);
    return `${headingOf(card)}; Command: ${status}, “${comment}”`;
  }),
  story('A denial needs a reason; Li gives one', async (demo) => {
    const id = demo.opening.weak;
    const li = person(demo, 'li');
    await li.click(await liveCard(demo, id), 'deny');
    insist(!(await li.submit('   ')), 'the window closed without a reason');
    insist(await li.submit('The key is too short'), 'the window did not accept the reason');
    const card = await cardSaying(demo, id, /Denied by Li Wei/);
    const { status } = demo.command.instance(id);
    insist(status === 'Rejected', `Command says ${status}`);
    return `${headingOf(card)}; Command: ${status}`;
  }),
  story('A double click signals once', async (demo) => {
    const id = demo.opening.lab;
    const ana = person(demo, 'ana');
    const card = await liveCard(demo, id);
    await Promise.all([ana.click(card, 'approve'), ana.click(card, 'approve')]);
    const decided = await cardSaying(demo, id, /Approved by Ana Ruiz/);
    const signals = demo.command.requests.filter(({ path }) => path.includes(id) && /signal/i.test(path));
    insist(signals.length === 1, `Command got ${signals.length} signals`);
    return `${headingOf(decided)}; Command got 1 signal`;
  }),
  story(
    'What waits for Ana is in her Home tab; she approves there, and card and page tell it',
    async (demo) => {
      const { slack, opening } = demo;
      const id = opening.sams;
      const ana = person(demo, 'ana');
      await slack.openHome(personas.ana.id);
      await clickInHome(demo, 'ana', (home) => {
        const row = findElements(objectsAt(home.view, 'blocks')).find(
          ({ actionId, element }) =>
            actionId === 'home.decide.approve' && /grafana/.test(String(element.accessibility_label)),
        );
        return row && { actionId: row.actionId, blockId: row.blockId };
      });
      insist(await ana.submit('For the monitoring team'), 'the window did not close');
      const card = await cardSaying(demo, id, /Approved by Ana Ruiz/);
      await homeSaying(demo, 'ana', /you approved certificate enrollment `CN=grafana/);
      return headingOf(card);
    },
  ),
  story(
    'Ana approves two requests in one window, each for itself, and hears which went through',
    async (demo) => {
      const { slack, command } = demo;
      const requests = [everydayRequest(900), everydayRequest(903)];
      const ids: string[] = [];
      for (const request of requests)
        ids.push(command.startInstance(await instanceSketchOf(request, Date.now())));
      for (const id of ids) await liveCard(demo, id);
      const ana = person(demo, 'ana');
      const hear = ana.listen();
      const as = personas.ana.id;
      await slack.openHome(as);
      const codes = ids.map((id) => codeOf(cardsOf(demo, id)));
      const { id: viewId, view } = await clickInHome(demo, 'ana', (home) =>
        JSON.stringify(home.view).includes('"home.several"') ? { actionId: 'home.several' } : undefined,
      );
      const boxes = findElements(objectsAt(view, 'blocks')).filter(
        ({ element }) => element.type === 'checkboxes',
      );
      const chosen = boxes.map(({ block, blockId, actionId, element }) => {
        const isWanted = codes.some((code) => JSON.stringify(block).includes(code));
        const selected = isWanted ? element.options : [];
        return [blockId, { [actionId]: { type: 'checkboxes', selected_options: selected } }] as const;
      });
      const { result } = await slack.submitView({ as, viewId, values: Object.fromEntries(chosen) });
      insist(result === 'closed', `the window was answered with ${result}`);
      for (const id of ids) await cardSaying(demo, id, /Approved by Ana Ruiz/);
      const summary = await hear(/You selected 2 requests under Approve several[\s\S]*Approved: 2/);
      return `${boxes.length} in the window, ${codes.join(' and ')} chosen; ${plainly(textOf(summary)).split('\n')[0]}`;
    },
  ),
  story('A rule would approve a renewal of the same by itself, until Li stops it', async (demo) => {
    const renewal = everydayRequest(912);
    const { about } = renewal;
    if (about.kind !== 'enrollment') throw new Error('the request is no enrollment');
    const names = [about.host, ...(about.otherNames ?? [])];
    const request = {
      ...renewal,
      requester: 'KEYEXAMPLE\\svc-acme',
      about: { ...about, replaces: { names, expiresInDays: 20 } },
    };
    const id = demo.command.startInstance(await instanceSketchOf(request, Date.now()));
    const card = await cardSaying(demo, id, /Rule “Renewals” approves this at/);
    await person(demo, 'li').click(card, 'take-back');
    const stopped = await cardSaying(
      demo,
      id,
      /Rule “Renewals” was stopped by Li Wei; an approver has to decide/,
    );
    await person(demo, 'ana').approve(stopped, '');
    return headingOf(await cardSaying(demo, id, /Approved by Ana Ruiz/));
  }),
  story('Ana asks Sam about his request; question and answer are on the card', async (demo) => {
    const { slack, command } = demo;
    const request = { ...everydayRequest(906), requester: personas.sam.identity };
    const id = command.startInstance(await instanceSketchOf(request, Date.now()));
    const [ana, sam] = [person(demo, 'ana'), person(demo, 'sam')];
    const [hearAna, hearSam] = [ana.listen(), sam.listen()];
    await ana.click(await liveCard(demo, id), 'ask');
    insist(await ana.submit('Which team is it for?'), 'the window did not close');
    const { channel, ts, blocks } = await hearSam(/Ana Ruiz asks about your request/);
    await slack.click({ as: personas.sam.id, channel, ts, actionId: 'question.answer', from: blocks });
    insist(await sam.submit('The build team'), 'the window did not close');
    await hearAna(/has answered your question/);
    const card = await cardSaying(demo, id, /Which team is it for\?[\s\S]*The build team/);
    await ana.approve(card, '');
    await cardSaying(demo, id, /Approved by Ana Ruiz/);
    const comment = command.effectiveSignals.find(({ instance }) => instance === id)?.comment ?? '';
    insist(comment.includes('The build team'), `Command was told: ${comment}`);
    return `Command: “${comment}”`;
  }),
  story('Sam sees where his requests stand, and reminds the others', async (demo) => {
    const request = { ...everydayRequest(909), requester: personas.sam.identity };
    const id = demo.command.startInstance(await instanceSketchOf(request, Date.now()));
    const card = await liveCard(demo, id);
    const [li, sam] = [person(demo, 'li'), person(demo, 'sam')];
    const [hearLi, hearSam] = [li.listen(), sam.listen()];
    const code = codeOf([card]) ?? '';
    await sam.type('mine');
    await hearSam(new RegExp(code));
    await sam.type(`nudge ${code}`);
    await hearSam(/gets? a reminder about/);
    const reminder = await hearLi(/The requester of [\s\S]* sends you this reminder/);
    await li.approve(card, '');
    await cardSaying(demo, id, /Approved by Li Wei/);
    return plainly(textOf(reminder)).split('\n')[0] ?? '';
  }),
  story('Ana goes away, Bo decides for her until she is back, and every card says so', async (demo) => {
    const { command } = demo;
    const [ana, bo] = [person(demo, 'ana'), person(demo, 'bo')];
    const [hearAna, hearBo] = [ana.listen(), bo.listen()];
    const ids: string[] = [];
    for (const number of [915, 918])
      ids.push(command.startInstance(await instanceSketchOf(everydayRequest(number), Date.now())));
    const [first = '', second = ''] = ids;
    await Promise.all(ids.map((id) => liveCard(demo, id)));
    await ana.type(`away until 3d to <@${personas.bo.id}>`);
    await hearBo(/Ana Ruiz is away [\s\S]* you are their delegate/);
    const card = await cardSaying(demo, first, /Ana Ruiz \(away\)[\s\S]*for Ana Ruiz/);
    await bo.approve(card, 'Planned');
    const decided = await cardSaying(demo, first, /Approved by Bo Larsen \(for Ana Ruiz\)/);
    const comment = command.effectiveSignals.find(({ instance }) => instance === first)?.comment ?? '';
    insist(/Bo Larsen .* for Ana Ruiz/.test(comment), `Command was told: ${comment}`);
    await ana.type('back');
    await hearAna(/Welcome back/);
    await cardSaying(demo, second, /^(?![\s\S]*\(away\))/);
    await bo.click(await liveCard(demo, second), 'approve');
    await hearBo(/not one of the approvers/);
    await ana.approve(await liveCard(demo, second), '');
    await cardSaying(demo, second, /Approved by Ana Ruiz/);
    return `${headingOf(decided)}; Command: “${comment}”`;
  }),
  story('A revocation says which certificate and why', async (demo) => {
    const id = demo.opening.revocation;
    await cardSaying(demo, id, /4F00A1B3C2D7E6980000000091[\s\S]*KeyCompromise/);
    await person(demo, 'li').approve(await liveCard(demo, id), 'SEC-2291 confirmed');
    return headingOf(await cardSaying(demo, id, /Approved by Li Wei/));
  }),
  story('An approval after which the CA fails is reported as both', async (demo) => {
    const id = demo.opening.device;
    await person(demo, 'ana').approve(await liveCard(demo, id), '');
    const card = await cardSaying(demo, id, /then failed[\s\S]*RPC server is unavailable/);
    insist(!isLive(card), 'the card still has buttons');
    return headingOf(card);
  }),
  // Those who may not decide are told so privately, and why.
  ...refusals.map(({ actor, who, text }) =>
    story(`${personas[actor].realName}, ${who}, is refused privately`, async (demo) => {
      const id = demo.opening.labOfSam;
      const one = person(demo, actor);
      const card = await liveCard(demo, id);
      const hear = one.listen();
      await one.click(card, 'approve');
      const reported = await hear(text);
      insist(reported.isEphemeral, 'the refusal was not private');
      insist(demo.command.instance(id).status === 'Suspended', 'Command was told something');
      insist(isLive(await liveCard(demo, id)), 'the card lost its buttons');
      return plainly(textOf(reported));
    }),
  ),
  // Several people, or Command itself, have a say.
  story(
    'High risk takes two people, Command gets one signal, and every copy of the card says so',
    async (demo) => {
      const { slack, command, opening } = demo;
      const id = opening.wildcard;
      await person(demo, 'ana').approve(await liveCard(demo, id), '');
      const half = await cardSaying(demo, id, /1 of 2/);
      insist(command.instance(id).status === 'Suspended', 'Command was told after one approval');
      await person(demo, 'li').approve(half, '');
      const card = await cardSaying(demo, id, /Approved by Ana Ruiz and Li Wei/);
      const signals = command.effectiveSignals.filter(({ instance }) => instance === id);
      insist(signals.length === 1, `Command got ${signals.length} signals`);
      const copies = () =>
        slack.messages(slack.im(personas.ana.id).id).filter((one) => textOf(one).includes(id));
      await slack.waitFor(
        () => copies().every((one) => /Ana Ruiz and Li Wei/.test(textOf(one)) && !isLive(one)),
        {
          whatFor: 'the copy in Ana’s direct messages',
        },
      );
      return `1 of 2, then: ${headingOf(card)}; ${copies().length} copy in direct messages agrees`;
    },
  ),
  story(
    'Where Command needs two approvers, the card offers no approval that would be one of two',
    async (demo) => {
      const { command, opening } = demo;
      const id = opening.codeSigning;
      const waiting = await cardSaying(demo, id, /the step needs 2 approvers/);
      insist(!/"approval\.approve"/.test(JSON.stringify(waiting.blocks)), 'the card offers an approval');
      await command.decideInPortal(id, portalPat.name, true);
      await command.decideInPortal(id, portalKim.name, true);
      const card = await cardSaying(demo, id, /Decided in Command, not here/);
      return `${headingOf(waiting)}; then: ${headingOf(card)}`;
    },
  ),
  story('What is decided in Command’s portal closes its card', async (demo) => {
    const id = demo.opening.wiki;
    await liveCard(demo, id);
    await demo.command.decideInPortal(id, portalPat.name, true);
    const card = await cardSaying(demo, id, /Decided in Command, not here/);
    insist(!isLive(card), 'the card still has buttons');
    return headingOf(card);
  }),
  story('When the facts change, nothing is sent and approval is needed again', async (demo) => {
    const id = demo.opening.renewal;
    const ana = person(demo, 'ana');
    const before = await liveCard(demo, id);
    const hear = ana.listen();
    await ana.click(before, 'approve');
    demo.command.changeData(id, { CertificateAuthority: 'RetiredCA2' });
    await ana.submit('Looks right');
    const card = await cardSaying(demo, id, /CorpIssuingCA1[\s\S]*→[\s\S]*RetiredCA2/);
    await hear(/look at the card again|no longer counts|nothing was decided/i);
    insist(isLive(card), 'the card has no buttons');
    insist(demo.command.instance(id).status === 'Suspended', 'Command was told something');
    return `${headingOf(card)}: CorpIssuingCA1 → RetiredCA2; Ana was told privately`;
  }),
  // Work Tasks asks people by itself.
  story('A workflow in Work Tasks requests a decision, and Ana’s choice continues it', async (demo) => {
    const { workTasks, plant } = demo;
    const card = await workTasksCard(demo, /Leave of blarsen/, /Send back/, /Family visit/);
    const ana = person(demo, 'ana');
    await ana.click(card, 'approve#0');
    insist(await ana.submit('Enjoy it'), 'the window did not accept the comment');
    const decided = await workTasksCard(demo, /Leave of blarsen/, /Approved by Ana Ruiz/);
    const [alert] = workTasks.alerts;
    insist(alert?.hasMoved === true && alert.user === 'activedirectory::aruiz', 'the activity was not told');
    insist(!isLive(decided), 'the card still has buttons');
    return `${headingOf(decided)}; Work Tasks: ${workTasks.execution(plant.leave).status}, as ${alert?.user}`;
  }),
  story(
    'A workflow that cannot say which activity waits gets a card with a link and no dead buttons',
    async (demo) => {
      const card = await workTasksCard(demo, /Purchase by jsmith/, /Open in Work Tasks/);
      insist(!isLive(card), 'the card has buttons that would do nothing');
      insist(
        /decide this in the Work Tasks inbox/.test(textOf(card)),
        'the card does not say where to decide',
      );
      const { purchase } = demo.plant;
      demo.workTasks.completeInInbox({
        execution: purchase,
        as: 'activedirectory::aruiz',
        output: 'Approved',
      });
      return headingOf(await workTasksCard(demo, /Purchase by jsmith/, /Over in Work Tasks/));
    },
  ),
  // Operators type.
  story(
    'Omar starts a workflow in Work Tasks with checked values, and its approval gets a card',
    async (demo) => {
      const { workTasks } = demo;
      const before = workTasks.executions().length;
      await order(demo, 'omar', {
        text: 'execute "Leave request" Days=2 From=2026-12-28',
        proposal: /Leave WF/,
        answer: /Started/,
      });
      const started = workTasks.executions().slice(before);
      insist(started.length === 1, `${started.length} executions were started`);
      insist(
        started[0]?.initiator === 'activedirectory::ohaddad',
        `it was started as ${started[0]?.initiator}`,
      );
      await workTasksCard(demo, /Leave of ohaddad/, /2026/, /Send back/);
      return `Leave WF, execution ${started[0]?.id}, started as ${started[0]?.initiator}`;
    },
  ),
  story('Omar pauses a run, and resumes it', async (demo) => {
    const { workTasks, plant } = demo;
    const status = () => workTasks.execution(plant.backup).status;
    const ref = `"Backup WF#${plant.backup.id}"`;
    await order(demo, 'omar', { text: `pause ${ref}`, proposal: /resume/, answer: /To undo/ });
    insist(status() === 'PA', `Work Tasks says ${status()} after the pause`);
    await order(demo, 'omar', { text: `resume ${ref}`, proposal: /[Rr]esume/, answer: /To undo/ });
    insist(status() === 'SL', `Work Tasks says ${status()} after the resume`);
    return 'SL, then PA, then SL again';
  }),
  story('Omar restarts a failed run in Command, which waits again under a card of its own', async (demo) => {
    const { command, opening } = demo;
    const before = new Set(command.instances().map(({ id }) => id));
    await order(demo, 'omar', {
      text: `restart ${opening.device}`,
      proposal: /from step 1/,
      answer: /continues as .*run/,
    });
    const [run] = command.instances().filter(({ id }) => !before.has(id));
    if (!run) throw new Error('Command has no new run');
    await liveCard(demo, run.id);
    return `${command.instance(opening.device).status}, and a new run that is ${run.status}`;
  }),
  // Workflows fail.
  story('Twelve workflows that fail alike are one alert, which mentions Omar once', async (demo) => {
    const { definition } = demoIncidents.authority;
    fail(demo.command, 'authority', renewedHosts);
    const alert = await alertSaying(demo, definition, /12 runs[\s\S]*RPC server[\s\S]*<@U0OMAR>/);
    const more = await threadSaying(demo, alert, /12 runs failed/);
    const count = alertsAbout(demo, definition).length;
    insist(count === 1, `${count} messages`);
    insist(more.threadTs === alert.ts, 'the details are not in its thread');
    return headingOf(alert);
  }),
  story('Bo, who is no operator, can restart nothing from an alert', async (demo) => {
    const [alert] = alertsAbout(demo, demoIncidents.authority.definition);
    if (!alert) throw new Error('there is no alert');
    const bo = person(demo, 'bo');
    const hear = bo.listen();
    await bo.clickAlert(alert, 'restart');
    const reported = await hear(/You may not use “restart”/);
    insist(reported.isEphemeral, 'the refusal was not private');
    return 'refused privately, nothing was changed';
  }),
  story(
    'A failed workflow is restarted from its alert, followed to its end, and the alert closes',
    async (demo) => {
      const { definition } = demoIncidents.share;
      const before = demo.command.instances().length;
      fail(demo.command, 'share');
      const alert = await alertSaying(demo, definition, /was not found/);
      const omar = person(demo, 'omar');
      const hear = omar.listen();
      await omar.clickAlert(alert, 'restart');
      await omar.clickAlert(await hear(/Restart 1 run of CRL publishing/), 'confirm');
      await threadSaying(demo, alert, /Restarted; it continues as .*run/);
      const over = await alertSaying(demo, definition, /Recovered by Omar Haddad/);
      const started = demo.command.instances().length - before;
      insist(started === 2, `${started} runs were started instead of 2`);
      insist(over.ts === alert.ts, 'it was told anew instead of on the alert');
      return headingOf(over);
    },
  ),
  // What goes wrong around the bot.
  story('While Command is down a decision is kept, and sent when it is back', async (demo) => {
    const { command, opening } = demo;
    const id = opening.timer;
    const card = await liveCard(demo, id);
    await command.goDown();
    await person(demo, 'ana').approve(card, '');
    const held = await cardSaying(demo, id, /cannot be reached/);
    insist(command.instance(id).status === 'Suspended', 'the decision was sent');
    await command.comeBack();
    const sent = await cardSaying(demo, id, /Approved by Ana Ruiz/);
    insist(command.instance(id).status === 'Complete', `Command says ${command.instance(id).status}`);
    return `${headingOf(held)}; then: ${headingOf(sent)}`;
  }),
  story('A card from before a restart of the bot still works, and is not posted twice', async (demo) => {
    const id = demo.opening.pfx;
    const before = await liveCard(demo, id);
    await demo.restartBot();
    await person(demo, 'ana').approve(before, '');
    const card = await cardSaying(demo, id, /Approved by Ana Ruiz/);
    insist(card.ts === before.ts, 'it was posted anew');
    insist(!isLive(card), 'the card still has buttons');
    return headingOf(card);
  }),
  // What is true of everything, when all has been played.
  story('No secret is in the bot’s log, nor in anything it said to Slack', async (demo) => {
    const { slack, logLines } = demo;
    const { signingSecret } = slack.app;
    const basic = Buffer.from(`${serviceAccount.name}:${demo.secrets.command}`).toString('base64');
    const log = logLines.join('\n');
    for (const [what, secret] of Object.entries({ ...demo.secrets, signingSecret, basic, pfxPassword })) {
      insist(!log.includes(secret), `the log holds a secret: ${what}`);
    }
    insist(!JSON.stringify(slack.calls).includes(pfxPassword), 'Slack was told the PFX password');
    insist(!/hooks\.slack|\/actions\/T0/.test(log), 'the log holds an address that lets others answer');
    return `${logLines.length} lines of log and ${slack.calls.length} calls searched`;
  }),
  story('No card that is over has buttons, and every card that waits has them', async (demo) => {
    const runs = demo.command.instances();
    for (const { id, status, received } of runs) {
      const isWaiting = status === 'Suspended' && received.length === 0;
      const untrue = () => cardsOf(demo, id).filter((card) => isLive(card) !== isWaiting);
      await demo.slack.waitFor(() => untrue().length === 0).catch(() => undefined);
      insist(untrue().length === 0, `the run is ${status}, yet: ${untrue().map(headingOf).join(', ')}`);
    }
    const open = runs.filter(({ status }) => status === 'Suspended').length;
    return `${runs.length - open} runs over, ${open} waiting`;
  }),
  // Before anybody lets it decide.
  story(
    'In shadow mode it only shows what it would ask, and live again nothing of that counts',
    async (demo) => {
      await demo.restartBot('shadow');
      const id = await demo.ask(everydayRequest(901));
      const inShadow = {
        fits: (card: SeenMessage) => /Shadow: decide in Command/.test(textOf(card)),
        is: 'is a shadow',
      };
      const shown = await cardThat(demo, id, inShadow);
      insist(shown.channel === channels.shadow.id, `it was posted in ${shown.channel}`);
      insist(!isLive(shown), 'it has buttons that decide');
      insist(!/<@|<!channel/.test(textOf(shown)), 'it mentions somebody');
      await demo.restartBot('live');
      const card = await liveCard(demo, id);
      insist(card.channel !== channels.shadow.id, 'the card of live mode is in the shadow channel');
      await cardSaying(demo, id, /Posted in shadow mode, which has ended/);
      return headingOf(shown);
    },
  ),
];

/** A channel takes one edit a second, and some stories have every card that waits drawn anew. */
const waitTimeoutMs = 60_000;

/** Waits until somebody's Home tab says something. */
function homeSaying({ slack }: Demo, actor: Actor, text: RegExp): Promise<OpenView> {
  const find = () => {
    const home = slack.home(personas[actor].id);
    return home && text.test(JSON.stringify(home.view)) ? home : undefined;
  };
  return slack.waitFor(find, { whatFor: `a Home tab: ${text}`, timeoutMs: waitTimeoutMs });
}

/**
 * Clicks something on somebody's Home tab once it is there, and gives the window that opens; once more where the page was
 * just being drawn anew, as a person would.
 */
async function clickInHome(
  { slack }: Demo,
  actor: Actor,
  find: (home: OpenView) => { readonly actionId: string; readonly blockId?: string } | undefined,
): Promise<OpenView> {
  const as = personas[actor].id;
  for (;;) {
    const { home, element } = await slack.waitFor(
      () => {
        const shown = slack.home(as);
        const found = shown && find(shown);
        return found && { home: shown, element: found };
      },
      { whatFor: 'something in a Home tab', timeoutMs: waitTimeoutMs },
    );
    await slack.clickInView({ as, viewId: home.id, hash: home.hash, ...element });
    const window = await slack.waitFor(() => slack.views(as).at(-1), { whatFor: 'a window from a Home tab' });
    if (window.view.submit) return window;
    await slack.closeView({ as, viewId: window.id });
  }
}

/** Lists the alerts about a workflow, without what is said in their threads. */
function alertsAbout({ slack }: Demo, definition: string): readonly SeenMessage[] {
  return slack
    .messages(channels.alerts.id)
    .filter((one) => one.isFromApp && one.threadTs === undefined && headingOf(one).includes(definition));
}

/** Waits until an alert about a workflow says something. */
function alertSaying(demo: Demo, definition: string, text: RegExp): Promise<SeenMessage> {
  return demo.slack.waitFor(() => alertsAbout(demo, definition).find((one) => text.test(textOf(one))), {
    whatFor: `an alert about ${definition}: ${text}`,
    timeoutMs: waitTimeoutMs,
  });
}

/** Waits until something is said in the thread of an alert. */
function threadSaying({ slack }: Demo, { channel, ts }: SeenMessage, text: RegExp): Promise<SeenMessage> {
  return slack.waitFor(() => slack.thread(channel, ts).find((one) => text.test(textOf(one))), {
    whatFor: `a thread: ${text}`,
    timeoutMs: waitTimeoutMs,
  });
}

/** Types a command, confirms what is proposed, and waits for the answer. */
async function order(
  demo: CheckedDemo,
  actor: Actor,
  requested: { readonly text: string; readonly proposal: RegExp; readonly answer: RegExp },
): Promise<void> {
  const one = person(demo, actor);
  const hear = one.listen();
  await one.type(requested.text);
  const proposal = await hear(new RegExp(`${requested.proposal.source}[\\s\\S]*command\\.confirm`));
  await one.confirm(proposal);
  // The answer takes the proposal's place, and may use the same words.
  await hear(new RegExp(`^(?![\\s\\S]*command\\.confirm)[\\s\\S]*${requested.answer.source}`));
}

/** What was said, without the blocks around it. */
function plainly(text: string): string {
  return /"text":"([^"]*)"/.exec(text)?.[1] ?? text.replace(/^"|"$/g, '');
}

type Verb = 'ask' | 'take-back' | 'approve' | 'deny' | `${'approve' | 'deny'}#${number}`;

/** Somebody in front of the workspace, pressing what is on the screen. */
interface PersonAtWork {
  /** `approve`, `deny`, or one of a workflow's own outputs: `approve#0`. */
  click(card: SeenMessage, verb: Verb): Promise<unknown>;
  /** Types into the window on top and submits it; tells whether it closed. */
  submit(text: string): Promise<boolean>;
  approve(card: SeenMessage, comment: string): Promise<unknown>;
  /** Presses something on an alert, or under what it was answered with. */
  clickAlert(message: SeenMessage, clicked: 'restart' | 'take' | 'confirm'): Promise<unknown>;
  /** Types after the slash command; what is answered privately is for `listen`. */
  type(text: string): Promise<unknown>;
  /** Confirms what was proposed. */
  confirm(proposal: SeenMessage): Promise<unknown>;
  /** Begins to listen; what it gives waits for the first private word since then. */
  listen(): (text: RegExp) => Promise<SeenMessage>;
}

/** Lets somebody of the cast act. */
function person({ slack }: Demo, actor: Actor): PersonAtWork {
  const { id, realName } = personas[actor];
  const click: PersonAtWork['click'] = (card, verb) =>
    slack.click({
      as: id,
      channel: card.channel,
      ts: card.ts,
      actionId: `approval.${verb}`,
      from: card.blocks,
    });
  const submit: PersonAtWork['submit'] = async (text) => {
    const modal = await slack.waitFor(() => slack.views(id).at(-1), { whatFor: `a window for ${realName}` });
    const field = findElements(objectsAt(modal.view, 'blocks')).find(({ block }) => block.type === 'input');
    const values = field && {
      [field.blockId]: { [field.actionId]: { type: 'plain_text_input', value: text } },
    };
    return (await slack.submitView({ as: id, viewId: modal.id, values: values ?? {} })).result === 'closed';
  };
  return {
    click: click,
    submit,
    type: (text) => slack.command({ as: id, channel: channels.ops.id, command: '/workflow', text }),
    confirm: ({ channel, ts, blocks }) =>
      slack.click({ as: id, channel, ts, actionId: 'command.confirm', from: blocks }),
    clickAlert: ({ channel, ts, blocks }, clicked) =>
      slack.click({ as: id, channel, ts, actionId: `alert.${clicked}`, from: blocks }),
    async approve(card, comment) {
      await click(card, 'approve');
      await submit(comment);
    },
    listen() {
      const heard = new Set(privateText(slack, id).map(({ ts }) => ts));
      return (text) =>
        slack.waitFor(
          () => privateText(slack, id).find((one) => !heard.has(one.ts) && text.test(textOf(one))),
          { whatFor: `a private word to ${realName}: ${text}` },
        );
    },
  };
}

/** Lists what only one person sees: private answers in channels, and the conversation with the app. */
function privateText(slack: SlackWorkspace, id: string): readonly SeenMessage[] {
  const replies = Object.values(channels).flatMap((channel) =>
    slack.messages(channel.id, id).filter(({ isEphemeral }) => isEphemeral),
  );
  return [...replies, ...slack.messages(slack.im(id).id, id).filter(({ isFromApp }) => isFromApp)];
}

/** Gives everything a person reads in a message, in one string. */
function textOf(message: SeenMessage): string {
  return JSON.stringify(message.blocks.length > 0 ? message.blocks : message.text)
    .replaceAll('\\n', '\n')
    .replaceAll('\\\\', '\\');
}

/** Gives the heading of a card. */
function headingOf(card: SeenMessage): string {
  return (
    /"type":"header","text":\{[^}]*?"text":"([^"]*)"/.exec(JSON.stringify(card.blocks))?.[1] ?? card.text
  );
}

/** Gives the short code in the heading of a card. */
function codeOf([card]: readonly SeenMessage[]): string {
  return /· (\w+)$/.exec(card ? headingOf(card) : '')?.[1] ?? '';
}

/** Tells whether a message has buttons that decide something. */
function isLive(message: SeenMessage): boolean {
  return /"approval\.(approve|deny|withdraw|take-back)(#\d+)?"/.test(JSON.stringify(message.blocks));
}

/** Lists the cards of a run in all channels but that of alerts: they have its link, as only the digest has besides. */
function cardsOf({ slack }: Demo, runId: string): readonly SeenMessage[] {
  return Object.values(channels)
    .filter((channel) => channel !== channels.alerts)
    .flatMap(({ id }) => slack.messages(id))
    .filter((message) => message.isFromApp && !message.text.startsWith('📅'))
    .filter((message) => textOf(message).includes(`/runs/${runId}`));
}

/** Waits until the card of a run says something; throws with what it says instead. */
function cardSaying(demo: Demo, runId: string, text: RegExp): Promise<SeenMessage> {
  return cardThat(demo, runId, { fits: (card) => text.test(textOf(card)), is: `says ${text}` });
}

/** Waits for the card of a run with buttons to press. */
function liveCard(demo: Demo, runId: string): Promise<SeenMessage> {
  return cardThat(demo, runId, { fits: isLive, is: 'has buttons' });
}

/** Waits for a card of Work Tasks that says all of this. */
function workTasksCard({ slack }: Demo, ...text: readonly RegExp[]): Promise<SeenMessage> {
  return slack.waitFor(
    () =>
      slack
        .messages(channels.plant.id)
        .find((one) => one.isFromApp && text.every((word) => word.test(textOf(one)))),
    { whatFor: `a card in #${channels.plant.name}: ${text.join(' ')}`, timeoutMs: waitTimeoutMs },
  );
}

async function cardThat(
  demo: Demo,
  runId: string,
  wanted: { readonly fits: (card: SeenMessage) => boolean; readonly is: string },
): Promise<SeenMessage> {
  const find = () => cardsOf(demo, runId).find(wanted.fits);
  try {
    return await demo.slack.waitFor(find, { timeoutMs: waitTimeoutMs });
  } catch {
    const said = cardsOf(demo, runId).map((card) => `${headingOf(card)} (${textOf(card)})`);
    throw new Error(`No card of this run ${wanted.is}; seen: ${said.join(' and ') || 'none'}`);
  }
}

/** Throws, with what was seen instead, unless a condition holds. */
function insist(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
