/** One thing that is wrong with a configuration. */
export interface Problem {
  /** Where it was found: a file as the user named it, or a flag. */
  readonly file: string
  readonly line?: number | undefined
  /** One sentence that names the remedy. It never holds a value that may be secret. */
  readonly message: string
}

/** A configuration that can't be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ file, line, message }) => [file, line, ` ${message}`].filter(Boolean).join(':')).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}
