/** One thing wrong with the settings, told so that it can be put right without looking anything up. */
export interface Problem {
  /** Where: `keyfactor[0].hostname`, or the name of an environment variable. */
  readonly path: string;
  /** Line of the settings file, counted from 1; absent for the environment. */
  readonly line?: number;
  readonly expected: string;
  /** What is there instead; never a secret's value. */
  readonly found: string;
  readonly example?: string;
}

/** The settings cannot be used; carries every problem that was found, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(`${file}: ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}`);
    this.file = file;
    this.problems = problems;
  }
}
