import { describe, expect, it } from '@jest/globals';
import type { readingVerbs, Verb } from '../../../src/domain/commands.js';
import { ask } from '../../support/stage/ask.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { transports } from '../../support/stage/open-stage.js';
import {
  changesSent,
  openWorkTasksScenario,
  startLeave,
  workTasksUser,
} from '../../support/stage/work-tasks.js';

/** What is typed about a run, and what the answer shows. */
type Poll = readonly [line: (run: string) => string, shows: RegExp];
type ReadingCommand = (typeof readingVerbs)[number] | 'help' | 'approvals' | 'whoami';

const inCommand: Readonly<Record<ReadingCommand, readonly Poll[]>> = {
  help: [[() => 'help', /Commands after/]],
  status: [[(run) => `status ${run}`, /Waiting at step Security approval.*The step needs.* 1 approval/s]],
  list: [
    [() => 'list', /app\.keyexample\.com.*failing\.keyexample\.com|failing.*app/s],
    [() => 'list waiting', /Waiting workflows.*app\.keyexample\.com/s],
    [() => 'list failed', /Failed workflows.*failing\.keyexample\.com/s],
    [() => 'list failed app', /Failed workflows with .*none you may see/s],
    [() => 'list running', /Running workflows: none/],
    [() => 'list mine', /Workflows you started.*failing\.keyexample\.com/s],
  ],
  output: [[(run) => `output ${run} Enroll`, /Command has no “output”/]],
  variable: [[(run) => `variable ${run} Days`, /Command has no “variable”/]],
  last: [[() => 'last "web server ENROLLMENT"', /keyexample\.com.*Workflow.* Web server enrollment/s]],
  definitions: [[() => 'definitions server', /Web server enrollment · version 1 .*Command/]],
  approvals: [[() => 'approvals', /app\.keyexample\.com/]],
  why: [[(run) => `why ${run}`, /PKI Approvers.*U0LI/s]],
  history: [[(run) => `history ${run}`, /Viewed by command: [2-9] times/s]],
  evidence: [[(run) => `evidence ${run}`, /countersign evidence \w+ --out DIR/]],
  receipt: [[() => 'receipt NOSUCH', /There is no receipt `NOSUCH`/]],
  simulate: [[() => 'simulate', /name no candidate/]],
  report: [[() => 'report 7d', /Decided.* 0: 0 approved, 0 denied.*nothing was decided/s]],
  shadow: [[() => 'shadow 7d', /is live.*Would have posted.* 0/s]],
  doctor: [[() => 'doctor', /✅.*Command.*last successful poll/s]],
  whoami: [[() => 'whoami', /KEYEXAMPLE\\aruiz.*PKI Approvers.*Operators/s]],
};

const inWorkTasks: Readonly<Partial<Record<Verb, readonly Poll[]>>> = {
  status: [[(run) => `status ${run}`, /Leave WF · execution 1001.*Complete.*Next.* no command/s]],
  output: [
    [(run) => `output ${run} "Manager approval"`, /Manager approval.*Approved/s],
    [(run) => `output ${run} "Somebody else"`, /There is no value.*no such activity/],
  ],
  variable: [[(run) => `variable ${run} Days`, /Days.*3/s]],
  last: [[() => 'last "Leave WF"', /Leave WF · execution 1001/]],
  definitions: [[() => 'definitions leave', /Leave WF · .*Work Tasks/]],
  why: [[(run) => `why ${run}`, /Leave WF/]],
  history: [[(run) => `history ${run}`, /Leave WF.*Viewed by command: [2-9] times/s]],
  whoami: [[() => 'whoami', /activedirectory::aruiz/]],
};

describe.each(transports)('verbs that only look, over %s', (transport) => {
  it('are all answered about a workflow of Command, and change nothing', async () => {
    const stage = await openWorkTasksScenario(transport);
    const id = await askForCertificate(stage);
    const failing = await askForCertificate(stage, {
      host: 'failing.keyexample.com',
      requester: 'KEYEXAMPLE\\aruiz',
    });
    stage.command.failInstance(failing, 'The CA did not answer.');
    await stage.observe();
    for (const [line, shows] of Object.values(inCommand).flat()) {
      await ask(stage, { line: line(id), shows });
    }
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('are all answered about a workflow of Work Tasks, and change nothing', async () => {
    const stage = await openWorkTasksScenario(transport);
    const { execution, typed } = startLeave(stage);
    stage.workTasks.completeInInbox({ execution, as: workTasksUser, output: 'Approved' });
    for (const [line, shows] of Object.values(inWorkTasks).flat()) {
      await ask(stage, { line: line(typed), shows });
    }
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});
