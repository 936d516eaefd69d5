/** The configuration that a part is added to. */
export interface Project {
  /** The names of its brokers, the default one first. */
  readonly brokers: readonly string[]
}

export type TemplateAnswers = Readonly<Record<string, string>>

/** A usual answer that follows from the configuration, or from earlier answers. */
export interface Derived {
  /** What `--help` says. */
  readonly text: string
  readonly of: (project: Project, answers: TemplateAnswers) => string
}

/** What `wildcast add` asks. */
export interface TemplateQuestion {
  /** Its flag is `--<key>`. */
  readonly key: string
  readonly about: string
  /** The answer if none is given. */
  readonly standard: string | Derived
  /** Why an answer is refused; undefined if it is accepted. */
  readonly refuse?: (answer: string, project: Project) => string | undefined
}

/** The two forms of a configuration. */
export type ConfigForm = 'own' | 'original'

export interface Added {
  readonly name: string
  readonly form: ConfigForm
  readonly answers: TemplateAnswers
}

/** A part of a project. */
export interface Template {
  readonly name: string
  /** The original's name, if it is another. */
  readonly alias?: string
  readonly about: string
  /**
   * Whether its name is that of a broker of the configuration, by default the default one. @default
   * false
   */
  readonly namesBroker?: true
  readonly questions: readonly TemplateQuestion[]
  /** What is put at the end of a configuration in TOML. */
  readonly toml: (added: Added) => string
  /** Files beside it, by their paths. */
  readonly files?: (added: Added) => Readonly<Record<string, string>>
}

/** Why a name is not that of a broker; undefined if it is. */
export function refuseBroker(name: string, { brokers }: Project): string | undefined {
  if (brokers.includes(name)) return undefined
  return brokers.length === 0
    ? 'the configuration has no broker; add one first, such as "wildcast add redis-broker main"'
    : `there is no broker "${name}"; there are: ${brokers.join(', ')}`
}

/** A text in TOML: JSON's escapes are its own. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}
