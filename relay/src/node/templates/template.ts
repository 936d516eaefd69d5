/** The configuration that a part is added to. */
export interface Project {
  /** The names of its brokers, the default one first. */
  readonly brokers: readonly string[]
}

export type TemplateAnswers = Readonly<Record<string, string>>

/** A default answer that follows from the configuration, or from earlier answers. */
export interface Derived {
  /** Its description in `--help`. */
  readonly text: string
  readonly of: (project: Project, answers: TemplateAnswers) => string
}

/** A question of `wildcast add`. */
export interface TemplateQuestion {
  /** Its flag is `--<key>`. */
  readonly key: string
  readonly about: string
  /** The default answer. */
  readonly standard: string | Derived
  /** Returns why an answer is refused, or undefined if it is accepted. */
  readonly refuse?: (answer: string, project: Project) => string | undefined
}

/** The two forms of a configuration. */
export type ConfigForm = 'own' | 'original'

/** The part that is added. */
export interface Added {
  readonly name: string
  readonly form: ConfigForm
  readonly answers: TemplateAnswers
}

/** A part that can be added to a project. */
export interface Template {
  readonly name: string
  /** The original's name, if it differs. */
  readonly alias?: string
  readonly about: string
  /**
   * Whether its name must be that of a broker of the configuration, and may be left out.
   * @default false
   */
  readonly namesBroker?: true
  readonly questions: readonly TemplateQuestion[]
  /** Returns what is appended to a configuration in TOML. */
  readonly toml: (added: Added) => string
  /** Returns further files, by their paths. */
  readonly files?: (added: Added) => Readonly<Record<string, string>>
}

/** Returns why a name is not that of a broker, or undefined if it is. */
export function refuseBroker(name: string, { brokers }: Project): string | undefined {
  if (brokers.includes(name)) return undefined
  return brokers.length === 0
    ? 'the configuration has no broker; add one first, such as "wildcast add redis-broker main"'
    : `there is no broker "${name}"; there are: ${brokers.join(', ')}`
}

/** Quotes a string for TOML, which has the escapes of JSON. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}
