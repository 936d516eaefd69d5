/** A problem in a configuration. */
export interface Problem {
  /** A file, as the user named it, or a flag. */
  readonly file: string
  readonly line?: number | undefined
  /** One sentence that names the remedy. It never contains a value that may be secret. */
  readonly message: string
}

/** A configuration is invalid. Contains everything that is wrong with it. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ file, line, message }) => [file, line, ` ${message}`].filter(Boolean).join(':')).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}
