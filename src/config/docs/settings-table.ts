import { hookSecretVariable } from '../environment/hook-secrets.js';
import { ledgerKey, ledgerKeyPrevious } from '../environment/ledger-keys.js';
import { personSecret } from '../environment/person-secret.js';
import { tokenKey, tokenKeyPrevious } from '../environment/token-keys.js';
import {
  serverSecrets,
  serverVariables,
  slackVariables,
  storePassword,
  type Variable,
} from '../environment/variables.js';
import { workTasksSecrets } from '../environment/work-tasks-secrets.js';
import { settingsJsonSchema } from '../schema/schema-guide.js';
import { type SettingRow, settingRows } from './setting-rows.js';

const introduction = `# Settings

<!-- Written by "npm run fix" from the schema in src/config/schema/. Changes made here are lost. -->

Countersign reads one YAML file and the environment. A commented file to start from is
[countersign.example.yml](countersign.example.yml); editors that know
[the schema](countersign.schema.json) complete and check it while you type. Whatever is wrong is told at
start, all of it at once, with the line, what was expected and an example.

Durations are a whole number and a unit: \`500ms\`, \`15s\`, \`10m\`, \`2h\`, \`1d\`. \`[]\` in a path stands for
each entry of a list. **needed** means that there is no default.

## The file
`;

const environmentIntroduction = `
## The environment

Secrets are read from the environment only. Each variable can be given as \`NAME\`, or as \`NAME_FILE\`, the
path of a file that holds the value; both at once is refused.

### Slack
`;

const serverIntroduction = `
### Keyfactor Command

These are the names the vendor's own tools use. With one server in the file they are written as below. With
several, the server's name follows \`KEYFACTOR_\`, in capitals and with dashes as underscores: for a server
\`corp-pki\`, \`KEYFACTOR_CORP_PKI_AUTH_CLIENT_SECRET\`. What the file says counts more than a variable. If the
file does not say how to sign in, the variables that are set decide: user and password, client and secret,
or an access token.

The secret of \`personSignIn\` is not the vendor's, so it has a name of ours, and the server's name is always in it:
for a server \`corp-pki\`, \`COUNTERSIGN_CORP_PKI_PERSON_CLIENT_SECRET\`.

\`KEYFACTOR_SKIP_VERIFY\` is refused: whoever can pose as the server could decide approvals. Name your
certificate authority in \`KEYFACTOR_CA_CERT\` instead.
`;

const workTasksIntroduction = `
### AVEVA Work Tasks

With one server in the file they are written as below. With several, the server's name follows \`WORKTASKS_\`:
for a server \`plant\`, \`WORKTASKS_PLANT_CLIENT_SECRET\`. The secret of a hook is called after the
system of its repository, here \`plant-hr\`. All else about a server stands in the file.
`;

/** Renders the documentation of every setting and every environment variable, as Markdown. */
export function renderSettingsTable(): string {
  return [
    introduction,
    table(
      ['Setting', 'Type', 'Default', 'Meaning', 'Example'],
      settingRows(settingsJsonSchema()).map(cellsOf),
    ),
    environmentIntroduction,
    table(
      ['Variable', 'Meaning', 'Example'],
      [
        ...Object.values(slackVariables),
        storePassword,
        ledgerKey,
        ledgerKeyPrevious,
        tokenKey,
        tokenKeyPrevious,
      ].map(variableCells),
    ),
    serverIntroduction,
    table(['Variable', 'For', 'Meaning', 'Example'], serverCells()),
    workTasksIntroduction,
    table(['Variable', 'For', 'Meaning', 'Example'], workTasksCells()),
  ].join('\n');
}

function cellsOf(row: SettingRow): readonly string[] {
  const variable = serverVariables.find(({ fills }) => row.path === `keyfactor[].${fills.join('.')}`);
  const instead = variable ? `, here or in ${code(`KEYFACTOR_${variable.name}`)}` : '';
  const none = row.isRequired ? `**needed**${instead}` : '';
  return [
    code(row.path),
    row.type,
    row.fallback === undefined ? none : code(row.fallback),
    row.meaning.replaceAll('<', '\\<'),
    row.example === undefined ? '' : code(row.example),
  ];
}

function variableCells({ name, meaning, example }: Variable): readonly string[] {
  return [code(name), meaning, code(example)];
}

function serverCells(): readonly (readonly string[])[] {
  const vendors = [...serverVariables, ...serverSecrets].map((variable) => {
    const use = 'fills' in variable ? code(variable.fills.join('.')) : `auth kind ${variable.kind}`;
    return [code(`KEYFACTOR_${variable.name}`), use, variable.meaning, code(variable.example)];
  });
  const { name, meaning, example } = personSecret;
  return [...vendors, [code(name), code('personSignIn'), meaning, code(example)]];
}

function workTasksCells(): readonly (readonly string[])[] {
  const ofServers = workTasksSecrets.map(({ name, ...rest }) => ({ name: `WORKTASKS_${name}`, ...rest }));
  return [...ofServers, { ...hookSecretVariable('plant-hr'), use: 'hook: on' }].map(
    ({ name, use, meaning, example }) => [code(name), use, meaning, code(example)],
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map(escaped).join(' | ')} |`,
  );
  return `${lines.join('\n')}\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
