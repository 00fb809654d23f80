import { describe, expect, it } from '@jest/globals';
import { parse } from 'lossless-json';
import { ask, order } from '../../support/stage/ask.js';
import { linkByCommand } from '../../support/stage/browser.js';
import { cardSaying, click, submit, theCard } from '../../support/stage/cards.js';
import { openPersonStage, type PersonStage } from '../../support/stage/open-person-stage.js';
import type { Stage, Transport } from '../../support/stage/open-stage.js';
import { workTasksClient } from '../../support/stage/personas.js';
import type { StageRules } from '../../support/stage/stage-settings.js';
import { openWorkTasksScenario, startLeave, workTasksUser } from '../../support/stage/work-tasks.js';
import { openInboundStage, send, startAccess } from '../inbound/inbound-work-tasks.js';
import { flat, playScenes, type RawRequest, rows, type Scene, withoutRow } from './rows.js';

/** The vendor's page about the API, number 1527146, and what it lists under each call. */
const page = 'Web API for Workflow';
const documented = Object.entries({
  'POST execute': 'repository workflow version user',
  'POST executewithvariables': 'repository workflow user data variables refreshtokeninfo',
  'POST abort': 'repository workflow executionid user',
  'POST pause': 'repository workflow executionid user',
  'POST resume': 'repository workflow executionid user',
  'POST resumeworkflowwitherrors': 'repository workflow executionid user',
  'POST AlertEngine': 'repository workflow executiondetailsid user data output status',
  'GET status': 'repo executionid',
  'GET lastinstance': 'repo workflow',
  'GET activityoutput': 'repo executionid activityname variablename',
}).flatMap(([call, keys]) => keys.split(' ').map((key) => ({ call, key })));

const types = 'string number decimal float boolean date actor xml object array'.split(' ');

/** A variable of each type of the designer, called by its type. */
const typesWorkflow = { name: 'Types WF', variables: types.map((type) => ({ name: type, type })) };

const simple = { name: 'Ping WF' };

/** Sets the stage with these workflows, in the settings and on the server. */
function withWorkflows(
  workflows: readonly { readonly name: string; readonly variables?: readonly { readonly name: string }[] }[],
  rules: StageRules = {},
) {
  return async (transport: Transport): Promise<Stage> => {
    // Several of one name are its versions on the server; the settings know the workflow once.
    const known = new Map([...workflows].reverse().map((workflow) => [workflow.name, workflow]));
    const workTasks = { ...rules.workTasks, repository: { workflows: [...known.values()] } };
    const stage = await openWorkTasksScenario(transport, { ...rules, workTasks });
    for (const { name, variables = [] } of workflows) {
      const declared = variables.map((variable) => ({ name: variable.name, id: 'V7' }));
      const activities = [{ name: 'Manager approval' }];
      stage.workTasks.addWorkflow({ repository: 'Plant', name, variables: declared, activities });
    }
    return stage;
  };
}

/** Writes a line the way Slack hands it over. */
function asSlackSends(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The leave workflow with its one value, and what else the settings say of the server. */
const leave = (rules: StageRules = {}) => {
  return (transport: Transport) => openWorkTasksScenario(transport, rules);
};

const started = (line: string) => async (stage: Stage) => {
  await order(stage, { line: asSlackSends(`execute ${line}`), shows: /\?/, ends: /Started/ });
  return undefined;
};

/** Changes a run that somebody started, and names it. */
const changed =
  (verb: string, ends: RegExp, before: (stage: Stage, run: { repository: string; id: number }) => void) =>
  async (stage: Stage) => {
    const { execution, typed } = startLeave(stage);
    before(stage, execution);
    await order(stage, { line: `${verb} ${typed}`, shows: /\?/, ends });
    return { run: execution.id };
  };

/** The four keys every control takes. */
const controlled = (call: string) =>
  rows(page, call, { repository: 'Plant', workflow: 'Leave WF', executionid: '{run}', user: workTasksUser });

/** Answers the activity at which a run sleeps. */
const alerted = (more: string) => async (stage: Stage) => {
  const { execution, typed } = startLeave(stage);
  await stage.workTasks.waitFor(() => stage.workTasks.sleepingAt(execution) !== undefined);
  const activity = stage.workTasks.sleepingAt(execution)?.executionDetailsId;
  const line = asSlackSends(`alert ${typed} ${activity} Approved ${more}`);
  await order(stage, { line, shows: /\?/, ends: /Answered\./ });
  return { activity };
};

/** A number as it is written, where reading it as one would change its digits. */
function inDigits(written: string): unknown {
  return String(Number(written)) === written ? Number(written) : { digits: written };
}

const refreshTokenInfo = '{"client_id":"engine","refresh_token":"r3fresh"}';

const scenes: readonly Scene[] = [
  {
    person: 'types “execute "Ping WF" version=2”',
    open: withWorkflows([simple, simple]),
    act: started('"Ping WF" version=2'),
    sets: rows(page, 'POST execute', {
      repository: 'Plant',
      workflow: 'Ping WF',
      version: '2',
      user: workTasksUser,
    }),
  },
  {
    person: 'types “execute "Ping WF"”',
    open: withWorkflows([simple]),
    act: started('"Ping WF"'),
    sets: rows(page, 'POST execute', { version: '' }),
  },
  {
    person: 'writes “version: 1” of a workflow into the settings',
    open: withWorkflows([{ ...simple, version: '1' } as typeof simple, simple]),
    act: started('"Ping WF"'),
    sets: rows(page, 'POST execute', { version: '1' }),
  },
  {
    person: 'types “execute "Leave request" Days=3”',
    open: leave(),
    act: started('"Leave request" Days=3'),
    sets: rows(page, 'POST executewithvariables', {
      repository: 'Plant',
      workflow: 'Leave WF',
      user: workTasksUser,
      data: '<data/>',
      variables: [{ name: 'Days', value: 3, type: 'number' }],
    }),
  },
  {
    person: 'types a value of every type of the designer',
    open: withWorkflows([typesWorkflow]),
    act: started(
      [
        '"Types WF" string="two days" number=9007199254740993 decimal=2.50 float=1e-3 boolean=yes date=2026-12-31',
        'actor=activedirectory::lwei xml=\'<a b="1"/>\' object=\'{"days":3}\' array=\'["x","y"]\'',
      ].join(' '),
    ),
    sets: rows(page, 'POST executewithvariables', {
      'variables[0]': { name: 'string', value: 'two days', type: 'string' },
      'variables[1]': { name: 'number', value: inDigits('9007199254740993'), type: 'number' },
      'variables[2]': { name: 'decimal', value: inDigits('2.50'), type: 'decimal' },
      'variables[3]': { name: 'float', value: inDigits('1e-3'), type: 'float' },
      'variables[4]': { name: 'boolean', value: true, type: 'boolean' },
      'variables[5]': { name: 'date', value: '12/31/2026', type: 'date' },
      'variables[6]': { name: 'actor', value: 'activedirectory::lwei', type: 'actor' },
      'variables[7]': { name: 'xml', value: '<a b="1"/>', type: 'string' },
      'variables[8]': { name: 'object', value: { days: 3 }, type: 'object' },
      'variables[9]': { name: 'array', value: ['x', 'y'], type: 'array' },
    }),
  },
  {
    person: 'writes “variableValues: strings” into the settings',
    open: leave({ workTasks: { server: { variableValues: 'strings' } } }),
    act: async (stage) => {
      stage.workTasks.change({ valuesAs: 'strings' });
      return started('"Leave request" Days=3')(stage);
    },
    sets: rows(page, 'POST executewithvariables', {
      variables: [{ name: 'Days', value: '3', type: 'number' }],
    }),
  },
  {
    person: 'writes “variables: json-string” into the settings',
    open: leave({ workTasks: { server: { variables: 'json-string' } } }),
    act: async (stage) => {
      stage.workTasks.change({ variablesAs: 'json-string' });
      return started('"Leave request" Days=3')(stage);
    },
    sets: rows(page, 'POST executewithvariables', {
      variables: '[{"name":"Days","value":3,"type":"number"}]',
    }),
  },
  {
    person: 'writes “variableId: name” into the settings',
    open: leave({ workTasks: { server: { variableId: 'name' } } }),
    act: started('"Leave request" Days=3'),
    sets: rows(page, 'POST executewithvariables', { 'variables[0].id': 'Days' }),
  },
  {
    person: 'writes the id of a variable into the settings',
    open: withWorkflows([{ name: 'Ping WF', variables: [{ name: 'Days', id: 'V7' } as { name: string }] }]),
    act: started('"Ping WF" Days=3'),
    sets: rows(page, 'POST executewithvariables', { 'variables[0].id': 'V7' }),
  },
  {
    person: 'writes “dates: iso” into the settings',
    open: withWorkflows([typesWorkflow], { workTasks: { server: { dates: 'iso' } } }),
    act: async (stage) => {
      stage.workTasks.change({ datesAs: 'iso' });
      return started('"Types WF" date=2026-12-31')(stage);
    },
    sets: rows(page, 'POST executewithvariables', { 'variables[0].value': '2026-12-31' }),
  },
  {
    person: 'types “execute "Leave request" Days=3 data=<request/>”',
    open: leave({ workTasks: { workflow: { typedData: 'on' } } }),
    act: started('"Leave request" Days=3 data=<request/>'),
    sets: rows(page, 'POST executewithvariables', { data: '<request/>' }),
  },
  {
    person: 'writes “data” of a workflow into the settings',
    open: leave({ workTasks: { workflow: { data: '<leave/>' } } }),
    act: started('"Leave request" Days=3'),
    sets: rows(page, 'POST executewithvariables', { data: '<leave/>' }),
  },
  {
    person: 'writes “dataDefault” into the settings',
    open: leave({ workTasks: { server: { dataDefault: '<nothing/>' } } }),
    act: started('"Leave request" Days=3'),
    sets: rows(page, 'POST executewithvariables', { data: '<nothing/>' }),
  },
  {
    person: 'writes “sendRefreshTokenInfo: true” and the environment’s secret',
    open: leave({
      workTasks: { server: { sendRefreshTokenInfo: true } },
      environment: { WORKTASKS_REFRESH_TOKEN_INFO: refreshTokenInfo },
    }),
    act: started('"Leave request" Days=3'),
    sets: rows(page, 'POST executewithvariables', { refreshtokeninfo: JSON.parse(refreshTokenInfo) }),
  },
  {
    person: 'types “abort <ref>”',
    open: leave(),
    act: changed('abort', /Aborted/, () => {}),
    sets: controlled('POST abort'),
  },
  {
    person: 'types “pause <ref>”',
    open: leave(),
    act: changed('pause', /Paused/, () => {}),
    sets: controlled('POST pause'),
  },
  {
    person: 'types “resume <ref>” of a paused run',
    open: leave(),
    act: changed('resume', /Resumed/, ({ workTasks }, run) => workTasks.pause(run)),
    sets: controlled('POST resume'),
  },
  {
    person: 'types “resume <ref>” of a run that failed',
    open: leave(),
    act: changed('resume', /Resumed/, ({ workTasks }, run) => workTasks.failWithError(run, 'Out of paper')),
    sets: controlled('POST resumeworkflowwitherrors'),
  },
  {
    person: 'writes “ids: string” into the settings',
    open: leave({ workTasks: { server: { ids: 'string' } } }),
    act: async (stage) => {
      const { run } = await changed('pause', /Paused/, () => {})(stage);
      return { run: String(run) };
    },
    sets: rows(page, 'POST pause', { executionid: '{run}' }),
  },
  {
    person: 'types “alert <ref> <activity id> Approved”',
    open: leave(),
    act: alerted(''),
    sets: rows(page, 'POST AlertEngine', {
      repository: 'Plant',
      workflow: 'Leave WF',
      executiondetailsid: '{activity}',
      user: workTasksUser,
      output: 'Approved',
      status: 'Completed',
      data: '<data/>',
    }),
  },
  {
    person: 'types “alert … status=Sleep data=<answer/>”',
    open: leave(),
    act: alerted('status=Sleep data=<answer/>'),
    sets: rows(page, 'POST AlertEngine', { status: 'Sleep', data: '<answer/>' }),
  },
  {
    person: 'writes “status” and “data” of an activity into the settings',
    open: leave({
      workTasks: {
        workflow: {
          activities: [
            { name: 'Manager approval', outputs: ['Approved'], status: 'Sleep', data: '<from-settings/>' },
          ],
        },
      },
    }),
    act: alerted(''),
    sets: rows(page, 'POST AlertEngine', { status: 'Sleep', data: '<from-settings/>', output: 'Approved' }),
  },
  {
    person: 'presses an answer on a card',
    open: (transport) => openInboundStage(transport),
    act: async (stage) => {
      const run = await startAccess(stage);
      await send(stage, run, { outputs: ['Approved', 'Rejected', 'Send back'] });
      const activity = stage.workTasks.sleepingAt(run)?.executionDetailsId;
      await click(stage, 'ana', theCard(stage), 'approve#2');
      await submit(stage, 'ana', 'one more signature');
      await cardSaying(stage, /Work Tasks accepted it/);
      return { activity };
    },
    sets: rows(page, 'POST AlertEngine', {
      workflow: 'Access WF',
      executiondetailsid: '{activity}',
      user: workTasksUser,
      output: 'Send back',
    }),
  },
  {
    person: 'types “status <ref>”',
    open: leave(),
    act: async (stage) => {
      const { execution, typed } = startLeave(stage);
      await ask(stage, { line: `status ${typed}`, shows: /Leave WF/ });
      return { run: String(execution.id) };
    },
    sets: rows(page, 'GET status', { repo: 'Plant', executionid: '{run}' }),
  },
  {
    person: 'types “last "Leave request"”',
    open: leave(),
    act: async (stage) => {
      startLeave(stage);
      await ask(stage, { line: 'last "Leave request"', shows: /Leave WF/ });
      return undefined;
    },
    sets: rows(page, 'GET lastinstance', { repo: 'Plant', workflow: 'Leave WF' }),
  },
  {
    person: 'types “output <ref> "Manager approval"”',
    open: leave(),
    act: async (stage) => {
      const { execution, typed } = startLeave(stage);
      await ask(stage, { line: `output ${typed} "Manager approval"`, shows: /Manager approval/ });
      return { run: String(execution.id) };
    },
    sets: rows(page, 'GET activityoutput', {
      repo: 'Plant',
      executionid: '{run}',
      activityname: 'Manager approval',
    }),
  },
  {
    person: 'types “variable <ref> Days”',
    open: leave(),
    act: async (stage) => {
      const { execution, typed } = startLeave(stage);
      await ask(stage, { line: `variable ${typed} Days`, shows: /3/ });
      return { run: String(execution.id) };
    },
    sets: rows(page, 'GET activityoutput', { repo: 'Plant', executionid: '{run}', variablename: 'Days' }),
  },
  {
    person: 'types “variable <ref> Days” where the server reads variables under the name of the table',
    open: leave(),
    act: async (stage) => {
      stage.workTasks.change({ variablePath: 'variablevalue' });
      const { execution, typed } = startLeave(stage);
      await ask(stage, { line: `variable ${typed} Days`, shows: /3/ });
      return { run: String(execution.id) };
    },
    sets: rows(`${page}, VariableValue endpoint`, 'GET variablevalue', {
      repo: 'Plant',
      executionid: '{run}',
      variablename: 'Days',
    }),
  },
  {
    person: 'writes a client into the settings, and its secret into the environment',
    open: leave(),
    act: started('"Leave request" Days=3'),
    sets: [
      ...rows('getClientCredentialToken', 'POST the token endpoint of AIM', {
        grant_type: 'client_credentials',
        client_id: workTasksClient.clientId,
        client_secret: 'in the form',
        scope: 'system',
      }),
      ...rows(page, 'POST executewithvariables', {
        Authorization: workTasksClient.clientId,
        AccessToken: 'absent',
        'content-type': 'application/json; charset=utf-8',
      }),
    ],
  },
  {
    person: 'writes “signalAs: person” into the settings and links their account',
    open: (transport) =>
      openPersonStage(transport, { withWorkTasks: true, operators: ['ana'] }, { in: 'plant' }),
    act: async (stage) => {
      await linkByCommand(stage as PersonStage, 'ana');
      return started('"Leave request" Days=3')(stage);
    },
    sets: rows(page, 'POST executewithvariables', { Authorization: workTasksUser, user: workTasksUser }),
  },
  {
    person: 'writes “scope: ""” into the settings',
    open: leave({ workTasks: { auth: { scope: '' } } }),
    act: started('"Leave request" Days=3'),
    sets: rows('getClientCredentialToken', 'POST the token endpoint of AIM', { scope: null }),
  },
  {
    person: 'writes “kind: entra” into the settings',
    open: leave({ workTasks: { auth: { kind: 'entra' } } }),
    act: started('"Leave request" Days=3'),
    sets: rows('getClientCredentialToken', 'POST the token endpoint of Entra', {
      grant_type: 'client_credentials',
      client_id: workTasksClient.clientId,
      scope: `api://${workTasksClient.clientId}/worktasks/.default`,
    }),
  },
  {
    person: 'writes “extraAccessTokenHeader: true” into the settings',
    open: leave({ workTasks: { server: { extraAccessTokenHeader: true } } }),
    act: started('"Leave request" Days=3'),
    sets: rows('1490410', 'POST executewithvariables', { AccessToken: 'same' }),
  },
];

playScenes(scenes, ({ workTasks }) => [
  ...workTasks.requests.map(
    ({ method, path, sent, text, caller, accessTokenHeader, contentType }): RawRequest => ({
      call: `${method} ${path.slice(path.lastIndexOf('/') + 1)}`,
      carried: {
        ...flat(text === '' ? sent : parse(text, undefined, inDigits)),
        // These hold tokens: what is kept is whose they are.
        Authorization: caller,
        AccessToken: accessTokenHeader,
        'content-type': contentType,
      },
    }),
  ),
  ...workTasks.tokenRequests.map(
    ({ issuer, clientId, clientAuthentication, scope, granted }): RawRequest => ({
      call: `POST the token endpoint of ${issuer === 'aim' ? 'AIM' : 'Entra'}`,
      carried: {
        // Nothing else is granted.
        grant_type: granted ? 'client_credentials' : 'another',
        client_id: clientId,
        client_secret: clientAuthentication === 'client_secret_post' ? 'in the form' : 'in the header',
        scope,
      },
    }),
  ),
]);

describe('the table of what can be said to Work Tasks', () => {
  it('has a row for every key of the page', () => {
    expect(withoutRow(documented, scenes, [])).toEqual([]);
  });

  it('has a row for every type a designer gives a variable', () => {
    const values = scenes.flatMap(({ sets }) => sets.map(({ value }) => flat(value)));
    const seen = values.map(({ name }) => name);
    expect(types.filter((type) => !seen.includes(type))).toEqual([]);
  });
});
