#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { messageOf } from './shared/language.js';

const usage = `Countersign: approve workflows from Slack.

  countersign init [--config countersign.yml] [--secrets countersign.env] [--http https://HOST] [--yes]
                                                 write settings and secrets: ask for what is missing, and check each
                                                 answer against Slack and the server; --set NAME=VALUE answers a
                                                 question beforehand, --yes takes what is proposed for the rest
  countersign start [--config countersign.yml]   run the bot; --allow-loopback lets it send real secrets to this machine,
                                                 where a proxy listens
  countersign reload [--config FILE] [--confirm] have the bot on this machine load its settings anew; --confirm where
                                                 they leave out a system with open approvals
  countersign demo [--port 3000] [--check]       run it between simulators, with a page to click in;
                                                 --check plays the whole story without a browser, --shadow begins
                                                 in shadow mode
  countersign sandbox [--dir DIR] [--port 3000]  run the simulators alone, and write settings and secrets for a bot
                                                 that rehearses with them
  countersign settings [--config FILE]           check a settings file and say every problem at once
  countersign settings --write                   write docs/settings.md, the JSON schema and manifest.yml again
  countersign doctor [--config FILE] [--json]    check what the bot needs, also while it runs: Slack, systems, permissions,
                                                 store, ports; exit code 1 if something is wrong
  countersign simulate --config NEW [--current FILE] [--since 30d] [--from-server] [--json]
                                                 say what other settings would have changed about stored requests;
                                                 exit code 0 nothing, 3 something, 2 if it cannot be told
  countersign report [--since 30d] [--format text|csv|json|svg] [--out FILE]
                                                 write what was decided, how long it took and what got in the way
  countersign manifest [--http https://HOST]     print the Slack app manifest
  countersign store copy --from STORE --to STORE copy a store, with the bot stopped; each is a file, or the address
                                                 of a PostgreSQL database
  countersign store backup --to FILE             write a copy of the store's file, also while the bot runs;
                                                 --from FILE if not the one in the settings
  countersign store confirm-restore              confirm that a backup was restored on purpose, so that the decisions
                                                 it holds may be sent
  countersign store prune [--dry-run] [--vacuum] remove now what is older than retention keeps, also while the bot
                                                 runs; --dry-run lists it, --vacuum frees disk space of the store's
                                                 file, with the bot stopped
  countersign store hold CODE                    keep everything about a run from retention; store release CODE ends that
  countersign store forget @NAME-OR-MEMBER-ID    remove what is stored about a person outside approvals and the ledger
  countersign audit verify [--head SYSTEM:NUMBER:SEAL …] [--anchors FILE]
                                                 check the ledger; names the first record of each system that is wrong
  countersign audit export --format jsonl|csv [--since 2026-01-01] [--system NAME]
                                                 export the ledger
  countersign audit accept SYSTEM                accept a chain whose records have lost their seals; the ledger says so
  countersign evidence CODE [--out DIR] [--anchors FILE]
                                                 export what the ledger holds about one run as a page and a JSON file:
                                                 the request, what was shown at each decision, seals, how to verify them
  countersign --version
`;

/** Runs one command and returns the exit code: 0 done, 1 failed, 2 wrong usage or settings; a simulation has 3 as well. */
async function run(args: readonly string[]): Promise<number> {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    tokens: true,
    options: {
      config: { type: 'string', default: 'countersign.yml' },
      port: { type: 'string', default: '3000' },
      http: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      head: { type: 'string', multiple: true, default: [] },
      anchors: { type: 'string' },
      format: { type: 'string' },
      since: { type: 'string' },
      system: { type: 'string' },
      current: { type: 'string', default: 'countersign.yml' },
      dir: { type: 'string', default: '.' },
      'dry-run': { type: 'boolean', default: false },
      vacuum: { type: 'boolean', default: false },
      'from-server': { type: 'boolean', default: false },
      out: { type: 'string' },
      'allow-loopback': { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      confirm: { type: 'boolean', default: false },
      shadow: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      secrets: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', short: 'v', default: false },
    },
  });
  if (values.version) return print(`${version()}\n`);
  if (values.help) return print(usage);
  const refuse = (why: string) => {
    process.stderr.write(`${why}\n\n${usage}`);
    return 2;
  };
  const command = commandIn(positionals);
  const extra = positionals.slice(placesOf(command))[0];
  if (extra !== undefined) return refuse(`"${extra}" is one word too many for countersign ${command}.`);
  const options = tokens.flatMap((one) => (one.kind === 'option' ? one.name : []));
  const stray = options.find((name) => isStray(name, command));
  if (stray !== undefined) {
    const owners = Object.keys(ownOptions).filter((one) => ownOptions[one]?.includes(stray));
    return refuse(`--${stray} belongs to countersign ${owners.join(', ')}, not to ${command}.`);
  }
  const twice = options.find((name, at) => options.indexOf(name) !== at && !['head', 'set'].includes(name));
  if (twice !== undefined) return refuse(`--${twice} is given twice.`);
  const source = { file: values.config, env: process.env };
  switch (positionals[0]) {
    case 'init':
      return (await import('./cli/init.js')).init({
        ...source,
        envFile: values.secrets,
        httpUrl: values.http,
        given: values.set,
        takesDefaults: values.yes,
        input: process.stdin,
        output: process.stdout,
      });
    case 'start':
      return (await import('./cli/start.js')).start({
        ...source,
        allowsLoopback: values['allow-loopback'],
        exit: (code) => process.exit(code),
      });
    case 'reload':
      return (await import('./cli/reload.js')).reload({ ...source, isConfirmed: values.confirm });
    case 'demo':
      return (await import('./cli/sandbox.js')).demo({
        port: Number(values.port),
        isCheck: values.check,
        isShadow: values.shadow,
      });
    case 'sandbox':
      return (await import('./cli/sandbox.js')).sandbox({ port: Number(values.port), dir: values.dir });
    case 'settings':
      return (await import('./cli/settings.js')).settings({ ...source, write: values.write });
    case 'doctor':
      return (await import('./cli/doctor.js')).doctor({ ...source, isJson: values.json });
    case 'simulate':
      return (await import('./cli/simulate.js')).simulate({
        ...source,
        current: values.current,
        since: values.since ?? '30d',
        isFromServer: values['from-server'],
        isJson: values.json,
      });
    case 'report':
      return (await import('./cli/report.js')).report({
        ...source,
        since: values.since ?? '30d',
        format: values.format ?? 'text',
        out: values.out,
      });
    case 'store': {
      const { from, to } = values;
      const [, action, about] = positionals;
      const how = { isDryRun: values['dry-run'], isVacuum: values.vacuum };
      return (await import('./cli/store.js')).store({ ...source, ...how, action, about, from, to });
    }
    case 'audit': {
      const { head: heads, from, anchors, format = 'jsonl', since, system } = values;
      const [, action, chain] = positionals;
      const wanted = { action, chain, heads, from, anchors, format, since, system };
      return (await import('./cli/audit.js')).audit({ ...source, ...wanted });
    }
    case 'evidence': {
      const { head: heads, from, anchors, out: dir = '.' } = values;
      const wanted = { ref: positionals[1], dir, heads, from, anchors };
      return (await import('./cli/audit.js')).evidence({ ...source, ...wanted });
    }
    case 'manifest':
      if (values.http !== undefined && !isHttps(values.http))
        return refuse(`--http is an https address, since Slack calls no other; found ${values.http}.`);
      return print((await import('./cli/settings.js')).manifest(values.http));
    case undefined:
    case 'help':
      return print(usage);
    default:
      process.stderr.write(`There is no command "${positionals[0]}".\n\n${usage}`);
      return 2;
  }
}

/** The options of each command; what would be passed over without a word might have been meant. */
const ownOptions: Readonly<Record<string, readonly string[]>> = {
  init: ['config', 'secrets', 'http', 'set', 'yes'],
  start: ['config', 'allow-loopback'],
  reload: ['config', 'confirm'],
  report: ['config', 'since', 'format', 'out'],
  demo: ['port', 'check', 'shadow'],
  sandbox: ['dir', 'port'],
  settings: ['config', 'write'],
  doctor: ['config', 'json'],
  simulate: ['config', 'current', 'since', 'from-server', 'json'],
  manifest: ['http'],
  'store copy': ['config', 'from', 'to'],
  'store backup': ['config', 'from', 'to'],
  'store confirm-restore': ['config', 'from'],
  'store prune': ['config', 'from', 'dry-run', 'vacuum'],
  'store hold': ['config', 'from'],
  'store release': ['config', 'from'],
  'store forget': ['config', 'from'],
  'audit verify': ['config', 'head', 'anchors', 'from'],
  'audit export': ['config', 'from', 'format', 'since', 'system'],
  'audit accept': ['config', 'from'],
  evidence: ['config', 'head', 'anchors', 'from', 'out'],
};

/** Tells whether an option belongs to other commands only. */
function isStray(option: string, command: string | undefined): boolean {
  const own = command === undefined ? undefined : ownOptions[command];
  return own !== undefined && !own.includes(option);
}

/** Names the command, with what it is to do where it does several things. */
function commandIn([name, action]: readonly string[]): string | undefined {
  const both = `${name} ${action}`;
  return Object.hasOwn(ownOptions, both) ? both : name;
}

/** How many words a command takes, itself included; of one that is not known, none is too many. */
function placesOf(command: string | undefined): number {
  if (command === 'evidence') return 2;
  if (command === undefined || !/^(store|audit)/.test(command)) return 1;
  return /^(store (hold|release|forget)|audit accept|store|audit)$/.test(command) ? 3 : 2;
}

function isHttps(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === 'https:';
}

function version(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version: number } = JSON.parse(file) as { readonly version: string };
  return number;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const isUsage =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${messageOf(error)}\n${isUsage ? `\n${usage}` : ''}`);
  process.exitCode = isUsage ? 2 : 1;
}
