import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Stage } from './read-dockerfile.js';

const run = promisify(execFile);

/** What a stage has come to: a folder that stands for the root of its file system, and how it starts. */
export interface BuiltStage {
  readonly root: string;
  /** The folder in which everything runs, in the image. */
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  /** What the image is started with. */
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

/** Where a path of the image is found on this machine. */
export function inRoot(root: string, workdir: string, path: string): string {
  return join(root, path.startsWith('/') ? path : join(workdir, path));
}

/**
 * Carries out the instructions of a stage in an empty folder, the commands as they stand there.
 *
 * Stands in for an image builder: the folder is no root of its own, so commands may name no absolute path.
 */
export async function buildStage(
  stage: Stage,
  where: {
    readonly root: string;
    /** The folder with what is to be built. */
    readonly context: string;
    readonly others: ReadonlyMap<string, BuiltStage>;
    /** Folder of the Node of the base image. */
    readonly node: string;
  },
): Promise<BuiltStage> {
  const { root, node } = where;
  const built = { workdir: '/', user: 'root', command: [''], healthcheck: [''] };
  const env: Record<string, string> = {};
  mkdirSync(root, { recursive: true });
  for (const { name, text } of stage.instructions) {
    switch (name) {
      case 'WORKDIR':
        built.workdir = text;
        mkdirSync(join(root, text), { recursive: true });
        break;
      case 'ENV': {
        const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(text) ?? [];
        env[key] = value;
        break;
      }
      case 'RUN':
        if (/(^|[\s"'=])\/\w/.test(text)) throw new Error(`This names an absolute path: ${text}`);
        await run('sh', ['-c', text], {
          cwd: join(root, built.workdir),
          env: { ...networkOfBuilder(), ...cleanEnvironment(node), ...env },
          maxBuffer: 64 * 1024 * 1024,
        });
        break;
      case 'COPY':
        copy(text, { ...where, workdir: built.workdir });
        break;
      case 'USER':
        built.user = text;
        break;
      case 'CMD':
        built.command = JSON.parse(text) as string[];
        break;
      case 'HEALTHCHECK':
        built.healthcheck = JSON.parse(text.slice(text.indexOf('['))) as string[];
        break;
      case 'VOLUME':
      case 'EXPOSE':
        break;
      default:
        throw new Error(`Nobody here knows what ${name} does`);
    }
  }
  return { root, env, ...built };
}

/** What a builder is told of the network it works in: which authorities to trust, which way leads out. */
function networkOfBuilder(): Record<string, string> {
  const isOfNetwork = /^(npm_config_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(HTTPS?|NO)_PROXY)$/i;
  const entries = Object.entries(process.env).filter(([name]) => isOfNetwork.test(name));
  return Object.fromEntries(entries.map(([name, value = '']) => [name, value]));
}

/** What commands find in their environment besides what the file gives them: Node, npm, and a home. */
export function cleanEnvironment(node: string): Record<string, string> {
  const { HOME = '/', PATH = '' } = process.env;
  return { HOME, PATH: `${node}:${PATH}` };
}

function copy(
  text: string,
  where: Pick<Parameters<typeof buildStage>[1], 'root' | 'context' | 'others'> & { readonly workdir: string },
): void {
  const phrase = text.split(/\s+/);
  const flags = phrase.filter((word) => word.startsWith('--'));
  const paths = phrase.filter((word) => !word.startsWith('--'));
  const target = paths.at(-1) ?? '';
  const from = flags.map((flag) => /^--from=(.*)$/.exec(flag)?.[1]).find((name) => name !== undefined);
  const source = from === undefined ? where.context : where.others.get(from)?.root;
  if (source === undefined) throw new Error(`There is no stage ${from}`);
  for (const path of paths.slice(0, -1)) {
    const here = join(source, path);
    const there = inRoot(where.root, where.workdir, target);
    // A folder's content is copied, a file goes into a target that ends in a slash.
    const isInto = target.endsWith('/') && !statSync(here).isDirectory();
    cpSync(here, isInto ? join(there, basename(path)) : there, {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  if (flags.some((flag) => flag.startsWith('--chown=')))
    chmodSync(inRoot(where.root, where.workdir, target), 0o777);
}
