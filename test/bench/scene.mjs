import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyfactorCommand } from '../../dist/sandbox/keyfactor/command.js';
import { createCsr, enrollmentData } from '../../dist/sandbox/keyfactor/samples.js';
import { createSlackWorkspace } from '../../dist/sandbox/slack/workspace.js';

const role = 'PKI Approvers';
const requester = 'KEYEXAMPLE\\requester';
const account = { name: 'KEYEXAMPLE\\svc-countersign', password: 'open sesame please' };

/** The channels of the scene: cards, operators, whatever no route claims. */
export const places = { pki: 'C0PKI', ops: 'C0OPS', fallback: 'C0FALLBACK' };

/** Opens a simulated Slack and a simulated Command, with approvers and a workflow that waits for one. */
export async function openScene({ approvers = 1, now, newId, definition = 'Web server enrollment' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  // At a hundred presses a second Slack itself would soon refuse to say who pressed; how the bot bears that is no
  // question of speed.
  const rateLimits = { perMinute: { 'users.info': 1_000_000 } };
  const slack = createSlackWorkspace({ ...(now ? { now } : {}), rateLimits });
  const { slackApiUrl } = await slack.start();
  const command = createKeyfactorCommand({ ...(now ? { now } : {}), ...(newId ? { newId } : {}) });
  const { url: commandUrl } = await command.start();
  const people = Array.from({ length: approvers }, (_, index) => ({
    id: `U0A${String(index).padStart(4, '0')}`,
    name: `Approver ${index}`,
    identities: { corp: `KEYEXAMPLE\\approver${index}` },
  }));
  seed(slack, command, people, definition);
  const close = async () => {
    await Promise.all([slack.stop(), command.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, slack, command, slackApiUrl, commandUrl, people, close };
}

function seed(slack, command, people, displayName) {
  for (const { id, name } of people) slack.addMember({ id, name: id.toLowerCase(), realName: name });
  for (const [name, id] of Object.entries(places)) {
    slack.addChannel({ id, name, members: people.map((person) => person.id) });
    slack.inviteApp(id);
  }
  command.addIdentity({
    ...account,
    roles: [role],
    permissions: ['/workflows/instances/read/', '/workflows/definitions/read/'],
  });
  command.addDefinition({
    displayName,
    workflowType: 'Enrollment',
    steps: [
      {
        extensionName: 'RequireApproval',
        uniqueName: 'RequireApproval1',
        displayName: 'Security approval',
        roles: [role],
        minimumApprovals: 1,
      },
      { extensionName: 'EnrollStep', uniqueName: 'Enroll1', displayName: 'Enroll' },
    ],
  });
}

/** Writes the settings of a bot in the scene, and its secrets, as an operator would. */
export function settingsOf(scene, { mode = 'socket', quorum = 1, store, every = '15s', port = 0 } = {}) {
  const { hostname, port: commandPort } = new URL(scene.commandUrl);
  const file = {
    slack: {
      mode,
      team: scene.slack.team.id,
      operatorsChannel: places.ops,
      fallbackChannel: places.fallback,
    },
    people: scene.people,
    keyfactor: [
      {
        name: 'corp',
        hostname: `${hostname}:${commandPort}`,
        scheme: 'http',
        auth: { kind: 'basic', domain: 'KEYEXAMPLE', username: 'svc-countersign' },
      },
    ],
    approvers: [
      {
        name: 'Approvers',
        when: {},
        people: scene.people.map(({ id }) => id),
        quorum,
        approveWith: 'one-click',
      },
    ],
    routes: [{ when: {}, channels: [places.pki] }],
    alerts: { enabled: 'off' },
    http: { host: '127.0.0.1', ...(port === 0 ? {} : { port }) },
    operations: { port: 0 },
    observe: { every },
    decisions: { receipts: 'off' },
    store: store ?? join(scene.folder, 'countersign.db'),
    log: { level: process.env.BENCH_LOG ?? 'error' },
  };
  const secret =
    mode === 'socket'
      ? { SLACK_APP_TOKEN: scene.slack.app.appToken }
      : { SLACK_SIGNING_SECRET: scene.slack.app.signingSecret };
  const env = {
    ...secret,
    SLACK_BOT_TOKEN: scene.slack.app.botToken,
    SLACK_API_URL: scene.slackApiUrl,
    KEYFACTOR_PASSWORD: account.password,
  };
  return { file: JSON.stringify(file), env };
}

/** Has many requests come in, all with the same real signing request in them. */
export async function startInstances(command, count) {
  const subject = 'CN=app.keyexample.com';
  const sans = { dns: ['app.keyexample.com'] };
  const csr = await createCsr({ subject, sans, key: 'ec-p256' });
  const data = enrollmentData({
    subject,
    sans,
    csr,
    template: 'Web Server 2y',
    ca: 'CorpIssuingCA1',
    requester,
  });
  return Array.from({ length: count }, (_, index) =>
    command.startInstance({
      definition: 'Web server enrollment',
      title: `${requester} is enrolling for a certificate with CN=app${index}.keyexample.com.`,
      initiator: requester,
      data,
    }),
  );
}
