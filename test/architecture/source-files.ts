import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's root folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A TypeScript file and its lines. */
export interface SourceFile {
  /** From the root, such as `src/bot.ts`. */
  readonly path: string;
  readonly lines: readonly string[];
}

/** Reads every TypeScript file under one of the root's folders. */
export function sourceFiles(folder: 'src' | 'test'): readonly SourceFile[] {
  return readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort()
    .map((path) => ({ path, lines: readFileSync(root + path, 'utf8').split('\n') }));
}

/** Lists the places, as `file:line`, whose line passes a test. */
export function placesWhere(
  files: readonly SourceFile[],
  test: (line: string, index: number, file: SourceFile) => boolean,
): readonly string[] {
  return files.flatMap((file) =>
    file.lines.flatMap((line, index) => (test(line, index, file) ? [`${file.path}:${index + 1}`] : [])),
  );
}

/** Tells whether a line is nothing but comment. */
export function isComment(line: string): boolean {
  return /^\s*(\/\/|\/\*|\*)/.test(line);
}
