// Adds to package-lock.json the optional packages of other platforms that npm leaves out when the registry it
// asked does not offer them; without an entry for each, `npm ci` refuses the whole lock file. Run it after
// `npm install`. The entries say for which platform they are, so nobody else downloads them.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;

const systems = /android|darwin|linux|win32|freebsd|openharmony/;
const processors = /arm64|x64|arm(?=-|$)|ia32|ppc64|s390x|riscv64|loong64/;

function entryFor(name, range, isDev) {
  const os = systems.exec(name)?.[0];
  const cpu = processors.exec(name)?.[0];
  const libc =
    os !== 'linux' ? undefined : name.includes('musl') ? 'musl' : name.includes('gnu') ? 'glibc' : undefined;
  return {
    version: range.replace(/^[~^]/, ''),
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(isDev ? { dev: true } : {}),
    ...(libc ? { libc: [libc] } : {}),
    optional: true,
    ...(os ? { os: [os] } : {}),
  };
}

let added = 0;
for (const [path, { optionalDependencies = {}, dev = false }] of Object.entries({ ...packages })) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue;
    packages[`node_modules/${name}`] = entryFor(name, range, dev);
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} entries added\n`);
