// What the suites of a run share: a folder for what they throw away, and one PostgreSQL server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const supervisor = fileURLToPath(new URL('../postgres/supervise.mjs', import.meta.url));
const tmpfs = '/dev/shm';
const enoughBytes = 2 ** 30;

/** Puts temporary files into memory, where there is room, and serves PostgreSQL to whoever asks. */
export default async function setUp() {
  if (isRoomInMemory()) process.env.TMPDIR = tmpfs;
  process.env.COUNTERSIGN_TEST_POSTGRES = String(await servePostgres());
}

/** A test of the store waits for the disk most of its time, and none of them is about a power cut. */
function isRoomInMemory() {
  try {
    const isForPrograms = /^\S+ \/dev\/shm \S+ (?!\S*noexec)/m.test(readFileSync('/proc/mounts', 'utf8'));
    const { bavail, bsize } = statfsSync(tmpfs);
    return isForPrograms && bavail * bsize > enoughBytes;
  } catch {
    return false;
  }
}

/**
 * Gives the port at which a suite asks for a server, with one line: where its programs are, the password, and whether
 * it is to be the suite's own.
 *
 * The answer is the line with which the server starts, its port. The connection to a server of one's own is then its
 * standard input and output; closing it stops that server. The shared one ends with the run.
 */
async function servePostgres() {
  let shared;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const lines = createInterface({ input: socket });
    socket.on('error', () => socket.destroy());
    lines.once('line', async (line) => {
      const { programs, password, isOwn } = JSON.parse(line);
      if (isOwn) {
        lines.close();
        const child = start(programs, password);
        socket.pipe(child.stdin);
        child.stdout.pipe(socket);
        return;
      }
      shared ??= firstLine(start(programs, password));
      socket.end(`${await shared}\n`);
    });
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return server.address().port;
}

function start(programs, password) {
  return spawn(process.execPath, [supervisor, programs, password], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // It outlives a run that is interrupted for as long as it takes to tidy up.
    detached: true,
  });
}

async function firstLine(child) {
  child.unref();
  child.stdin.unref?.();
  child.stdout.unref?.();
  for await (const line of createInterface({ input: child.stdout })) return line;
  return '';
}
