// Runs a PostgreSQL server for as long as whoever started this lives, and leaves nothing behind.
//
// Told by lines on standard input: "crash" stops the server without any goodbye, "start" starts it again. The
// end of standard input, which comes however the parent dies, stops everything and removes the folder.
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';

const [nativeFolder, password] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'countersign-postgres-'));
const data = join(folder, 'data');
// The server refuses to run as root, so there it runs as nobody, who sees only this copy.
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

function copyBinaries() {
  chmodSync(folder, 0o755);
  cpSync(nativeFolder, join(folder, 'native'), { recursive: true, dereference: true });
  const links = JSON.parse(readFileSync(join(nativeFolder, 'pg-symlinks.json'), 'utf8'));
  // The script that makes these at installation may not have been allowed to run; and newer lines of Node copy them
  // as links to where they came from, which nobody may look into.
  for (const { source, target } of links) {
    const at = join(folder, target);
    rmSync(at, { force: true });
    symlinkSync(relative(dirname(at), join(folder, source)), at);
  }
}

function createData() {
  mkdirSync(data, { mode: 0o700 });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of [data, passwordFile]) if (nobody.uid) chownSync(path, nobody.uid, nobody.gid);
  const options = [
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--username=postgres',
    '--no-sync',
  ];
  const args = ['-D', data, ...options, `--pwfile=${passwordFile}`];
  execFileSync(join(folder, 'native/bin/initdb'), args, {
    ...nobody,
    cwd: folder,
    stdio: ['ignore', 'ignore', 2],
  });
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function startServer(port) {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '16MB',
    max_connections: '150',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(folder, 'native/bin/postgres'), ['-D', data, ...args], {
    ...nobody,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => server.once('close', resolve));
  const said = [];
  const isUp = new Promise((resolve, reject) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      said.push(line);
      if (line.includes('ready to accept connections')) resolve();
    });
    void ended.then(() => reject(new Error(said.join('\n'))));
  });
  const crash = () => {
    server.kill('SIGQUIT');
    return ended;
  };
  return { isUp, crash };
}

let running;
let isOver = false;

/** Stops the server and removes every trace; the last thing this process does. */
async function end(code) {
  if (isOver) return;
  isOver = true;
  await running?.crash();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code);
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => void end(1));
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`);
  void end(1);
});

copyBinaries();
createData();
const port = await freePort();
running = startServer(port);
await running.isUp;
process.stdout.write(`${port}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'crash') await running.crash();
  if (line === 'start') {
    running = startServer(port);
    await running.isUp;
  }
  process.stdout.write(`${line}\n`);
}
await end(0);
